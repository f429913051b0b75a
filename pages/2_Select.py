"""Choose which texts a person will label."""

from ui.frame import open_page
from ui.select_page import draw_select

PURPOSE = "Say how many texts you can label; the ones that tell most about the rest are picked."

with open_page("Select", role="owner", purpose=PURPOSE) as page:
    draw_select(page)
