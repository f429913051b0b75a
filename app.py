"""The web application: labels and health routes, security headers, and the home page."""

import streamlit as st

from ui.components.map.asset import plotly_route
from ui.lifecycle import with_launcher
from ui.operations import closed, operations
from ui.routes import routes
from ui.security import security

served = [*routes(), plotly_route()]
around = [*operations(served), *security(), *closed()]
app = st.App(__file__, routes=served, middleware=around, lifespan=with_launcher)

if __name__ == "__main__":
    from ui.frame import open_home
    from ui.home import draw_projects

    with open_home(purpose="Each project takes one file of texts from import to prompts.") as space:
        draw_projects(space)
