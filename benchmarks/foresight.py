"""How well churn is foreseen on real histories that nobody here wrote: the tables of docs/foresight.md.

usage: foresight.py [--data DIR] [--only NAME]... [--write]

Out of time: the last 30 % of the snapshot days, every 28 days, are the test; models and lines learn from what was known
by the end of the first of them. All rows of the table are judged on the same accounts and days.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import page
from rivals.recency_frequency import Rival
from rivals.recency_frequency import risk as rival_risk

import weatherglass
from weatherglass.config import PRESETS, Project, Scorecard, read_project
from weatherglass.jobs.foresight.backtesting import Replay, panel
from weatherglass.jobs.foresight.training import learning_panel
from weatherglass.learning.boosting import Recipe
from weatherglass.learning.folds import out_of_fold
from weatherglass.learning.methods import Fit, fit
from weatherglass.learning.probability import probability
from weatherglass.learning.table import Table
from weatherglass.learning.thresholds import flagged, red_line
from weatherglass.outcomes.bootstrap import Draws, Estimate, auc_difference, sample
from weatherglass.outcomes.labels import NOT_YET, YES
from weatherglass.outcomes.panel import Panel
from weatherglass.outcomes.reliability import reliability
from weatherglass.signals.windows import Bools, Floats, Ints
from weatherglass.workspace import Workspace

ROOT = Path(__file__).parents[1]
SETS = ("git-cloudnative", "git-openstack", "git-streaming", "ravenstack")
HORIZON = 90
CAPTURE = 0.8
DENSE_ROWS = 10_000
"""Of more earlier rows, lines are set on those 28 days apart; models learn from all."""
NEVER = -1000
REFERENCE, RECENT = "LightGBM, 19 features (reference)", "activity of 28 days"


@dataclass
class Entry:
    """One row of a table: risks of test rows, and of earlier rows by something that did not learn from them."""

    name: str
    risk: Floats
    earlier: Floats | None = None
    card: Scorecard | None = None
    """With lines by what was known before the test: lead times are measured with it."""
    level: Callable[[float], float] | None = None
    """From a line on the risk to a line on the score."""


@dataclass
class Rows:
    """What all entries share: earlier rows and test rows."""

    label: Floats
    account: Ints
    earlier_label: Floats
    earlier_churns: int


class Case:
    """One history."""

    def __init__(self, name: str, opened: Workspace, folder: Path) -> None:
        self.name, self.opened, self.folder = name, opened, folder
        self.project = opened.project
        self.wide = self._wide("foresight")
        grid = self.wide.snapshots[::4]
        known = [day for day in grid if day + HORIZON + self.wide.reading.delay <= self.wide.reading.known_to]
        self.first = known[int(len(known) * 0.7)]
        self.grid = np.array(known)
        self.learn = self.wide.known_by(HORIZON, self.first)
        many = int(self.learn.sum()) > DENSE_ROWS
        self.settle = self.learn & (np.isin(self.wide.day, self.grid) if many else True)
        """Earlier rows: lines and probabilities are set on them."""
        self.test = (
            np.isin(self.wide.day, self.grid) & (self.wide.day >= self.first) & (self.wide.label(HORIZON) != NOT_YET)
        )

    def _wide(self, preset: str) -> Panel:
        return learning_panel(self.opened.store, self._with(PRESETS[preset]), HORIZON)

    def _with(self, card: Scorecard) -> Project:
        return self.project.model_copy(update={"scorecards": (card,)})

    def scores(self, preset: str) -> Floats:
        """The scores of another card on the rows of the wide panel; NaN where it has none."""
        found = panel(self.opened.store, self._with(PRESETS[preset]), Replay(every=7, horizons=(HORIZON,)))
        return _matched(self.wide, found, found.score)

    def leads(self, card: Scorecard) -> tuple[Ints, Ints]:
        """Days from the first red to each churn of the test, and to the day it was in fact gone; -1000: never red."""
        found = panel(self.opened.store, self._with(card), Replay(every=28, horizons=(HORIZON,)))
        mine = found.leads.day >= self.first
        leads = found.leads
        return tuple(np.where(leads.red >= 0, day - leads.red, NEVER)[mine] for day in (leads.day, leads.since))


def _matched(wide: Panel, other: Panel, values: Floats) -> Floats:
    key, keys = wide.account * (1 << 32) + wide.day, other.account * (1 << 32) + other.day
    order = np.argsort(keys)
    place = np.clip(np.searchsorted(keys[order], key), 0, max(0, len(keys) - 1))
    there = keys[order][place] == key
    return np.where(there, values[order][place], np.nan)


def entries(case: Case) -> tuple[Rows, list[Entry]]:
    """Every row of a history's table."""
    wide, learn, test = case.wide, case.learn, case.test
    cards = {name: wide.score if name == "foresight" else case.scores(name) for name in ("default", "four-inputs")}
    cards["foresight"] = wide.score
    for score in cards.values():
        test = test & ~np.isnan(score)
    case.test = test
    table = Table.of(wide.where(learn), HORIZON)
    settle = case.settle[case.learn]
    later = Table.of(wide.where(test), HORIZON, table.names)
    rows = Rows(later.label, later.account, table.label[settle], table.where(settle).churns)
    found = [
        Entry("days since last activity", wide.days_silent[test], wide.days_silent[case.settle]),
        Entry(RECENT, -wide.activity_28[test], -wide.activity_28[case.settle]),
    ]
    if (case.folder / "events.parquet").exists():
        found.append(Entry(REFERENCE, _rival(case)))
    for name, score in cards.items():
        found.append(Entry(f"card `{name}`", -score[test], -score[case.settle], PRESETS[name], lambda risk: -risk))
    found.extend(
        _learned(method, method, (table, later, settle), PRESETS["foresight"]) for method in ("learned", "hazard")
    )
    for name in ("default", "foresight"):
        mine, theirs = (replace(part, prior=cards[name][rows_]) for part, rows_ in ((table, learn), (later, test)))
        mine = replace(mine, prior=np.where(np.isnan(mine.prior), np.nanmean(mine.prior), mine.prior))
        found.append(_learned("hybrid", f"hybrid on `{name}`", (mine, theirs, settle), PRESETS[name]))
    return rows, found


def _learned(method: str, name: str, parts: tuple[Table, Table, Bools], card: Scorecard) -> Entry:
    table, later, settle = parts
    recipe = Recipe()
    made: Fit = fit(method, table, recipe)
    fitted = made.fitted
    earlier = out_of_fold(method, table.where(settle), replace(recipe, bags=2))
    with_model = card.model_copy(update={"method": method, "fitted": fitted})
    return Entry(
        name, made.risk(later), earlier, with_model, lambda risk: (fitted.level - risk) / max(fitted.slope, 1e-9)
    )


def _rival(case: Case) -> Floats:
    wide, rival = case.wide, Rival(case.folder)
    learn = case.learn & np.isin(wide.day, case.grid)
    label = (wide.label(HORIZON)[learn] == YES).astype(np.float64)
    features = rival.features(wide.account_id[learn], wide.day[learn])
    return rival_risk((features, label), rival.features(wide.account_id[case.test], wide.day[case.test]))


HEADS = (
    *("", "AUC", "to be flagged for 80 %", "red holds", "of all", "calibration error"),
    *("first red, days before churn", "before gone"),
)


def cells(case: Case, rows: Rows, found: list[Entry]) -> list[tuple[str, ...]]:
    """The table of a history."""
    draws, label, said = Draws.of(rows.account), rows.label.astype(np.int64), []
    for entry in found:
        measures = sample(entry.risk, label, draws).estimates()
        rest = ("-",) * 5
        if entry.earlier is not None and len(entry.earlier) == len(rows.earlier_label):
            rest = _calibrated(case, rows, entry)
        said.append((entry.name, _interval(measures["auc"]), _percent(measures["flag_80"]), *rest))
        print(*said[-1], sep=" | ", flush=True)
    return said


def _calibrated(case: Case, rows: Rows, entry: Entry) -> tuple[str, ...]:
    assert entry.earlier is not None
    known = ~np.isnan(entry.earlier)
    earlier, label = -entry.earlier[known], rows.earlier_label[known]
    scale = (float(earlier.min()), float(max(np.ptp(earlier), 1e-9)))
    points = 100.0 * (earlier - scale[0]) / scale[1]
    line = red_line(points, label, CAPTURE, rows.earlier_churns)
    raw = scale[0] + line * scale[1] / 100.0
    later = flagged(-entry.risk, rows.label, raw)
    half = _halved(case, known)
    parts = [(points[part], label[part]) for part in (half, ~half)]
    chance = probability(parts[0], parts[1], (points, label), HORIZON)
    error = "-"
    if chance is not None:
        stated = chance(100.0 * (-entry.risk - scale[0]) / scale[1])
        error = f"{reliability(stated, rows.label.astype(np.int64)).error:.3f}"
    lead = ("-", "-")
    if entry.card is not None and entry.level is not None:
        lead = _lead(case, entry.card, entry.level(-raw))
    return f"{later.capture:.0%}", f"{later.red:.0%}", error, *lead


def _halved(case: Case, known: Bools) -> Bools:
    day = case.wide.day[case.settle][known]
    return np.asarray(day <= np.quantile(day, 0.7))


def _lead(case: Case, card: Scorecard, line: float) -> tuple[str, str]:
    low = float(np.clip(round(line, 1), 0.1, 98.9))
    tiers = card.tiers.model_copy(update={"lines": (low, min(99.9, low + 1.0))})
    ahead, gone = case.leads(card.model_copy(update={"tiers": tiers}))
    seen = ahead > NEVER
    if not seen.any():
        return "never", "-"
    first, middle, last = np.quantile(ahead[seen], (0.25, 0.5, 0.75))
    ahead_said = f"{middle:.0f} ({first:.0f} to {last:.0f}), {np.mean(seen):.0%} seen"
    return ahead_said, f"{np.median(gone[seen]):.0f}"


def versus(rows: Rows, found: list[Entry]) -> list[str]:
    """What the goals ask, with intervals."""
    by = {entry.name: entry for entry in found}
    label = rows.label.astype(np.int64)
    draws, said = Draws.of(rows.account), []
    pairs = [(name, REFERENCE) for name in ("learned", "hybrid on `default`", "hybrid on `foresight`")]
    pairs += [("card `foresight`", rival) for rival in (RECENT, "card `default`", "card `four-inputs`")]
    for one, other in pairs:
        if one in by and other in by:
            gain = auc_difference(by[one].risk, by[other].risk, label, rows.account, draws)
            said.append(f"- {one} less {other}: AUC {gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]")
    return said


def _interval(one: Estimate) -> str:
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"


def _percent(one: Estimate) -> str:
    return f"{one.value:.1%} [{one.low:.0%}, {one.high:.0%}]"


def proof(name: str, data: Path) -> str:
    """The section of one history."""
    began = time.perf_counter()
    folder = data / name
    own = ROOT / "examples" / name / "weatherglass.yml"
    project = read_project(own) if own.exists() else None
    with weatherglass.open_data(folder, project) as opened:
        case = Case(name, opened, folder)
        rows, found = entries(case)
        print(f"\n{name}: {len(rows.label)} rows, {int(rows.label.sum())} positive", flush=True)
        told_rows = cells(case, rows, found)
        told = versus(rows, found)
    print("\n".join(told), f"\n{time.perf_counter() - began:.0f} s", flush=True)
    head = (
        f"### {name}\n\n{len(rows.label):,} test rows, {int(rows.label.sum())} of them before a churn; lines were set "
        f"on {len(rows.earlier_label):,} rows and {rows.earlier_churns} churns.\n"
    )
    return "\n".join([head, page.table(HEADS, told_rows), "", *told, ""])


def main() -> None:
    """Measure, print, and with --write put the tables into the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--only", action="append")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    for name in asked.only or SETS:
        if (asked.data / name).is_dir():
            section = proof(name, asked.data)
            if asked.write:
                page.write(ROOT / "docs" / "foresight.md", name, section)


if __name__ == "__main__":
    main()
