"""The pages in the browser; run with `streamlit run app.py`. Each page draws and knows no storage, format or index."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import ask, evaluate, library
from ui.masthead import masthead
from ui.notice import guarded

HERE = Path(__file__).parent / "ui"

st.set_page_config(page_title="Stratum", page_icon=str(HERE / "mark.svg"), layout="centered")
st.html(HERE / "style.css")

ASK = st.Page(guarded(ask.draw), title="Ask", url_path="ask", default=True)
LIBRARY = st.Page(guarded(library.draw), title="Library", url_path="library")
EVALUATE = st.Page(guarded(evaluate.draw), title="Evaluate", url_path="evaluate")

page = st.navigation([ASK, LIBRARY, EVALUATE], position="hidden")
masthead(ASK, LIBRARY, EVALUATE)
page.run()
