"""What is at hand of a store, so that the next question needs no search through it.

Rows of finished days that were asked for lately, with the attributes of accounts, so that another fact is another
version; all finished days as arrays; and the facts of all accounts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TYPE_CHECKING

from weatherglass.jobs.scoring.gathered import Gathered
from weatherglass.jobs.scoring.past import Past
from weatherglass.store.counting import count
from weatherglass.store.facts import FACTS_VERSION

if TYPE_CHECKING:
    import pyarrow as pa

    from weatherglass.config.project import Project
    from weatherglass.store import Store

MOST_BYTES = 256 * 1024 * 1024
HISTORY_VERSION = "history_version"
"""The setting that is another after every change of the history, in the transaction that changes it."""


class KeptDays:
    """Rows of days, by what was asked for. Safe from any thread; a store that has changed is asked anew.

    lasting: whether many questions will come, so that it is worth the time to hold all days as arrays.
    """

    def __init__(self, *, lasting: bool = False) -> None:
        self._lasting = lasting
        self._lock = Lock()
        self._reading = Lock()
        self._past: tuple[int, Past] | None = None
        self._gathering = Lock()
        self._gathered: tuple[int, Gathered] | None = None
        self._version = ""
        self._tables: OrderedDict[Hashable, pa.Table] = OrderedDict()

    def rows(self, store: Store, asked: Hashable, query: Callable[[], pa.Table]) -> pa.Table:
        """The rows that are asked for: those at hand, else what the query finds in the same moment of the store."""
        version, facts = store.setting(HISTORY_VERSION), store.setting(FACTS_VERSION)
        if version is None:
            # of a store that was never scored by this version nobody tells when it changes
            return query()
        version = f"{version} {facts}"
        with self._lock:
            if version != self._version:
                self._version, self._tables = version, OrderedDict()
            found = self._tables.get(asked)
            if found is not None:
                self._tables.move_to_end(asked)
                return found
        made = query()
        with self._lock:
            if version == self._version:
                self._tables[asked] = made
                while sum(table.nbytes for table in self._tables.values()) > MOST_BYTES and self._tables:
                    self._tables.popitem(last=False)
        return made

    def past(self, store: Store, tiers: Callable[[], dict[int, tuple[str, ...]]]) -> Past | None:
        """The finished days as arrays; None where they are not worth their making. tiers: as `Past.read` wants them."""
        found = store.setting(HISTORY_VERSION)
        if found is None or not self._lasting:
            return None
        version = int(found)
        with self._reading:
            # of two who ask at once one reads, and the other waits for it
            if self._past is None or self._past[0] < version:
                # what is of no use any more goes before what is new comes
                self._past = None
                self._past = version, Past.read(store, tiers())
            # who still reads the store of before is not worth reading all of it again
            return self._past[1] if self._past[0] == version else None

    def gather(self, store: Store, project: Project) -> None:
        """Have the facts of all accounts at hand, where that is worth its while: in place of those of before."""
        found = store.setting(HISTORY_VERSION)
        if found is None or not self._lasting:
            return
        with self._gathering:
            if self._gathered is None or self._gathered[0] < int(found):
                self._gathered = None
                self._gathered = int(found), Gathered.read(store, project)

    def made(self, store: Store, project: Project) -> tuple[Gathered | None, Past | None]:
        """The facts of all accounts, with days as a project counts them, and the past: where they are made already."""
        gathered, past = self._gathered, self._past
        if gathered is None and past is None:
            return None, None
        version = int(store.setting(HISTORY_VERSION) or -1)
        fits = gathered is not None and gathered[0] == version and gathered[1].timezone == project.timezone
        return (
            gathered[1] if gathered is not None and fits else None,
            past[1] if past is not None and past[0] == version else None,
        )


def changed(store: Store) -> None:
    """Say that the history is another now; to be called in the transaction that changes it."""
    count(store.engine, HISTORY_VERSION)
