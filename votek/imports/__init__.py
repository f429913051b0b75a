"""Labels from other annotation tools: one file per format behind a registry, and what could not be kept."""
