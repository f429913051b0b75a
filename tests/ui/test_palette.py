"""Colours that can be told apart and read."""

import tomllib
from pathlib import Path

import pytest

from ui.palette import OKABE_ITO, contrast, label_color, text_on

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
LARGE_OR_GRAPHIC, TEXT = 3.0, 4.5


def test_contrast_agrees_with_published_pairs():
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0000ff", "#ffffff") == pytest.approx(8.59, abs=0.01)


@pytest.mark.parametrize("color", OKABE_ITO)
def test_text_on_a_label_colour_is_readable(color):
    assert contrast(text_on(color), color) >= TEXT


def test_the_first_labels_differ():
    assert len({label_color(i) for i in range(8)}) == 8


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ink", ["textColor", "linkColor", "grayTextColor"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_text_of_the_theme_is_readable(mode, ink, ground):
    theme = CONFIG["theme"][mode]
    assert contrast(theme[ink], theme[ground]) >= TEXT


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_white_on_the_accent_is_readable(mode):
    assert contrast("#ffffff", CONFIG["theme"][mode]["primaryColor"]) >= TEXT


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_accent_stands_out_from_the_page(mode):
    theme = CONFIG["theme"][mode]
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= LARGE_OR_GRAPHIC


def test_nothing_is_fetched_from_elsewhere():
    assert "http" not in (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text()


def test_the_forced_collection_is_off():
    assert CONFIG["runner"]["postScriptGC"] is False
