"""One account: where its score stands and came from, why it moved, who works in it, what happened, and overrides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.foresight.probabilities import chances
from weatherglass.jobs.views import explaining
from weatherglass.jobs.views.account import Account, account, history
from weatherglass.jobs.views.portrait import ended, happenings
from weatherglass.jobs.views.provenance import sql_of
from weatherglass.jobs.views.standing import Standing
from weatherglass.state import Unfit
from weatherglass.web.pages.account_care import care
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.today import day_of, number_of
from weatherglass.web.pages.trajectory import Done, trajectory
from weatherglass.web.pages.visit import Visit
from weatherglass.web.pages.waterfall import waterfall

MONTH = dt.timedelta(days=28)
OVERRIDE = dt.timedelta(days=30)
"""How long an override holds unless another day is said."""


@dataclass(frozen=True)
class Found:
    """Everything that the page shows of an account."""

    account: Account
    day: dt.date
    row: dict[str, Any] | None
    """How it stands; None where it was never scored."""
    history: list[dict[str, Any]]
    happenings: list[dict[str, Any]]
    told: bool
    """Whether its signals can be told: on days that are over."""
    ended: dt.date | None = None
    """The day on which its last contract ended, of a customer who has left."""


def account_page(visit: Visit) -> Response:
    """The page of an account, as far as it is there at once; the parts that take longer come after it."""
    account_id = id_of(visit)
    project = visit.site.project

    def read(standing: Standing) -> Found:
        known = account(standing.store, account_id)
        try:
            day = standing.day()
        except UnknownAccount:
            day = visit.site.today()
            return Found(known, day, None, [], happenings(standing.store, project, account_id, day), told=False)
        rows = history(standing, account_id, None, day)
        row = rows[-1] if rows and rows[-1]["as_of"] == day else None
        happened = happenings(standing.store, project, account_id, day)
        left = ended(standing.store, project, account_id, day)
        return Found(known, day, row, rows, happened, row is not None and standing.open_day is None, left)

    found = visit.site.look(read)
    overrides = visit.site.service.state.overrides.of(account_id)
    live = visit.site.service.live.newest.of(account_id)
    held = next((one for one in overrides if one.holds(visit.site.today()) or one.holds(found.day)), None)
    cared = care(visit, account_id)
    return visit.show(
        "account.html",
        "account",
        found=found,
        who={"account_id": account_id, "name": found.account.attributes["name"]},
        overrides=overrides,
        churn={} if found.row is None else chances(found.row, visit.site.service.chances()),
        held=held if held is not None and held.ended_at is None else None,
        live=live if live is not None and live["as_of"] != found.day else None,
        since=since_of(found.history[0]["as_of"], found.day) if found.history else found.day,
        trajectory=trajectory(
            found.history, found.happenings, Done(overrides, cared.alerts, cared.runs), found.account
        ),
        care=cared,
        today=visit.site.today(),
        usual_end=visit.site.today() + OVERRIDE,
    )


def id_of(visit: Visit) -> str:
    """The account of an address, exactly as it is written there; where addresses are redacted, as it is stored."""
    written = visit.request.path_params.get("account_id")
    return visit.site.service.known_as(visit.request.query_params.get("id", "") if written is None else str(written))


def since_of(first: dt.date, day: dt.date) -> dt.date:
    """The day that a change is split from, unless another is asked for."""
    return max(first, day - MONTH)


def explained(visit: Visit, account_id: str, day: dt.date, since: dt.date) -> explaining.Explanation:
    """An account on a day, and against an earlier one; several parts of its page ask for it at once."""

    def explain(standing: Standing) -> explaining.Explanation:
        versus = since if since < day else None
        return explaining.explain(standing.store, account_id, day, versus, standing.at_hand)

    return visit.site.remembered(("explained", account_id, day, since), explain)


def warm(site: Site) -> None:
    """The facts of all accounts, at hand for whoever asks about some of them."""
    site.look(lambda standing: standing.at_hand.gather(standing.store, site.project))


def change_part(visit: Visit) -> Response:
    """Why the score moved between two days, as a part of the page."""
    account_id = id_of(visit)
    since, until = day_of(visit.asked("since")), day_of(visit.asked("as_of"))
    moved, wrong = None, ""
    if since is None or until is None or since >= until:
        wrong = "Choose two days, the earlier one first."
    else:
        try:
            moved = waterfall(explained(visit, account_id, until, since))
        except UnknownAccount as error:
            wrong = f"{error}."
    template = "parts/change.html" if visit.partial else "change.html"
    return visit.show(template, "account", moved=moved, wrong=wrong, who={"account_id": account_id, "name": None})


def sql_part(visit: Visit) -> Response:
    """The SQL of the roll-ups behind a dimension."""
    dimension = visit.asked("dimension")
    found = sql_of(dimension)
    if not found:
        raise UnknownAccount("there is no dimension of this name")
    template = "parts/sql.html" if visit.partial else "sql.html"
    return visit.show(template, "account", steps=found, dimension=dimension)


def override(visit: Visit) -> Response:
    """A person's word on the tier, from the last finished day on."""
    account_id, form = visit.form.secret("id"), visit.form
    until = day_of(form.text("until"))
    known, day = visit.site.look(lambda standing: (account(standing.store, account_id), standing.day()))
    if until is None:
        raise Unfit("choose the day on which the override ends")
    if form.text("tier") not in known.tiers:
        raise Unfit(f"choose one of the tiers {', '.join(known.tiers)}")
    made = visit.site.service.state.overrides.make(
        visit.actor, account_id, form.text("tier"), form.text("reason"), (max(day, visit.site.today()), until)
    )
    return visit.go(_address(account_id), f"Shown as {made.tier} until {made.last_day}.")


def end_override(visit: Visit) -> Response:
    """Let the score speak again."""
    number = number_of(visit.form.text("override"))
    ended = visit.site.service.state.overrides.end(visit.actor, number, visit.site.today())
    return visit.go(_address(ended.account_id), "The override is ended.")


def _address(account_id: str) -> str:
    from urllib.parse import urlencode

    return f"/account?{urlencode({'id': account_id})}"


DOORS = (
    Door("/account", account_page),
    # messages that were sent link to an account so, whatever its id is
    Door("/accounts/{account_id:path}", account_page),
    Door("/account/change", change_part),
    Door("/account/sql", sql_part),
    Door("/account/override", override, "write", "POST"),
    Door("/account/override/end", end_override, "write", "POST"),
)
