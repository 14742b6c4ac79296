"""Scores that follow what arrives: those of the accounts that were touched, and now and then those of all."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa

from weatherglass.engine import EngineError
from weatherglass.jobs.errors import NothingToScore
from weatherglass.jobs.incoming.draining import Drained
from weatherglass.jobs.live.cutting import Cut
from weatherglass.jobs.live.newest import Newest
from weatherglass.jobs.live.pace import BEHIND
from weatherglass.jobs.live.provisional import Provisional
from weatherglass.jobs.live.sealing import Sealing
from weatherglass.jobs.scoring.run import bring_up_to_date, roll_up
from weatherglass.rollups import calendar
from weatherglass.store.segmenting import is_plain, segment

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.jobs.incoming.draining import Drain
    from weatherglass.store import Store
    from weatherglass.store.seen import Keys

MOST_LIVE = 500_000
"""Live events that wait, and lie in memory; more of them become a segment."""
REST = 60.0
"""Seconds between two whole passes that events have made necessary, at least; and 100 times what the last one took."""
MANY = 4
"""A whole pass is as fast as a cut of one in so many accounts."""


class KeepingUp:
    """Keeps the newest scores of one store up to date. To be used on the writer thread."""

    def __init__(
        self, store: Store, project: Project, drain: Drain, newest: Newest, between: Callable[[], None]
    ) -> None:
        """between: called now and then during a pass; it may call `meanwhile`."""
        self._store = store
        self._between = between
        self._project = project
        self._drain = drain
        self._newest = newest
        self._cut: Cut | None = None
        self._day = dt.date.min
        self._scores: Provisional | None = None
        self._accounts = 0
        self._live = 0
        self._sealing: Sealing | None = None
        self._moved = False
        """Whether events have changed that are on their way into a segment."""
        self._heavy = False
        """Whether events that are live no more take up memory, as they do until a checkpoint."""
        self._disturbed = False
        self._changed = False
        self._last_pass = (0.0, 0.0)
        self._meanwhile: list[pa.Table] | None = None
        """Rows that were made during the pass that is on; None when none is."""

    def whole(self, today: dt.date) -> None:
        """Finish all days before today, and score today for everyone."""
        begun = time.monotonic()
        self.give_up()
        segment(self._store)
        self._drain.seen.refresh()
        # an error from here on leaves it to be done again
        self._disturbed, self._day = True, today
        try:
            bring_up_to_date(self._store, self._project, today - dt.timedelta(days=1))
        except NothingToScore:
            self._scores = None
        else:
            self._scores = Provisional(self._store, self._project, calendar.number(today))
        if self._cut is None:
            self._cut = Cut(self._store, self._project)
        self._cut.renew()
        self._live, self._disturbed, self._changed = 0, False, False
        if self._scores is not None:
            self._score_all(self._scores)
        now = time.monotonic()
        self._last_pass = (now, now - begun)

    def _score_all(self, scores: Provisional) -> None:
        self._meanwhile = []
        try:
            rows = scores.everyone(self._between)
            self._newest.replace(rows, self._meanwhile)
        except BaseException:
            self._disturbed = True
            raise
        finally:
            self._meanwhile = None
        self._accounts = rows.num_rows

    def is_due(self, today: dt.date) -> bool:
        """Whether a whole pass would find anything that the last one has not."""
        return self._disturbed or self._changed or today != self._day

    def touched(self, taken: Drained, today: dt.date) -> None:
        """Score the accounts that a stretch of the log has touched; another day is another pass."""
        self._note(taken)
        if today != self._day or (self._scores is None and taken.messages):
            self.whole(today)
            return
        self._seal()
        if self._is_many(taken):
            self.whole(today)
            return
        self._score(taken.touched)
        at, took = self._last_pass
        if self._disturbed and time.monotonic() - at >= max(REST, 100 * took):
            self.whole(today)

    def meanwhile(self, taken: Drained) -> None:
        """Within a pass over all accounts: score those that a stretch of the log has touched."""
        self._note(taken)
        if self._is_many(taken):
            self._disturbed = True
        else:
            self._score(taken.touched)

    def _note(self, taken: Drained) -> None:
        self._live += taken.events
        self._changed |= taken.messages > 0
        self._disturbed |= taken.disturbs
        self._moved |= taken.moved
        if self._cut is not None:
            self._cut.fills(taken.rows)

    def _is_many(self, taken: Drained) -> bool:
        return len(taken.touched) * MANY > max(self._accounts, 2000)

    def _score(self, since: dict[str, int]) -> None:
        if self._scores is None or not since:
            return
        if self._scores.ranked:
            self._disturbed = True
        else:
            self._follow(since)

    def _seal(self) -> None:
        """Make a segment of what is live, where that is much: beside what arrives, as far as it lets that be."""
        sealing = self._sealing
        if self._heavy:
            self._heavy = False
            with suppress(EngineError):
                # where somebody reads what was before, the next time will do
                self._store.engine.execute("CHECKPOINT")
        elif sealing is not None and self._moved:
            self.give_up()
            self._roll_up()
        elif sealing is not None and sealing.is_ready:
            self._sealing = None
            if sealing.finish():
                self._rolled_up(sealing.draft)
            else:
                self._roll_up()
        elif sealing is None and self._live >= MOST_LIVE:
            # in a flood answers go before scores: one thing at a time then, and a rest after it
            if self._drain.waiting <= BEHIND and is_plain(self._store):
                self._moved = False
                self._sealing = Sealing(self._store, self._project, self._drain.seen)
            else:
                self._roll_up()

    def _roll_up(self) -> None:
        """Make a segment of what is live, now: the next pass finds it rolled up."""
        roll_up(self._store, self._project, None)
        self._rolled_up(None)

    def _rolled_up(self, seen: list[Keys] | None) -> None:
        assert self._cut is not None
        self._drain.seen.refresh(seen)
        self._cut.renew()
        self._live = self._store.engine.row("SELECT count(*) FROM live_events")[0]
        self._heavy = True

    def give_up(self) -> None:
        """Leave what is live where it is: somebody else is to write the store."""
        if self._sealing is not None:
            self._sealing.give_up()
            self._sealing = None

    def _follow(self, since: dict[str, int]) -> None:
        assert self._cut is not None and self._scores is not None
        self._disturbed |= self._cut.take(list(since), self._scores.first(since))
        rows = self._scores.of(self._cut, since)
        self._newest.change(rows)
        if self._meanwhile is not None:
            self._meanwhile.append(rows)

    def others_wrote(self) -> None:
        """Look again at what was kept of the store: others have changed it."""
        if self._scores is not None:
            self._scores.forget()
        if self._cut is not None:
            self._cut.forget()

    def disturbed(self) -> None:
        """Have a whole pass find what was missed."""
        self._disturbed = self._moved = True

    def close(self) -> None:
        """Let go of what is held in memory."""
        self.give_up()
        if self._cut is not None:
            self._cut.close()
