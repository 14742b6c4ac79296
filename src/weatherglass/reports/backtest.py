"""The page of a backtest: findings in, one HTML file out that needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from weatherglass.outcomes.bootstrap import Estimate
from weatherglass.outcomes.findings import Counts, Findings, Group, Horizon, LeadTime, Period
from weatherglass.reports import wording
from weatherglass.reports.chart import Chart
from weatherglass.reports.foresight import captures, lead_times, over_time, reliability_curve
from weatherglass.reports.page import asset, environment
from weatherglass.reports.summary import Figure

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Nothing may be loaded, run or sent."""

MEASURES = (
    ("auc", "ROC AUC", False),
    ("average_precision", "Average precision", False),
    ("capture_red", "Churn caught in {red}", True),
    ("capture_5", "Churn caught in the lowest 5%", True),
    ("capture_10", "Churn caught in the lowest 10%", True),
    ("capture_20", "Churn caught in the lowest 20%", True),
    ("flag_80", "To flag to catch 80% of churn", True),
    ("share_red", "Of all in {red}", True),
    ("precision_red", "Of those in {red} churned", True),
    ("false_alarm_red", "Of those who stayed in {red}", True),
)
"""Name, what it is, and whether it is a share."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A measure as it is shown: the number (empty with too few churns), and its interval."""

    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One horizon in figures."""

    days: int
    counted: str
    verdict: str
    rankers: tuple[str, ...]
    rows: tuple[Row, ...]
    by_revenue: tuple[Row, ...]
    calibration: str


@dataclass(frozen=True, slots=True)
class Lead:
    """How long before churns there was a warning, in words."""

    warning: str
    churns: str
    to_churn: str
    until_gone: str
    stayed: str


@dataclass(frozen=True, slots=True)
class Part:
    """The score among some of the rows, in figures."""

    name: str
    rows: str
    churns: str
    auc: Cell
    in_red: str
    captured: Cell
    mean_score: str


def render_backtest(findings: Findings, workspace: str, generated_at: datetime, timezone: str) -> str:
    """The whole page as the text of one HTML file, which loads nothing from anywhere."""
    template = environment().get_template("backtest.html.jinja")
    return template.render(
        title=wording.clean(workspace) or "Workspace",
        found=findings,
        generated=wording.moment(generated_at, timezone),
        lede=f"{findings.main.verdict}.",
        figures=figures(findings),
        notes=[wording.clean(note, 600) for note in findings.said[1:]],
        charts=charts(findings),
        tables=[_table(one, findings.lowest) for one in reversed(findings.horizons)],
        leads=[_lead(one) for one in findings.leads if one.days or one.unseen],
        parts=[
            (title, [_part(one) for one in groups])
            for title, groups in (
                ("Segment", findings.segments),
                ("Tenure", findings.tenures),
                ("Snapshots", findings.periods),
            )
            if groups
        ],
        counted=_counted(findings.main.counts),
        # Markup: these are files of ours
        style=Markup(asset("report.css") + asset("backtest.css")),  # noqa: S704
        policy=POLICY,
    )


def charts(findings: Findings) -> list[Chart]:
    """The pictures that there is something to draw for."""
    drawn = (captures(findings), reliability_curve(findings), lead_times(findings), over_time(findings))
    return [chart for chart in drawn if chart is not None]


def figures(findings: Findings) -> tuple[Figure, ...]:
    """The numbers at the head of the page."""
    main = findings.main
    few, measures = main.counts.few, main.score.measures
    red = findings.lowest
    lead = findings.leads[0]
    ahead = f"{main.days} days ahead"
    return (
        _figure("ROC AUC", _cell(measures, "auc", few=few, share=False), ahead),
        _figure(f"Churn caught in {red}", _cell(measures, "capture_red", few=few), ahead),
        _figure(f"False alarms in {red}", _cell(measures, "false_alarm_red", few=few), "of those who stayed"),
        _figure("To flag for 80%", _cell(measures, "flag_80", few=few), "of accounts, worst first"),
        Figure(
            f"Warned in {red}",
            wording.NONE if lead.quartiles is None or few else f"{lead.quartiles[1]:.0f} days",
            _against_chance(lead),
        ),
    )


def _against_chance(lead: LeadTime) -> str:
    if lead.stayed is None:
        return "before churn (median)"
    return f"before churn (median); {lead.stayed[1]:.0f} of those who stayed"


def _figure(name: str, cell: Cell, note: str) -> Figure:
    between = f"{cell.interval}; {note}" if cell.interval else note
    return Figure(name, cell.value or wording.NONE, between)


def _table(one: Horizon, red: str) -> Table:
    def rows(of: list[Mapping[str, Estimate]]) -> tuple[Row, ...]:
        return tuple(
            Row(what.format(red=red), tuple(_cell(each, name, few=one.counts.few, share=share) for each in of))
            for name, what, share in MEASURES
        )

    error = "" if one.reliability is None else f"{one.reliability.error:.3f}"
    paid = [ranker.by_revenue for ranker in one.rankers if ranker.by_revenue is not None]
    return Table(
        days=one.days,
        counted=_counted(one.counts),
        verdict=one.verdict,
        rankers=tuple(ranker.name for ranker in one.rankers),
        rows=rows([ranker.measures for ranker in one.rankers]),
        by_revenue=rows(paid) if paid else (),
        calibration=error,
    )


def _counted(counts: Counts) -> str:
    followed = wording.count(counts.churns, "churn")
    return (
        f"{wording.count(counts.rows, 'row')} of {wording.count(counts.accounts, 'account')}; "
        f"{counts.positives:,} of them followed by {followed}"
    )


def _cell(measures: Mapping[str, Estimate], name: str, *, few: bool, share: bool = True) -> Cell:
    found = measures.get(name)
    if found is None or math.isnan(found.value):
        return Cell(wording.NONE, "")

    def written(value: float) -> str:
        return wording.percent(value) if share else f"{value:.2f}"

    interval = "" if math.isnan(found.low) else f"{written(found.low)} to {written(found.high)}"
    return Cell("" if few else written(found.value), interval)


def _lead(one: LeadTime) -> Lead:
    return Lead(
        warning=wording.label(one.warning),
        churns=f"{len(one.days):,} of {len(one.days) + one.unseen:,}",
        to_churn=_quartiles(one.quartiles),
        until_gone=_quartiles(one.before_gone),
        stayed=f"{wording.percent(one.stayed_warned)}, {_quartiles(one.stayed)}",
    )


def _quartiles(found: tuple[float, float, float] | None) -> str:
    if found is None:
        return wording.NONE
    return f"{wording.score(found[1], 0)} ({wording.score(found[0], 0)} to {wording.score(found[2], 0)})"


def _part(one: Group | Period) -> Part:
    few = one.counts.few
    if isinstance(one, Period):
        name, mean = f"{wording.day(one.first)} to {wording.day(one.last)}", wording.score(one.mean_score)
    else:
        name, mean = wording.clean(one.name), ""
    return Part(
        name=name,
        rows=f"{one.counts.rows:,}",
        churns=f"{one.counts.churns:,}",
        auc=_cell(one.measures, "auc", few=few, share=False),
        in_red=_cell(one.measures, "share_red", few=False).value,
        captured=_cell(one.measures, "capture_red", few=few),
        mean_score=mean,
    )
