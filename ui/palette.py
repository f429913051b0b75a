"""One colour per label everywhere: labeler, map, charts.

The Okabe-Ito colours tell apart under the common colour-vision deficiencies. Past eight labels the
colours repeat, so a colour is never the only mark: the label's name always stands beside it.
"""

from __future__ import annotations

from votek.workspace import OKABE_ITO, label_color

__all__ = ["ACCENT", "ACCENT_DARK", "COLOR_NAMES", "MUTED", "OKABE_ITO", "contrast", "label_color", "text_on"]

COLOR_NAMES = dict(
    zip(OKABE_ITO, ("blue", "orange", "green", "pink", "sky blue", "red", "yellow", "grey"), strict=True)
)
"""What each colour is called."""

ACCENT = "#0B5CAD"
ACCENT_DARK = "#7CB8F2"
MUTED = "#8A8F98"


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
