"""Widgets that show what the address says: after Back and Forward, and when someone follows a link.

The widgets keep their keys. A key that changes with the address would do it as well, but Streamlit shows the old widget
beside the new one until the page is computed.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def follow(address: object, values: Mapping[str, object]) -> None:
    """Put values into the widgets of these keys whenever the address is another than the last time, or they are new."""
    seen = f"seen-{min(values)}"
    changed = st.session_state.get(seen) != address
    for key, value in values.items():
        if changed or key not in st.session_state:
            st.session_state[key] = value
    st.session_state[seen] = address
