"""Find out whether the picked texts serve better than random ones, and where they still fail."""

from ui.evaluate_page import draw_evaluate
from ui.frame import open_page

PURPOSE = "Find out whether the picked texts serve better than texts drawn at random, and where they still fall short."

with open_page("Evaluate", role="reviewer", purpose=PURPOSE, wide=True) as page:
    draw_evaluate(page)
