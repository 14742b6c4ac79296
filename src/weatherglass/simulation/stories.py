"""The known stories: what happens to whom, when, and which signal should show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from weatherglass.simulation.accounts import Account, account_id
from weatherglass.simulation.fates import Fate, declining

OUTAGE = 80
"""The tracking outage begins this many days before the end."""
OUTAGE_DAYS = 4
GUEST = "usr_guest"
"""The user who works in two accounts."""


_ALL_ALONG = 399
"""Of what was never otherwise."""


@dataclass(frozen=True, slots=True)
class Story:
    """One thing that is known to happen in a simulated company."""

    key: str
    name: str
    what: str
    account_id: str | None
    """None when it happens to the whole fleet."""
    days_before_end: int
    """How many days before the last day it begins."""
    signal: str
    """`dimension.signal` that should show it."""
    needs_days: int
    """A shorter history leaves the story out (the account is then one among the others)."""

    def start(self, end: date) -> date:
        """The day on which it begins in a history that ends on `end`."""
        return end - timedelta(days=self.days_before_end)


STORIES: tuple[Story, ...] = (
    Story(
        "slow_decliner",
        "Harbor Logistics drifts away",
        "Use falls week by week for 140 days, tickets turn sour, the customer leaves 30 days before the end.",
        account_id(0),
        170,
        "engagement_trends.velocity",
        240,
    ),
    Story(
        "champion_leaves",
        "Juniper Diagnostics loses its champion",
        "The person who did most of the work is deactivated; the rest of the team does half of what it did.",
        account_id(1),
        45,
        "relationship.champion_activity",
        150,
    ),
    Story(
        "seasonal",
        "Alpenglow Travel closes for the season",
        "Towards the yearly low, as last year at this time: use falls by a third a month, and will come back. "
        "The year before counts from 420 days of history on.",
        account_id(2),
        75,
        "engagement_trends.velocity",
        200,
    ),
    Story(
        "new_account",
        "Brightwater Clinics has just begun",
        "A customer of 40 days: setup is done, the team is invited, use grows.",
        account_id(3),
        39,
        "onboarding.milestones",
        60,
    ),
    Story(
        "expansion",
        "Northfold Robotics expands",
        "Seats go from 30 to 50 to 80, users and use grow with them.",
        account_id(4),
        160,
        "growth.seat_growth",
        240,
    ),
    Story(
        "silence_before_renewal",
        "Castellane Insurance falls silent",
        "A large customer stops using the product 24 days before the end; the contract ends 28 days after it.",
        account_id(5),
        24,
        "product_usage.active_user_ratio",
        150,
    ),
    Story(
        "support_storm",
        "Copperfold Foods has a bad fortnight",
        "Eighteen tickets in ten days, urgent and escalated, hardly any of them solved; use goes on.",
        account_id(6),
        18,
        "support_signals.volume",
        150,
    ),
    Story(
        "payment_failure",
        "Tidewick Printworks does not pay",
        "The monthly payments fail from here on; use is as good as ever.",
        account_id(7),
        70,
        "financial_health.payment_timeliness",
        150,
    ),
    Story(
        "weekly_cadence",
        "Quillfeather Accounting comes on Mondays",
        "Five seats, one visit a week, every week: few events, and healthy.",
        account_id(8),
        _ALL_ALONG,
        "product_usage.habit",
        120,
    ),
    Story(
        "shelf_ware",
        "Stonestrand Council bought a shelf",
        "Two hundred seats and one person who uses them.",
        account_id(9),
        _ALL_ALONG,
        "product_usage.active_user_ratio",
        120,
    ),
    Story(
        "two_accounts",
        "A consultant works for Fernhollow Media and Lindenquay Studios",
        f"The user {GUEST} works for Fernhollow on Mondays, Wednesdays and Fridays and for Lindenquay "
        f"({account_id(11)}) "
        "on Tuesdays and Thursdays; a part of the events names no account and follows from group calls.",
        account_id(10),
        _ALL_ALONG,
        "product_usage.active_user_ratio",
        60,
    ),
    Story(
        "comes_back",
        "Larkmoor Events comes back",
        "Almost no use for seven weeks, then the account is what it was.",
        account_id(12),
        150,
        "product_usage.habit",
        240,
    ),
    Story(
        "outage",
        "Nobody's events arrive",
        f"For {OUTAGE_DAYS} days tracking is broken: customers work, hardly an event is recorded. Nobody is to blame.",
        None,
        OUTAGE,
        "engagement_trends.consistency",
        150,
    ),
    Story(
        "hasty_campaign",
        "Customers of the spring discount leave",
        "Those who came with the campaign spring_discount leave far more often than the others.",
        None,
        _ALL_ALONG,
        "outcomes by acquisition_campaign",
        300,
    ),
)

SECOND_HOME = account_id(11)
"""The other account of the user who works in two."""


def stories_told(accounts: int, days: int) -> tuple[Story, ...]:
    """The stories for which a company of `accounts` accounts and `days` days has room."""
    ids = {account_id(number) for number in range(accounts)}
    return tuple(
        story
        for story in STORIES
        if story.needs_days <= days
        and (story.account_id is None or story.account_id in ids)
        and (story.key != "two_accounts" or SECOND_HOME in ids)
    )


def cast_stories(accounts: list[Account], stories: tuple[Story, ...], days: int) -> list[Account]:
    """The same accounts, those with a story playing their part."""
    cast = list(accounts)
    by_id = {account.account_id: account.number for account in accounts}
    last = days - 1
    for story in stories:
        if story.account_id is None:
            continue
        number = by_id[story.account_id]
        calm = _calm(accounts[number], last)
        cast[number] = _PARTS[story.key](calm, last - story.days_before_end, last)
        if story.key == "two_accounts":
            number = by_id[SECOND_HOME]
            cast[number] = _lindenquay(_calm(accounts[number], last))
    return cast


def _calm(account: Account, last: int) -> Account:
    """The account as a mid-sized customer of two years to whom nothing special happens."""
    return replace(
        account,
        created=last - 760,
        seats=((last - 760, 40),),
        plan="business",
        region="EMEA",
        source="referral",
        campaign=None,
        monthly=False,
        anchor=last - 760,
        fate=Fate(),
        parent_id=None,
        fill=0.85,
        idle=0.05,
        weekly=False,
        champion_leaves=None,
        storm=None,
        unpaid_from=None,
    )


def _harbor(account: Account, start: int, last: int) -> Account:
    churned = last - 30
    return replace(
        account, name="Harbor Logistics", industry="logistics", fate=declining(start, churned), anchor=churned
    )


def _juniper(account: Account, start: int, last: int) -> Account:
    fate = Fate("shrinking", ((start, 1.0), (start + 7, 0.5)), ((start, 0.8), (start + 30, 0.55)))
    return replace(
        account,
        name="Juniper Diagnostics",
        industry="healthcare",
        seats=((account.created, 12),),
        fate=fate,
        champion_leaves=start,
    )


def _alpenglow(account: Account, start: int, last: int) -> Account:
    # The low is still to come: the last four weeks lie on the steepest part of the way down.
    return replace(
        account,
        name="Alpenglow Travel",
        industry="travel",
        seats=((account.created, 120),),
        fate=Fate("seasonal", swing=0.85, low_day=last + 45),
    )


def _brightwater(account: Account, start: int, last: int) -> Account:
    return replace(
        account,
        name="Brightwater Clinics",
        industry="healthcare",
        created=start,
        seats=((start, 15),),
        anchor=start,
        fate=Fate("growing", ((start, 0.6), (start + 30, 1.1)), ((0.0, 0.85),)),
    )


def _northfold(account: Account, start: int, last: int) -> Account:
    return replace(
        account,
        name="Northfold Robotics",
        industry="manufacturing",
        seats=((account.created, 30), (start + 40, 50), (start + 110, 80)),
        fate=Fate("growing", ((start, 1.0), (start + 150, 1.2)), ((0.0, 0.9),), grows=(start, start + 150)),
    )


def _castellane(account: Account, start: int, last: int) -> Account:
    return replace(
        account,
        name="Castellane Insurance",
        industry="finance",
        seats=((account.created, 140),),
        plan="enterprise",
        anchor=last + 28,
        fate=Fate("sudden", ((start - 1, 1.0), (start, 0.015)), ((start - 30, 0.75), (start, 0.5))),
    )


def _copperfold(account: Account, start: int, last: int) -> Account:
    return replace(
        account,
        name="Copperfold Foods",
        industry="food",
        fate=Fate(mood=((start - 1, 0.85), (start, 0.1))),
        storm=start,
    )


def _tidewick(account: Account, start: int, last: int) -> Account:
    return replace(
        account,
        name="Tidewick Printworks",
        industry="media",
        seats=((account.created, 14),),
        plan="starter",
        monthly=True,
        unpaid_from=start,
    )


def _quillfeather(account: Account, start: int, last: int) -> Account:
    return replace(
        account,
        name="Quillfeather Accounting",
        industry="professional services",
        seats=((account.created, 5),),
        plan="starter",
        fill=0.6,
        idle=0.0,
        weekly=True,
    )


def _stonestrand(account: Account, start: int, last: int) -> Account:
    return replace(
        account,
        name="Stonestrand Council",
        industry="public sector",
        seats=((account.created, 200),),
        plan="enterprise",
        fill=0.3,
        idle=1.0,
    )


def _fernhollow(account: Account, start: int, last: int) -> Account:
    return replace(account, name="Fernhollow Media", industry="media", seats=((account.created, 10),))


def _lindenquay(account: Account) -> Account:
    return replace(account, name="Lindenquay Studios", industry="media", seats=((account.created, 10),))


def _larkmoor(account: Account, start: int, last: int) -> Account:
    use = ((start, 1.0), (start + 5, 0.04), (start + 50, 0.04), (start + 60, 1.0))
    return replace(account, name="Larkmoor Events", industry="travel", fate=Fate("returning", use))


_PARTS: dict[str, Callable[[Account, int, int], Account]] = {
    "slow_decliner": _harbor,
    "champion_leaves": _juniper,
    "seasonal": _alpenglow,
    "new_account": _brightwater,
    "expansion": _northfold,
    "silence_before_renewal": _castellane,
    "support_storm": _copperfold,
    "payment_failure": _tidewick,
    "weekly_cadence": _quillfeather,
    "shelf_ware": _stonestrand,
    "two_accounts": _fernhollow,
    "comes_back": _larkmoor,
}
