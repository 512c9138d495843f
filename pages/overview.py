import streamlit as st

from workbench.ui.context import page_context

ctx = page_context()
st.caption("Overview")
