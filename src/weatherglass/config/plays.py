"""Plays: what is done about accounts, step by step, and for whom; audiences; how tasks are given out."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from weatherglass.config.channels import Texts
from weatherglass.config.frozen import Flag, Frozen, FrozenMap, Number, Text, Whole, listed

Role = Literal["owner", "manager", "executive"]
Lifecycle = Literal["new", "onboarding", "behavioural"]
NAMES = ("account", "account_id", "score", "tier", "revenue", "renewal_date", "owner", "segment", "driver", "play")
"""What a template may name, in braces."""


def _fillable(text: str) -> str:
    for name in re.findall(r"\{(\w*)\}", text):
        if name not in NAMES:
            raise ValueError(f"unknown name {{{name}}}; it is one of {', '.join(NAMES)}")
    return text


Template = Annotated[Text, AfterValidator(_fillable)]


class Step(Frozen):
    """One task of a play."""

    title: Template
    role: Role = "owner"
    due_days: Annotated[Whole, Field(ge=0, le=366)] = 7
    """Days after the play begins."""
    text: Template | None = None


class When(Frozen):
    """Which accounts a play or an audience is for; all that is given must hold."""

    tier: Texts = ()
    """Shown tiers."""
    alert: Texts = ()
    """Rules or problems of an open episode."""
    lifecycle: Annotated[tuple[Lifecycle, ...], BeforeValidator(listed)] = ()
    segment: Texts = ()
    renewal_days: Annotated[Whole, Field(ge=1, le=730)] | None = None
    """The renewal is at most so many days ahead."""
    score_below: Annotated[Number, Field(ge=0, le=100)] | None = None
    steady_days: Annotated[Whole, Field(ge=1, le=366)] | None = None
    """In the tier for so many days."""


class Play(Frozen):
    """A playbook."""

    enabled: Flag = True
    when: When = When()
    steps: tuple[Step, ...] = ()
    exit_tier: Texts = ()
    """Shown tiers in which what is left of it is dropped."""
    again_after: Annotated[Whole, Field(ge=1, le=3650)] = 90
    """Days after its beginning before it begins again for the account."""
    holdout: Annotated[Number, Field(ge=0, le=0.9)] = 0.0
    """The share of eligible accounts, at random, that it is withheld from, to see what it does."""
    min_sample: Annotated[Whole, Field(ge=10)] = 100
    """Accounts, held out and not, before anything is said of its effect."""

    @field_validator("steps", mode="before")
    @classmethod
    def _listed(cls, data: Any) -> Any:
        return () if data is None else data


def _play(when: dict[str, Any], steps: list[dict[str, Any]], **options: Any) -> Play:
    return Play.model_validate({"when": when, "steps": steps, **options})


_RENEWAL = "Prepare the renewal of {account} on {renewal_date}"
PRESET_PLAYS: FrozenMap[str, Play] = FrozenMap(
    {
        "green": _play(
            {"tier": ["green"], "lifecycle": ["behavioural"], "steady_days": 90},
            [{"title": "Quarterly check-in with {account}, and where to grow", "due_days": 30}],
            enabled=False,
        ),
        "recover": _play(
            {"tier": ["yellow"], "alert": ["health", "support", "detractor"]},
            [
                {"title": "Reach out to {account}: {driver}", "due_days": 7, "text": "{account} stands at {score}."},
                {"title": "Write a recovery plan for what fails: {driver}", "due_days": 14},
            ],
            exit_tier=["green"],
        ),
        "rescue": _play(
            {"tier": ["red"], "alert": ["health", "support"]},
            [
                {"title": "Plan for {account} ({revenue} a year): {driver}", "due_days": 2},
                {"title": "Call {account} with its executive sponsor", "role": "executive", "due_days": 7},
            ],
            exit_tier=["green", "yellow"],
        ),
        "onboarding": _play(
            {"alert": ["onboarding"]},
            [{"title": "Help {account} over the milestone: {driver}", "due_days": 3}],
        ),
        "renewal": _play(
            {"renewal_days": 120, "alert": ["renewal"]},
            [
                {"title": _RENEWAL, "due_days": 7},
                {"title": "Agree with {account} on terms", "due_days": 30},
                {"title": "Close the renewal of {account}", "due_days": 50},
            ],
            again_after=300,
        ),
        "renewal_ahead": _play(
            {"renewal_days": 120},
            [
                {"title": "Look ahead to the renewal of {account} on {renewal_date}", "due_days": 0},
                {"title": "Agree with {account} on what it has got out of it, and on a plan", "due_days": 30},
                {"title": "Agree with {account} on terms", "due_days": 60},
                {"title": "Close the renewal of {account}", "due_days": 90},
            ],
            enabled=False,
            again_after=300,
        ),
        "champion_left": _play(
            {"alert": ["contact"]},
            [
                {"title": "Find out who takes over at {account}", "due_days": 3},
                {"title": "Meet the new champion of {account}", "due_days": 21},
            ],
        ),
        "payment": _play({"alert": ["payment"]}, [{"title": "Ask {account} about the open invoice", "due_days": 3}]),
        "expansion": _play(
            {"alert": ["expansion"]},
            [{"title": "Talk to {account} about more seats", "due_days": 14}],
            again_after=180,
        ),
        "reference": _play(
            {"tier": ["green"], "lifecycle": ["behavioural"], "steady_days": 180},
            [{"title": "Ask {account} for a reference or a case study", "due_days": 30}],
            enabled=False,
            again_after=365,
        ),
    }
)
"""The field's own plays; those that begin without an alert are off until someone wants them."""


class Audience(Frozen):
    """A segment that is kept in sync to the outside: entries and exits are messages."""

    name: Text
    when: When = When()


class Tasks(Frozen):
    """How tasks are given out."""

    capacity: Annotated[dict[Text, Annotated[Whole, Field(ge=0)]], AfterValidator(FrozenMap)] = FrozenMap()
    """Owner -> open tasks they can carry; more go to who has most room."""
    usual_capacity: Annotated[Whole, Field(ge=1)] = 30
    """Of owners that are not named."""
    managers: Texts = ()
    """Who gets the tasks of the role manager; none: the owner."""
    executives: Texts = ()
    """Who gets the tasks of the role executive; none: the owner."""
