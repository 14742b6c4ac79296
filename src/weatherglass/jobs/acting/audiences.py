"""Audiences to the outside: what is told of who enters and leaves, and a whole audience told again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weatherglass.actions.message import Line, Message
from weatherglass.actions.routing import Concern
from weatherglass.jobs.acting.alerting import drafted
from weatherglass.jobs.views.standing import Standing
from weatherglass.state.errors import NotFound

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.state import State
    from weatherglass.state.actor import Actor
    from weatherglass.state.outbox import Draft
    from weatherglass.store import Store

ENTERED, LEFT = "audience.entered", "audience.left"


@dataclass(frozen=True)
class Member:
    """An account as it is told of; without a score where nothing is known of it any more."""

    account_id: str
    called: str
    owner: str = ""
    segment: str = ""
    score: str | None = None
    tier: str | None = None


@dataclass(frozen=True)
class Resent:
    """What a whole audience told again comes to."""

    members: int
    left: int
    """Accounts that had left, of which the outside has not been told."""
    replaced: int
    """Dead letters whose place this takes."""
    messages: int


def moved(
    state: State, project: Project, audience: str, kind: str, who: Member, days: tuple[dt.date, dt.date]
) -> list[Draft]:
    """The messages that say of an account that it has entered or left. days: that day, and that of its score."""
    data: dict[str, Any] = {"audience": audience, "account_id": who.account_id, "day": days[1].isoformat()}
    data |= {} if who.score is None else {"score": who.score, "tier": who.tier, "owner": who.owner}
    verb = "entered" if kind == ENTERED else "left"
    told = Message(kind, f"{who.called} {verb} {audience}", "neutral", (Line(f"{verb} on {days[0]}"),), data)
    concern = Concern(kind, "low", who.owner, who.segment)
    return drafted(state, project, told, concern, (f"audience:{audience}:{who.account_id}"[:400], "low"))


def resend(store: Store, state: State, project: Project, by: Actor, audience: str) -> Resent:
    """Tell the outside of everybody in an audience anew, and of who has left it where that never arrived.

    It takes the place of the audience's dead letters. Errors: NotFound where the project has no such audience.
    """
    named = [one.name for one in project.audiences]
    if audience not in named:
        raise NotFound(f"there is no audience {audience!r}; there is {', '.join(named) or 'none in weatherglass.yml'}")
    members = state.plays.members(audience)
    dead = [one for one in state.outbox.dead((ENTERED, LEFT)) if one.body["data"].get("audience") == audience]
    left = sorted({one.body["data"]["account_id"] for one in dead if one.type == LEFT} - members.keys())
    day, known = _known(store, state, [*members, *left]) if members or left else (dt.date.min, {})
    since = {**dict.fromkeys(left, day), **members}
    drafts = [
        draft
        for kind, accounts in ((ENTERED, list(members)), (LEFT, left))
        for account in accounts
        for draft in moved(state, project, audience, kind, known[account], (since[account], day))
    ]
    with state.plays.writing() as connection:
        state.outbox.replace(connection, by, f"audience:{audience}", dead, drafts)
    return Resent(len(members), len(left), len(dead), len(drafts))


def _known(store: Store, state: State, accounts: Iterable[str]) -> tuple[dt.date, dict[str, Member]]:
    """How accounts stand on the last finished day."""
    wanted, standing = list(accounts), Standing(store, state.overrides.all())
    day = standing.day()
    rows = store.engine.rows(
        f"SELECT account_id, name, owner, segment, score, tier_shown FROM ({standing.relation(day)}) "
        "WHERE list_contains(?, account_id)",
        [wanted],
    )
    found = {one: Member(one, one) for one in wanted}
    for account, name, owner, segment, score, tier in rows:
        points = "no score" if score is None else f"{score:.0f}"
        found[account] = Member(account, name or account, owner or "", segment or "", points, tier)
    return day, found
