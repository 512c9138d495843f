"""Questions about cost: views, explore, drivers. Pure: an engine in, frozen results out; no Streamlit."""
