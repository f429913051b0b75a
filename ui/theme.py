"""The few rules of look that the theme file cannot say."""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_style"]

_STYLE = """
<style>
.stMainBlockContainer {{ max-width: {width}; padding-top: 3rem; padding-bottom: 4rem; }}
.stMain, .stSidebar {{ font-variant-numeric: tabular-nums; }}
.stMain [data-testid="stText"] {{ font-family: inherit; line-height: 1.6; }}
@media (max-width: 640px) {{ .stMainBlockContainer {{ padding: 3.5rem 1rem 3rem; }} }}
@media (prefers-reduced-motion: reduce) {{ * {{ animation: none !important; transition: none !important; }} }}
</style>
"""


def apply_style(*, wide: bool = False) -> None:
    """Set the width of the page, aligned numbers, and a readable line height for texts."""
    st.html(_STYLE.format(width="none" if wide else "64rem"))
