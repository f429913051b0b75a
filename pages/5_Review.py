"""See how far the labels are, settle what people disagree about, and look up who did what."""

from ui.frame import open_page
from ui.review_page import draw_review

PURPOSE = (
    "See how far the labels are and how well people agree, settle what they disagree about, and look up who did what."
)

with open_page("Review", role="reviewer", purpose=PURPOSE, wide=True) as page:
    draw_review(page)
