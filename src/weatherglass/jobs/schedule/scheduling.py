"""When jobs are asked for by the clock, and what is made up for after the service was down."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from weatherglass.jobs.schedule.retraining import EVERY
from weatherglass.state.actor import SERVICE
from weatherglass.state.state import utc_now

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from apscheduler.schedulers.background import BackgroundScheduler

    from weatherglass.jobs.schedule.running import Runner
    from weatherglass.state import State

NIGHTLY = ("erasures", "retention", "score", "alerts", "snapshot")
"""Silence produces no event: only a pass over all accounts can notice it."""
RETRAIN = "retrain"
NEVER = 24
"""The hour that no day has."""


class Schedule:
    """Asks for the nightly jobs at an hour of the workspace's zone. Start it, stop it."""

    def __init__(self, runner: Runner, state: State, zone: ZoneInfo, hour: int) -> None:
        self._runner = runner
        self._state = state
        self._zone = zone
        self._hour = hour
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Begin; jobs that should have been done while nobody was there are asked for at once."""
        if self._hour >= NEVER:
            return
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.cron import CronTrigger

        self._catch_up()
        self._scheduler = BackgroundScheduler(timezone=self._zone)
        self._scheduler.add_job(
            self._ask,
            CronTrigger(hour=self._hour, minute=0, timezone=self._zone),
            coalesce=True,
            max_instances=1,
            # a machine that slept through the hour does it when it wakes
            misfire_grace_time=None,
        )
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)

    def due(self, now: dt.datetime) -> dt.datetime:
        """The last time before `now` (UTC, without a zone) at which the nightly jobs were due."""
        local = now.replace(tzinfo=dt.UTC).astimezone(self._zone)
        at = local.replace(hour=self._hour, minute=0, second=0, microsecond=0)
        if at > local:
            at = (at - dt.timedelta(days=1)).replace(hour=self._hour)
        return at.astimezone(dt.UTC).replace(tzinfo=None)

    def _catch_up(self) -> None:
        due = self.due(utc_now())
        last = self._state.ledger.last_done("score")
        if last is None or last.began_at is None or last.began_at < due:
            self._ask()

    def _ask(self) -> None:
        for kind in NIGHTLY:
            self._runner.ask(SERVICE, kind)
        last = self._state.ledger.last_done(RETRAIN)
        if RETRAIN in self._runner.kinds and (
            last is None or last.began_at is None or utc_now() - last.began_at >= dt.timedelta(days=EVERY)
        ):
            self._runner.ask(SERVICE, RETRAIN)
