"""Rows of finished days that were asked for lately, so that the next question needs no search through the history."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from weatherglass.store import Store

MOST_BYTES = 256 * 1024 * 1024
HISTORY_VERSION = "history_version"
"""The setting that is another after every change of the history, in the transaction that changes it."""


class KeptDays:
    """Rows of days by their number. Safe from any thread; a store that has changed is asked anew."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version = ""
        self._tables: OrderedDict[int, pa.Table] = OrderedDict()

    def rows(self, store: Store, day: int, query: Callable[[], pa.Table]) -> pa.Table:
        """The rows of a day: those that are at hand, else what the query finds in the same moment of the store."""
        version = store.setting(HISTORY_VERSION)
        if version is None:
            # of a store that was never scored by this version nobody tells when it changes
            return query()
        with self._lock:
            if version != self._version:
                self._version, self._tables = version, OrderedDict()
            found = self._tables.get(day)
            if found is not None:
                self._tables.move_to_end(day)
                return found
        made = query()
        with self._lock:
            if version == self._version:
                self._tables[day] = made
                while sum(table.nbytes for table in self._tables.values()) > MOST_BYTES and self._tables:
                    self._tables.popitem(last=False)
        return made


def changed(store: Store) -> None:
    """Say that the history is another now; to be called in the transaction that changes it."""
    store.remember(HISTORY_VERSION, str(int(store.setting(HISTORY_VERSION) or 0) + 1))
