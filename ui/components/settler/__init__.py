"""Where a reviewer settles texts by keyboard: what each person said, and the final label."""

from ui.components.settler.settler import settler

__all__ = ["settler"]
