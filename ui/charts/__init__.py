"""Figures: a frame or plain values in, a Plotly figure out; no Streamlit, no files, nothing mutated."""
