"""Scores that follow what arrives: those of the accounts that were touched, and now and then those of all."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

from weatherglass.jobs.cutting import Cut
from weatherglass.jobs.draining import Drained
from weatherglass.jobs.errors import NothingToScore
from weatherglass.jobs.newest import Newest
from weatherglass.jobs.provisional import Provisional
from weatherglass.jobs.scoring import bring_up_to_date, roll_up
from weatherglass.rollups import calendar
from weatherglass.store.segmenting import segment

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.jobs.draining import Drain
    from weatherglass.store import Store

MOST_LIVE = 1_000_000
"""Live events that wait; more of them become a segment."""
REST = 60.0
"""Seconds between two whole passes that events have made necessary, at least; and 100 times what the last one took."""
MANY = 4
"""A whole pass is as fast as a cut of one in so many accounts."""


class KeepingUp:
    """Keeps the newest scores of one store up to date. To be used on the writer thread."""

    def __init__(self, store: Store, project: Project, drain: Drain, newest: Newest) -> None:
        self._store = store
        self._project = project
        self._drain = drain
        self._newest = newest
        self._cut: Cut | None = None
        self._day = dt.date.min
        self._scores: Provisional | None = None
        self._accounts = 0
        self._live = 0
        self._disturbed = False
        self._changed = False
        self._last_pass = (0.0, 0.0)

    def whole(self, today: dt.date) -> None:
        """Finish all days before today, and score today for everyone."""
        begun = time.monotonic()
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
            rows = self._scores.everyone()
            self._newest.replace(rows)
            self._accounts = rows.num_rows
        if self._cut is None:
            self._cut = Cut(self._store, self._project)
        self._cut.renew()
        self._live, self._disturbed, self._changed = 0, False, False
        now = time.monotonic()
        self._last_pass = (now, now - begun)

    def is_due(self, today: dt.date) -> bool:
        """Whether a whole pass would find anything that the last one has not."""
        return self._disturbed or self._changed or today != self._day

    def touched(self, taken: Drained, today: dt.date) -> None:
        """Score the accounts that a stretch of the log has touched; another day is another pass."""
        self._live += taken.events
        self._changed |= taken.messages > 0
        self._disturbed |= taken.disturbs
        if self._cut is not None:
            self._cut.fills(taken.rows)
        if today != self._day or (self._scores is None and taken.messages):
            self.whole(today)
            return
        if self._live >= MOST_LIVE:
            self._roll_up()
        if self._scores is not None and taken.touched:
            if len(taken.touched) * MANY > max(self._accounts, 2000):
                self.whole(today)
                return
            if self._scores.ranked:
                self._disturbed = True
            else:
                self._follow(taken.touched)
        at, took = self._last_pass
        if self._disturbed and time.monotonic() - at >= max(REST, 100 * took):
            self.whole(today)

    def _roll_up(self) -> None:
        """Make a segment of what is live: the next pass finds it rolled up."""
        assert self._cut is not None
        roll_up(self._store, self._project, None)
        self._drain.seen.refresh()
        self._cut.renew()
        self._live = 0

    def _follow(self, since: dict[str, int]) -> None:
        assert self._cut is not None and self._scores is not None
        self._disturbed |= self._cut.take(list(since), self._scores.first(since))
        self._newest.change(self._scores.of(self._cut, since))

    def others_wrote(self) -> None:
        """Look again at what was kept of the store: others have changed it."""
        if self._scores is not None:
            self._scores.forget()
        if self._cut is not None:
            self._cut.forget()

    def disturbed(self) -> None:
        """Have a whole pass find what was missed."""
        self._disturbed = True

    def close(self) -> None:
        """Let go of what is held in memory."""
        if self._cut is not None:
            self._cut.close()
