"""Pieces of Streamlit that pages are made of."""
