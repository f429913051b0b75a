"""The few rules of look that the theme file cannot say."""

from __future__ import annotations

import streamlit as st

__all__ = ["apply_style", "quiet_ink"]

_QUIET = {"light": "#545B64", "dark": "#BCC3CC"}
"""The theme's `grayTextColor`: for words that may stand back, still at 4.5 to 1."""

_ACTIVE = {"light": "#0B5CAD", "dark": "#7CB8F2"}
"""The accent as the colour of words: the dark theme's accent is made for white words on it, not for the page."""

_ADDED = {"light": "#13692F", "dark": "#6BDB95"}
_REMOVED = {"light": "#A8221A", "dark": "#FF9D94"}
"""Lines of a difference, at 4.5 to 1 on the ground of code; a plus and a minus say the same."""

_STYLE = """
<style>
.stMainBlockContainer {{ max-width: {width}; padding-top: 3rem; padding-bottom: 4rem; }}
.stMain, .stSidebar {{ font-variant-numeric: tabular-nums; }}
[data-testid="stText"] {{ font-family: inherit; line-height: 1.6; }}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * {{ color: {quiet}; opacity: 1; }}
[data-variant="segmented_control"][data-selected="true"] * {{ color: {active}; }}
button[kind="tertiary"]:is(:hover, :focus, :active, [aria-expanded="true"]) * {{ color: {active}; }}
[data-testid="stCode"] .token.inserted {{ color: {added} !important; }}
[data-testid="stCode"] .token.deleted {{ color: {removed} !important; }}
[data-testid="stCode"] .token.unchanged {{ color: {quiet} !important; }}
[class*="st-key-about-"] {{ min-width: 14rem; }}
@media (max-width: 640px) {{ .stMainBlockContainer {{ padding: 3.5rem 1rem 3rem; }} }}
@media (prefers-reduced-motion: reduce) {{ * {{ animation: none !important; transition: none !important; }} }}
</style>
"""


def _mode() -> str:
    return "dark" if st.context.theme.type == "dark" else "light"


def quiet_ink() -> str:
    """The colour of secondary words in the theme that the browser shows."""
    return _QUIET[_mode()]


def apply_style(*, wide: bool = False) -> None:
    """Set the width of the page, aligned numbers, and a readable line height for texts."""
    width = "none" if wide else "64rem"
    mode = _mode()
    colors = {"active": _ACTIVE[mode], "added": _ADDED[mode], "removed": _REMOVED[mode]}
    st.html(_STYLE.format(width=width, quiet=quiet_ink(), **colors))
