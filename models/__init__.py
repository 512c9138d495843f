"""Pure models (anomaly, forecast, rightsizing): tables and arrays in, results out; no SQL, no I/O, no Streamlit."""
