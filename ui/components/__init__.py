"""Parts of a screen that have code of their own in the browser, or that several pages share."""
