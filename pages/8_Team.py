"""Say who works in the project, how texts are handed out, and whether labels are suggested."""

from ui.frame import open_page
from ui.team_page import draw_team

PURPOSE = "Say who may work in this project, and how its texts come to them."

with open_page("Team", role="owner", purpose=PURPOSE) as page:
    draw_team(page)
