"""The product as the property tests use it: a company's files in, score rows and signal rows out."""

from __future__ import annotations

import math
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from company_files import Form, write_company
from reference import Company, Settings
from settings_file import write_settings

from weatherglass.config import read_project
from weatherglass.jobs.errors import NothingToScore
from weatherglass.jobs.incoming.loading import load
from weatherglass.jobs.scoring.run import bring_up_to_date, evaluate
from weatherglass.scores.rows import score_rows, signal_rows
from weatherglass.store import Store

Cells = list[dict[str, Any]]


def scored(company: Company, settings: Settings, since: date, as_of: date, form: Form = "csv") -> tuple[Cells, Cells]:
    """What the product says of the days since..as_of, from files written and loaded like anybody's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_company(company, folder / "data", form)
        write_settings(settings, folder / "weatherglass.yml", company.zone)
        project = read_project(folder / "weatherglass.yml")
        if not any((folder / "data").iterdir()):
            return [], []
        with Store.temporary() as store:
            load(store, project, [folder / "data"])
            try:
                bring_up_to_date(store, project, as_of)
            except NothingToScore:
                return [], []
            return rows_of(store, since, as_of)


def rows_of(store: Store, since: date, as_of: date) -> tuple[Cells, Cells]:
    """Score rows and signal rows of some days of a store, by account and day."""
    rows: Cells = []
    signals: Cells = []
    for block in evaluate(store, since, as_of):
        days = block.days_between(since, as_of)
        rows += score_rows(block.result, block.whose, days).to_pylist()
        signals += signal_rows(block.result, block.whose, days).to_pylist()
    return rows, signals


def same(one: object, other: object, tolerance: float = 1e-9) -> bool:
    """Equal, numbers to a relative or absolute 1e-9."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)) and not isinstance(one, bool):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return one == other


def differences(mine: Cells, theirs: Cells, keys: tuple[str, ...], ignore: frozenset[str] = frozenset()) -> list[str]:
    """Where two lists of rows differ, in words; rows are told apart by the key columns."""
    left = {tuple(row[key] for key in keys): row for row in mine}
    right = {tuple(row[key] for key in keys): row for row in theirs}
    found = [f"only in the first: {key}" for key in left.keys() - right.keys()]
    found += [f"only in the second: {key}" for key in right.keys() - left.keys()]
    for key in sorted(left.keys() & right.keys(), key=str):
        for column, value in left[key].items():
            if column not in ignore and not same(value, right[key].get(column)):
                found.append(f"{key} {column}: {value!r} != {right[key].get(column)!r}")
    return found


SCORE_KEYS = ("account_id", "as_of")
SIGNAL_KEYS = ("account_id", "as_of", "dimension", "signal")
