"""Write prompts from the labelled texts and download them."""

from ui.frame import open_page
from ui.prompts_page import draw_prompts

PURPOSE = "Turn the labelled texts into prompts: for each test item, the demonstrations that help most with it."

with open_page("Prompts", role="reviewer", purpose=PURPOSE, wide=True) as page:
    draw_prompts(page)
