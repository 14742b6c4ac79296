"""All addresses of the pages."""

from __future__ import annotations

from starlette.routing import BaseRoute

from weatherglass.web.pages import (
    account,
    account_care,
    account_parts,
    alerts,
    assets,
    calendars,
    channels,
    cohorts,
    connecting,
    data,
    dropping,
    flow,
    new_channel,
    new_rule,
    playbooks,
    plays,
    portfolio,
    renewals,
    report,
    scorecard,
    segments,
    settings,
    signing,
    tasks,
    today,
    views,
)
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.warming import Warm

DOORS: tuple[Door, ...] = (
    *signing.DOORS,
    *connecting.DOORS,
    *dropping.DOORS,
    *today.DOORS,
    *alerts.DOORS,
    *new_rule.DOORS,
    *tasks.DOORS,
    *calendars.DOORS,
    *plays.DOORS,
    *renewals.DOORS,
    *portfolio.DOORS,
    *views.DOORS,
    *flow.DOORS,
    *account.DOORS,
    *account_care.DOORS,
    *account_parts.DOORS,
    *cohorts.DOORS,
    *scorecard.DOORS,
    *data.DOORS,
    *report.DOORS,
    *settings.DOORS,
    *segments.DOORS,
    *channels.DOORS,
    *new_channel.DOORS,
    *playbooks.DOORS,
)


WARM: tuple[Warm, ...] = (account.warm, today.warm, portfolio.warm, cohorts.warm, data.warm, report.warm)


def routes(site: Site) -> list[BaseRoute]:
    """The pages of a site, and their scripts and styles."""
    return [*assets.routes(), *(door.route(site) for door in DOORS)]
