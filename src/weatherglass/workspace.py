"""A workspace from Python: open a project's folder, load files, score, explain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from weatherglass.frame import Frame

if TYPE_CHECKING:
    import pyarrow as pa

    from weatherglass.config import Project
    from weatherglass.jobs.data_health.checking import Health
    from weatherglass.jobs.foresight.calibrating import Calibration
    from weatherglass.jobs.foresight.drifting import Drifted
    from weatherglass.jobs.foresight.forecasting import Forecast
    from weatherglass.jobs.foresight.probabilities import Kept
    from weatherglass.jobs.foresight.training import Training
    from weatherglass.jobs.incoming.loading import Load
    from weatherglass.jobs.scoring.run import Progress, Run
    from weatherglass.jobs.views.explaining import Explanation
    from weatherglass.outcomes.findings import Findings
    from weatherglass.sources.preview import FilePreview
    from weatherglass.state.overrides import Override
    from weatherglass.store import Store

Day = dt.date | str | None
"""A calendar day: a date, or its ISO text."""


class Workspace:
    """A project's configuration and its store. Close it, or use it as a context manager.

    Made by `weatherglass.open` (a project's folder) and `weatherglass.open_data` (a folder of files, nothing kept).
    """

    def __init__(self, project: Project, store: Store, folder: Path | None) -> None:
        self.project = project
        self.store = store
        self.folder = folder
        self.last_run: Run | None = None
        """What the last scoring run did."""

    def load(self, *paths: str | Path, lenient: bool = False, told: Callable[[str], None] | None = None) -> Load:
        """Take files or folders into the store: all of them, or none when one cannot be used.

        lenient: leave out rows that cannot be used, and count them.
        """
        from weatherglass.jobs.incoming.loading import load

        return load(self.store, self.project, paths, lenient=lenient, told=told)

    def preview(self, *paths: str | Path) -> list[FilePreview]:
        """What a load would make of files, without keeping anything."""
        from weatherglass.sources.files import discover
        from weatherglass.sources.preview import preview

        return preview(self.store.engine, discover(paths, self.project.sources), self.project.timezone)

    def score(self, as_of: Day = None, since: Day = None, progress: Progress | None = None) -> Frame:
        """Bring the history up to a day and return its score rows, of all days from `since` on when it is given.

        as_of: the last day with a fact, at most yesterday, when it is not given.
        since: also scores those days again, with the configuration as it is now.
        """
        run = self.update(as_of, since, progress)
        return self.scores(since or run.as_of, run.as_of)

    def update(self, as_of: Day = None, since: Day = None, progress: Progress | None = None) -> Run:
        """Bring the history up to a day without returning it."""
        from weatherglass.jobs.scoring.run import bring_up_to_date

        self.last_run = bring_up_to_date(self.store, self.project, _day(as_of), _day(since), progress)
        return self.last_run

    def scores(self, since: Day = None, as_of: Day = None, accounts: list[str] | None = None) -> Frame:
        """Score rows of scored days, exact: one an account and day, by account and day."""
        from weatherglass.jobs.writing import ordered

        return Frame(ordered(self.score_columns, self.score_tables(since, as_of, accounts)))

    def signals(self, since: Day = None, as_of: Day = None, accounts: list[str] | None = None) -> Frame:
        """Signal rows of scored days: one an account, day and signal, by account and day."""
        from weatherglass.jobs.writing import ordered
        from weatherglass.scores.rows import SIGNAL_COLUMNS

        return Frame(ordered(SIGNAL_COLUMNS, self.signal_tables(since, as_of, accounts)))

    def score_tables(self, since: Day, as_of: Day, accounts: list[str] | None = None) -> Iterator[pa.Table]:
        """The same rows as `scores`, a block of accounts at a time: for histories that do not fit in memory.

        Blocks come in the order in which accounts are scored.
        """
        from weatherglass.jobs.foresight.probabilities import beside
        from weatherglass.jobs.views.overriding import shown
        from weatherglass.scores.rows import score_rows

        known = self.probabilities
        for table in shown(self._tables(score_rows, since, as_of, accounts), self.overrides):
            yield beside(table, known)

    @property
    def score_columns(self) -> pa.Schema:
        """The columns of score rows; after `calibrate` one more for each number of days that it found chances for."""
        from weatherglass.arrays import nothing
        from weatherglass.jobs.foresight.probabilities import beside
        from weatherglass.scores.rows import SCORE_COLUMNS

        return beside(nothing(SCORE_COLUMNS), self.probabilities).schema

    @property
    def probabilities(self) -> dict[str, Kept]:
        """The chances of churn that `calibrate` kept for the present cards, by their version."""
        from weatherglass.jobs.foresight.probabilities import Probabilities, by_version

        return by_version(self.project, Probabilities(self.folder).read())

    @property
    def overrides(self) -> list[Override]:
        """People's words on the tiers that are shown; none for a folder of files."""
        from weatherglass.jobs.views.overriding import kept

        return [] if self.folder is None else kept(self.store.folder)

    def signal_tables(self, since: Day, as_of: Day, accounts: list[str] | None = None) -> Iterator[pa.Table]:
        """The same rows as `signals`, a block of accounts at a time."""
        from weatherglass.scores.rows import signal_rows

        return self._tables(signal_rows, since, as_of, accounts)

    def explain(self, account_id: str, as_of: Day = None, versus: Day = None) -> Explanation:
        """Why an account's score is what it is, and with `versus` why it moved since then."""
        from weatherglass.events.redacting import MARKS
        from weatherglass.jobs.incoming.redacting import known_as, redactor
        from weatherglass.jobs.views.explaining import explain
        from weatherglass.jobs.views.overriding import on_row

        redacting = redactor(self.project) if any(mark in account_id for mark in MARKS) else None
        account_id = known_as(self.store, redacting, account_id)
        found = explain(self.store, account_id, _day(as_of), _day(versus))
        for day in (found.day, *(() if found.versus is None else (found.versus.before,))):
            on_row(day.row, self.overrides)
        return found

    def report(self, out: str | Path, as_of: Day = None) -> Path:
        """Write the report of a scored day as one HTML file."""
        from weatherglass.jobs.views.reporting import write_report

        return write_report(self.store, self.project, Path(out), _day(as_of), self.overrides, self.probabilities)

    def backtest(
        self,
        every: int = 28,
        horizons: Sequence[int] = (30, 60, 90),
        since: Day = None,
        until: Day = None,
        out: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Findings:
        """Replay history: how well the score foresaw who churned, under the configuration as it is now.

        every: days between the snapshots that are looked back from. horizons: days ahead that are asked about.
        since, until: the first and the last snapshot; else twelve weeks after the first fact, and the last fact.
        out: also write the findings as one HTML file.
        """
        from weatherglass.jobs.foresight.backtesting import Replay, panel, write_findings
        from weatherglass.outcomes.backtest import backtest

        replay = Replay(every, tuple(sorted(set(horizons))), _day(since), _day(until), signals=False)
        findings = backtest(panel(self.store, self.project, replay, progress))
        if out is not None:
            write_findings(findings, self.project, Path(out))
        return findings

    def train(
        self,
        method: str | None = None,
        *,
        seed: int = 0,
        horizon: int = 90,
        until: Day = None,
        force: bool = False,
        progress: Progress | None = None,
    ) -> list[Training]:
        """Learn a model for each scorecard, and use those that foresee later churns better than what is used now.

        method: learned, hybrid or hazard; each card's own when it is not given. Without a folder nothing is kept.
        until: know nothing that came after this day: the model that would have been made then.
        """
        from tempfile import TemporaryDirectory

        from weatherglass.jobs.foresight.models import with_models
        from weatherglass.jobs.foresight.training import Wish, train

        wish = Wish(method, seed, horizon, force, _day(until))
        if self.folder is None:
            with TemporaryDirectory() as nowhere:
                return train(self.store, self.project, Path(nowhere), wish, progress)
        found = train(self.store, self.project, self.folder, wish, progress)
        self.project = with_models(self.project, self.folder)
        return found

    def calibrate(
        self,
        *,
        capture: float = 0.8,
        horizon: int = 90,
        until: Day = None,
        widen: float = 0.0,
        seed: int = 0,
        apply: bool = False,
        progress: Progress | None = None,
    ) -> list[Calibration]:
        """Find lines, weights and probabilities by what became of accounts; keep the probabilities in the project.

        capture: share of churners that red is to hold. until: know nothing that came after this day.
        widen: by how much the bands of weights are widened, 0 to 1.
        apply: write lines, and weights that are no worse on later rows, into weatherglass.yml.
        """
        from weatherglass.jobs.foresight.calibrating import Wish, calibrate
        from weatherglass.jobs.project.adopted import keep, lines, weights
        from weatherglass.jobs.project.applying import apply as write

        wish = Wish(capture, horizon, _day(until), widen, seed)
        found = calibrate(self.store, self.project, wish, progress)
        if apply:
            moved = {one.scorecard: options for one in found if (options := weights(one))}
            if moved:
                # other weights make other scores: lines and probabilities are found anew for them
                self._changed(write(self._place(), moved))
                found = calibrate(self.store, self.project, wish, progress)
            cards = {card.name: card for card in self.project.scorecards}
            drawn = {one.scorecard: options for one in found if (options := lines(one, cards[one.scorecard]))}
            self._changed(write(self._place(), drawn))
        if self.folder is not None:
            keep(self.folder, self.project, found)
        return found

    def drift(self) -> list[Drifted]:
        """How far accounts have moved from those that the models and probabilities of the project were made of."""
        from weatherglass.jobs.foresight.drifting import drift

        return drift(self.store, self.project, self._place())

    def forecast(self) -> Forecast:
        """Where each account's score is heading in 4 and 12 weeks; with a hazard model how long it may stay."""
        from weatherglass.jobs.foresight.forecasting import forecast

        return forecast(self.store, self.project)

    def use_method(self, method: str, scorecards: list[str]) -> None:
        """Write a method into weatherglass.yml for some scorecards."""
        from weatherglass.jobs.project.applying import apply

        self._changed(apply(self._place(), {name: {("method",): method} for name in scorecards}))

    def _place(self) -> Path:
        assert self.folder is not None, "a folder of files has no project file"
        return self.folder

    def _changed(self, project: Project) -> None:
        from weatherglass.jobs.foresight.models import with_models

        self.project = with_models(project, self._place())

    def doctor(self) -> Health:
        """What is there, how well events reach accounts, and what is missing."""
        from weatherglass.jobs.views.doctor import doctor

        return doctor(self.store, self.project, self.folder)

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tables(self, rows: Any, since: Day, as_of: Day, accounts: list[str] | None) -> Iterator[pa.Table]:
        from weatherglass.jobs.scoring.run import evaluate
        from weatherglass.jobs.views.explaining import last_day

        last = _day(as_of) or last_day(self.store)
        first = _day(since) or last
        for scored in evaluate(self.store, first, last, accounts):
            yield rows(scored.result, scored.whose, scored.days_between(first, last))


def open(folder: str | Path = ".") -> Workspace:
    """The workspace of a project's folder, which `weatherglass init` makes.

    Errors: ConfigError with file, line and mend for a mistake in weatherglass.yml; StoreError when another process
    has the store open.
    """
    from weatherglass.config import FILE_NAME, ConfigError, Mistake
    from weatherglass.store import Store

    place = Path(folder)
    if not (place / FILE_NAME).exists():
        told = f"there is no {FILE_NAME} here; run `weatherglass init {place}` first"
        raise ConfigError([Mistake(str(place), "", told)])
    project = _configured(place)
    return Workspace(project, Store.open(place), place)


def of_store(folder: Path, store: Store) -> Workspace:
    """The workspace of a project's folder with another store than its own. Errors: ConfigError."""
    return Workspace(_configured(folder), store, folder)


def _configured(folder: Path) -> Project:
    from weatherglass.config import FILE_NAME, read_project
    from weatherglass.jobs.foresight.models import with_models

    return with_models(read_project(folder / FILE_NAME), folder)


def open_data(folder: str | Path, project: Project | None = None) -> Workspace:
    """A folder of files, loaded into a store that is gone when the workspace is closed.

    A weatherglass.yml in the folder counts; without one, and without `project`, the defaults hold, with no milestones.
    """
    from weatherglass.config import DEFAULT_PROJECT, FILE_NAME, read_project
    from weatherglass.store import Store

    place = Path(folder)
    configured = read_project(place / FILE_NAME) if (place / FILE_NAME).exists() else DEFAULT_PROJECT
    workspace = Workspace(project or configured, Store.temporary(), None)
    try:
        workspace.load(place)
    except BaseException:
        workspace.close()
        raise
    return workspace


def _day(day: Day) -> dt.date | None:
    return dt.date.fromisoformat(day) if isinstance(day, str) else day
