"""Choose which texts a person will label."""

from ui.frame import open_page
from ui.select_page import draw_select

with open_page(
    "Select", purpose="Choose how many texts you will label; the most telling ones are picked for you."
) as page:
    draw_select(page)
