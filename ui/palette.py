"""One colour per label everywhere: labeler, map, charts.

The Okabe-Ito colours tell apart under the common colour-vision deficiencies. Past eight labels the
colours repeat, so a colour is never the only mark: the label's name always stands beside it.
"""

from __future__ import annotations

__all__ = ["ACCENT", "ACCENT_DARK", "COLOR_NAMES", "MUTED", "OKABE_ITO", "contrast", "label_color", "text_on"]

COLOR_NAMES = {
    "#0072B2": "blue",
    "#E69F00": "orange",
    "#009E73": "green",
    "#CC79A7": "pink",
    "#56B4E9": "sky blue",
    "#D55E00": "red",
    "#F0E442": "yellow",
    "#7A7A7A": "grey",
}
"""Okabe-Ito, the strongest first; its black is replaced by a grey that shows on both themes."""

OKABE_ITO = tuple(COLOR_NAMES)

ACCENT = "#0B5CAD"
ACCENT_DARK = "#7CB8F2"
MUTED = "#8A8F98"


def label_color(position: int) -> str:
    """The colour of the label at `position` (0-based) in the task's list.

    >>> label_color(0), label_color(8) == label_color(0)
    ('#0072B2', True)
    """
    return OKABE_ITO[position % len(OKABE_ITO)]


def _luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two `#rrggbb` colours, 1 to 21.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(color: str) -> str:
    """Black or white, whichever reads better on `color`; at least 4.5 to 1 for every colour.

    >>> text_on("#0072B2"), text_on("#F0E442")
    ('#ffffff', '#000000')
    """
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, color))
