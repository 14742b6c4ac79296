"""The command `renewals`: asked of the service while one runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.markup import escape

from weatherglass.cli.access import me
from weatherglass.cli.asking import Service, part, plainly, service
from weatherglass.cli.opening import workspace
from weatherglass.cli.terminal import console, table

MOST = 100


def run(project: Path, account: str | None, tier: str | None, days: int, note: str) -> None:
    """Show the renewals ahead; or, with an account and a tier, keep how somebody sees one."""
    running = service(project)
    if account is None:
        _print(plainly(running.get("/renewals", days=days)) if running is not None else _ahead(project, days))
        return
    if tier is None:
        raise typer.BadParameter("say a tier, too: how you see the account's renewal", param_hint="TIER")
    given = _served(running, account, tier, note) if running is not None else _kept(project, account, tier, note)
    computed = f"{given.computed_tier}, {'unscored' if given.computed_score is None else f'{given.computed_score:.0f}'}"
    console().print(f"{escape(account)} on {given.renewal_day}: {escape(given.tier)} (computed: {escape(computed)})")


def _ahead(project: Path, days: int) -> Any:
    from weatherglass.jobs.acting.renewing import renewals
    from weatherglass.jobs.views.standing import Standing
    from weatherglass.state import State

    with workspace(project, None) as opened, State.open(opened.store.folder) as state:
        return renewals(Standing(opened.store, state.overrides.all()), state.plays.opinions(), days)


def _served(running: Service, account: str, tier: str, note: str) -> Any:
    return plainly(running.post(f"/accounts/{part(account)}/opinions", {"tier": tier, "note": note}))


def _kept(project: Path, account: str, tier: str, note: str) -> Any:
    from weatherglass.jobs.acting.renewing import opinion
    from weatherglass.jobs.views.standing import Standing
    from weatherglass.state import State

    with workspace(project, None) as opened, State.open(opened.store.folder) as state:
        row = opinion(Standing(opened.store, state.overrides.all()), account, tier, note)
        return state.plays.think(me(), row)


def _print(found: Any) -> None:
    shown = console()
    rows = [
        (one.renewal_day, one.account_id, one.owner, one.revenue, one.score, one.tier, one.opinion, one.opinion_by)
        for one in found.renewals
    ]
    shown.print(f"{len(rows):,} renewals ahead of {found.as_of}" + (", the soonest first" if rows else ""))
    if rows:
        heads = ("renews", "account", "owner", "revenue", "score", "tier", "opinion", "of")
        shown.print(table(heads, rows[:MOST], numbers=("revenue", "score")))
    if found.disagreements:
        total = len(found.disagreements)
        told = f"the person was right of {found.opinions_right}, the score of {found.scores_right}"
        shown.print(f"\nof {total:,} decided renewals where the two disagreed {told}")
        past = [
            (
                one.renewal_day,
                one.account_id,
                f"{one.opinion} ({one.opinion_by})",
                one.computed_tier,
                one.outcome,
                one.right,
            )
            for one in found.disagreements
        ]
        shown.print(table(("renewal", "account", "person", "score", "what happened", "right"), past[:MOST]))
