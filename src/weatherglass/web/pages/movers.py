"""What moved the accounts that moved most: worked out account by account, after all else is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weatherglass.jobs.views.drivers import drivers
from weatherglass.jobs.views.portfolio import Portfolio
from weatherglass.jobs.views.standing import Standing
from weatherglass.scores.change import Move
from weatherglass.web.pages.site import Site

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTION = "drivers"
Drivers = dict[str, list[Move]]


def known(site: Site, now: Portfolio) -> Drivers | None:
    """The drivers of a portfolio's movers, by account; None where they would have to be worked out."""
    movers = _movers(now)
    found: Drivers = site.known_each(QUESTION, movers)
    return found if len(found) == len(movers) else None


def found(site: Site, now: Portfolio) -> Drivers:
    """The same, worked out for those of whom they are not known."""

    def read(standing: Standing, missing: Sequence[str]) -> Drivers:
        if standing.open_day is not None:
            return {account: [] for account in missing}
        told = drivers(standing.store, missing, now.as_of, now.versus, standing.at_hand)
        return {account: told.get(account, []) for account in missing}

    return site.remembered_each(QUESTION, _movers(now), read)


def _movers(now: Portfolio) -> list[str]:
    return [row["account_id"] for row in (*now.fallers, *now.risers)]
