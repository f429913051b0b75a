"""How large a file, a cell and a table may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from votek.settings import Settings

__all__ = ["Limits"]

_MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bounds that keep one file from filling the memory; sizes in bytes, lengths in characters.

    `max_cells` bounds rows times columns, `max_columns` the columns alone: a sparse JSON or Excel file
    of a few kilobytes can otherwise spread over billions of empty cells.
    """

    max_bytes: int = 200 * _MB
    max_unpacked_bytes: int = 1000 * _MB
    max_rows: int = 1_000_000
    max_text_chars: int = 100_000
    max_columns: int = 20_000
    max_cells: int = 50_000_000

    @classmethod
    def from_settings(cls, settings: Settings | None = None) -> Limits:
        """The limits of `settings`, or of the environment's when None."""
        if settings is None:
            from votek.settings import Settings

            settings = Settings()
        return cls(
            max_bytes=settings.max_upload_mb * _MB,
            max_unpacked_bytes=settings.max_unpacked_mb * _MB,
            max_rows=settings.max_rows,
            max_text_chars=settings.max_text_chars,
        )
