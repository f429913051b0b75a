"""What the pages share: the frame, the theme, remembered view settings, and one module per page's actions."""
