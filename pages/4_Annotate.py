"""Label the texts that were picked."""

from ui.annotate_page import draw_annotate
from ui.frame import open_page

PURPOSE = "Label the texts that were picked: one key gives a label and goes on. Press ? for all keys."

with open_page("Annotate", role="annotator", purpose=PURPOSE) as page:
    draw_annotate(page)
