"""The line above every page: the name and the way to the rooms."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_NAME = """<a class="wordmark" href="." target="_self">
<svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true"><g fill="none" stroke="currentColor" stroke-width="4"
stroke-linecap="round"><path d="M3 8c5-4 9-4 13 0s8 4 13 0"/><path d="M3 17c5-4 9-4 13 0s8 4 13 0" opacity=".7"/>
<path d="M3 26c5-4 9-4 13 0s8 4 13 0" opacity=".4"/></g></svg><span>Stratum</span></a>"""


def masthead(*pages: StreamlitPage) -> None:
    """Draw the name and a link to each page."""
    with st.container(key="masthead", horizontal=True, vertical_alignment="center"):
        st.html(_NAME)
        for page in pages:
            st.page_link(page)
