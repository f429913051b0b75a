"""What stays: rows in a database, arrays and data sets in files named by their content."""

from __future__ import annotations

from votek.store.cache import StageCache
from votek.store.database import Database, Transaction
from votek.store.store import Store

__all__ = ["Database", "StageCache", "Store", "Transaction"]
