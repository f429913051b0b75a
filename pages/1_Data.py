"""Load the texts and say what is to be done with them."""

from ui.data_page import draw_data
from ui.frame import open_page

PURPOSE = "Load a file of texts, check how it was read, and say what each text should be given."

with open_page("Data", role="owner", purpose=PURPOSE) as page:
    draw_data(page)
