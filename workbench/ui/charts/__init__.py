"""One function a chart: a table in, a Plotly figure out; nothing here draws on the page."""
