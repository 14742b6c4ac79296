"""The section about one account that needs attention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weatherglass.reports import wording
from weatherglass.reports.contributions import Contributions, contributions
from weatherglass.reports.material import SCORE_COLUMNS, AccountDetail, Material
from weatherglass.reports.revenue import revenue_of
from weatherglass.reports.roster import particulars
from weatherglass.reports.trajectory import Trajectory, trajectory

_SENTENCE = 400


@dataclass(frozen=True, slots=True)
class Closeup:
    number: int
    account_id: str
    name: str
    tier: str
    score: str
    scored: bool
    new: bool
    coverage: float
    confidence: float
    facts: tuple[tuple[str, str], ...]
    """What it is called and what it is: ARR, renewal, owner, segment, lifecycle."""
    sentences: tuple[str, ...]
    trajectory: Trajectory
    contributions: Contributions
    unsplit: str
    """Why the change over 28 days is not split among the signals; empty where it is."""


def closeups(material: Material, names: Mapping[str, str]) -> tuple[Closeup, ...]:
    """One for each account of `worst`, in its order."""
    rows = {row["account_id"]: row for row in material.today.select(list(SCORE_COLUMNS)).to_pylist()}
    before: dict[str, Any] = {}
    if 28 in material.earlier:
        columns = ["account_id", "score", "scorecard_version"]
        before = {row["account_id"]: row for row in material.earlier[28].select(columns).to_pylist()}
    facts, revenue = particulars(material.accounts), revenue_of(material.accounts)
    return tuple(
        _closeup(
            material,
            number,
            detail,
            names[detail.account_id],
            rows[detail.account_id],
            before.get(detail.account_id),
            _facts(
                material,
                rows[detail.account_id],
                facts.get(detail.account_id, {}),
                revenue.get(detail.account_id),
            ),
        )
        for number, detail in enumerate(material.worst, 1)
    )


def _closeup(
    material: Material,
    number: int,
    detail: AccountDetail,
    name: str,
    row: dict[str, Any],
    before: dict[str, Any] | None,
    facts: tuple[tuple[str, str], ...],
) -> Closeup:
    lines = material.lines_of(row["scorecard_version"])
    unsplit = _unsplit(row, before, detail)
    return Closeup(
        number=number,
        account_id=wording.clean(detail.account_id),
        name=name,
        tier=row["tier_shown"],
        score=wording.score_beside(row["score"], lines),
        scored=row["score"] is not None,
        new=row["lifecycle"] == "new",
        coverage=row["coverage"],
        confidence=row["confidence"],
        facts=facts,
        sentences=tuple(wording.clean(sentence, _SENTENCE) for sentence in detail.sentences),
        trajectory=trajectory(material, detail, lines),
        contributions=contributions(detail.signals, detail.signals_before, detail.signal_history, not unsplit),
        unsplit=unsplit,
    )


def _unsplit(row: dict[str, Any], before: dict[str, Any] | None, detail: AccountDetail) -> str:
    if row["score"] is None:
        return "There is no change to split: the account is unscored now."
    if before is None or detail.signals_before is None or not detail.signals_before.num_rows:
        return "There is no change to split: the account had no row 28 days before."
    if before["score"] is None:
        return "There is no change to split: the account was unscored 28 days before."
    if before["scorecard_version"] != row["scorecard_version"]:
        return "The change is not split among the signals: another scorecard or version was in use 28 days before."
    return ""


def _facts(
    material: Material, row: dict[str, Any], known: dict[str, Any], revenue: float | None
) -> tuple[tuple[str, str], ...]:
    due = wording.day_of(known.get("renewal_date"), material.timezone)
    renewal = wording.day(due) if due else ""
    if due and 0 <= (days := (due - material.as_of).days) <= 365:
        renewal += f" (in {wording.count(days, 'day')})"
    chance = material.chances.get(row["account_id"])
    pairs = (
        ("ARR", wording.money(revenue, material.currency) if revenue is not None else "not known"),
        ("Renewal", renewal),
        ("Owner", wording.clean(known.get("owner"))),
        ("Segment", wording.clean(known.get("segment"))),
        ("Lifecycle", wording.label(row["lifecycle"] or "")),
        (f"Churn in {material.chance_days} days", "" if chance is None else wording.percent(chance)),
    )
    return tuple((term, text) for term, text in pairs if text)
