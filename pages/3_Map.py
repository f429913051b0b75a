"""See the texts as a map, and change by hand what will be labelled."""

from ui.frame import open_page
from ui.map_page import draw_map_page

PURPOSE = "Each point is a text and similar texts lie close together; the numbers are the picks, in pick order."

with open_page("Map", role="reviewer", purpose=PURPOSE, wide=True) as page:
    draw_map_page(page)
