"""A project's folder with its store, fed and scored step by step, and all that is in it as rows that compare."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Self

from company_files import Form, write_company
from product import Cells, rows_of
from reference import Company, Settings
from reference.company import TABLES
from settings_file import write_settings

from weatherglass.config import FILE_NAME, Project, read_project
from weatherglass.jobs.errors import NothingToScore
from weatherglass.jobs.incoming.loading import Load, load
from weatherglass.jobs.scoring.run import Run, bring_up_to_date
from weatherglass.store import Store

Exact = list[tuple[str, ...]]
"""Rows as the reprs of their cells, sorted: equal only when every double has the same bits."""

HISTORY = """
    SELECT a.account_id, s.day, s.score, s.tier, s.tier_shown, s.grade, s.lifecycle, s.coverage, s.confidence,
        c.scorecard_version, s.dim_product_usage, s.dim_engagement_trends, s.dim_feature_adoption,
        s.dim_support_signals, s.dim_financial_health, s.dim_communication, s.dim_relationship, s.dim_onboarding,
        s.dim_sentiment, s.dim_growth, s.dim_commercial
    FROM scores AS s
    LEFT JOIN account_ids AS a ON a.account = s.account
    LEFT JOIN scorecards AS c ON c.version = s.version
"""
"""The kept history, with names in place of the numbers that depend on the order of loading."""

ROLLUPS = {
    "user_days": """
        SELECT a.account_id, m.user_id, d.day, d.events, d.core, d.slots FROM user_days AS d
        LEFT JOIN account_ids AS a USING (account)
        LEFT JOIN members AS m ON m.account = d.account AND m.member = d.member
    """,
    "account_days": """
        SELECT a.account_id, d.day, d.activity, d.events, d.core, d.sessions FROM account_days AS d
        LEFT JOIN account_ids AS a USING (account)
    """,
    "feature_days": """
        SELECT a.account_id, d.day, f.name FROM feature_days AS d
        LEFT JOIN account_ids AS a USING (account)
        JOIN features AS f ON f.feature // 64 = d.word AND (d.bits >> (f.feature % 64)::UBIGINT) & 1 = 1
    """,
    "key_feature_days": """
        SELECT a.account_id, d.day, d.feature, d.uses FROM key_feature_days AS d
        LEFT JOIN account_ids AS a USING (account)
    """,
    "milestone_days": """
        SELECT a.account_id, d.day, d.milestone FROM milestone_days AS d LEFT JOIN account_ids AS a USING (account)
    """,
    "nobody_days": "SELECT day, sum(events) FROM nobody_days GROUP BY day HAVING sum(events) > 0",
}
"""The roll-ups in the same way."""


def exact(rows: Cells, leave_out: frozenset[str] = frozenset()) -> Exact:
    """Rows to compare bit for bit."""
    return sorted(tuple(repr(value) for name, value in row.items() if name not in leave_out) for row in rows)


class Bench:
    """A project's folder that is loaded and scored in steps. Close it, or use it as a context manager."""

    def __init__(self, folder: Path, settings: Settings, zone: str = "UTC", *, kept: bool = True) -> None:
        """kept: in a store on disk, whose event files are its own; else in one that reads files where they lie."""
        self.folder = folder
        self._files = 0
        write_settings(settings, folder / FILE_NAME, zone)
        self.store = Store.open(folder) if kept else Store.temporary()

    @property
    def project(self) -> Project:
        """What weatherglass.yml says now."""
        return read_project(self.folder / FILE_NAME)

    def written(self, company: Company, form: Form = "parquet") -> Path:
        """A new folder with the files of a company."""
        self._files += 1
        folder = self.folder / "files" / f"{self._files:03}"
        write_company(company, folder, form)
        return folder

    def load(self, company: Company, form: Form = "parquet") -> Load:
        """Load the files of a company, each row of which is read after all that came before."""
        folder = self.written(company, form)
        return load(self.store, self.project, [folder]) if any(folder.iterdir()) else Load()

    def score(self, as_of: date | None = None, since: date | None = None) -> Run | None:
        """Bring the history up to a day; None when there is nothing to score yet."""
        try:
            return bring_up_to_date(self.store, self.project, as_of, since)
        except NothingToScore:
            return None

    def rows(self, since: date, as_of: date) -> tuple[Cells, Cells]:
        """Score rows and signal rows of some days; none before there was anything to score."""
        return ([], []) if self.store.setting("scored_to") is None else rows_of(self.store, since, as_of)

    def history(self) -> Exact:
        """The table `scores`."""
        return sorted(tuple(map(repr, row)) for row in self.store.engine.rows(HISTORY))

    def rollups(self) -> dict[str, Exact]:
        return {
            name: sorted(tuple(map(repr, row)) for row in self.store.engine.rows(query))
            for name, query in ROLLUPS.items()
        }

    def count(self, table: str) -> int:
        """Rows of a table; of `events` those in the segments."""
        query = f"SELECT count(*) FROM {table}"
        if table == "events":
            query = 'SELECT coalesce(sum("rows"), 0) FROM segments'
        return int(self.store.engine.row(query)[0])

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def bench(settings: Settings, zone: str = "UTC", *, kept: bool = True) -> Iterator[Bench]:
    """A bench in a folder that is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="weatherglass-test-") as name,
        Bench(Path(name), settings, zone, kept=kept) as made,
    ):
        yield made


def scored_exactly(
    company: Company, settings: Settings, since: date, as_of: date, form: Form = "parquet"
) -> tuple[Exact, Exact]:
    """What the product says of some days of a company that is loaded at once."""
    with bench(settings, company.zone, kept=False) as one:
        one.load(company, form)
        one.score(as_of)
        return told(one, since, as_of)


def told(one: Bench, since: date, as_of: date) -> tuple[Exact, Exact]:
    """Score rows and signal rows of some days, to compare bit for bit whatever the version is called."""
    rows, signals = one.rows(since, as_of)
    return exact(rows, frozenset({"scorecard_version"})), exact(signals)


def unlike(mine: Exact, theirs: Exact, shown: int = 6) -> str:
    """Where two lists of rows differ, in words; empty where they do not."""
    if mine == theirs:
        return ""
    left, right = set(mine), set(theirs)
    lines = [f"only here:  {' '.join(row)}" for row in sorted(left - right)[:shown]]
    lines += [f"only there: {' '.join(row)}" for row in sorted(right - left)[:shown]]
    return "\n".join([f"{len(mine)} and {len(theirs)} rows, {len(left ^ right)} of them different", *lines])


def same(mine: tuple[Exact, Exact], theirs: tuple[Exact, Exact]) -> None:
    """Score rows and signal rows have the same bits."""
    for which, one, other in zip(("score rows", "signal rows"), mine, theirs, strict=True):
        difference = unlike(one, other)
        assert not difference, f"{which}: {difference}"


def rows_in_all(company: Company) -> int:
    return sum(len(company.table(name)) for name in TABLES)


Rows = list[dict[str, Any]]
