"""Alert rules: what is worth telling somebody about an account, and the discipline with which it is told."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from weatherglass.config.catalogue import DIMENSION_OF, DIMENSIONS
from weatherglass.config.frozen import Flag, Frozen, FrozenMap, Number, Text, Whole
from weatherglass.config.laying_over import laid_over
from weatherglass.config.problems import unknown

Kind = Literal[
    "tier_down",
    "tier_up",
    "drop",
    "trend",
    "dimension_below",
    "signal_below",
    "renewal",
    "contact_gone",
    "contact_silent",
    "payment",
    "milestone",
    "expansion",
    "silence",
    "use_drop",
    "fading",
    "tickets",
    "detractor",
]
Severity = Literal["low", "normal", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("low", "normal", "high", "critical")
Problem = Literal["health", "support", "renewal", "contact", "payment", "onboarding", "expansion", "detractor", "good"]
"""What is the matter; rules that see the same problem of an account speak of one episode."""

PROBLEM_OF: dict[Kind, Problem] = {
    "tier_down": "health",
    "tier_up": "good",
    "drop": "health",
    "trend": "health",
    "dimension_below": "health",
    "signal_below": "health",
    "renewal": "renewal",
    "contact_gone": "contact",
    "contact_silent": "contact",
    "payment": "payment",
    "milestone": "onboarding",
    "expansion": "expansion",
    "silence": "health",
    "use_drop": "health",
    "fading": "health",
    "tickets": "support",
    "detractor": "detractor",
}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"must be a time of the day such as 08:00, not {text!r}")
    return text


Clock = Annotated[Text, AfterValidator(_clock)]


class AlertRule(Frozen):
    """One reason to speak of an account."""

    kind: Kind
    enabled: Flag = True
    problem: Problem | None = None
    """The problem it is a sign of, when it is not the kind's own."""
    severity: Severity = "normal"
    """Before revenue and renewal raise it."""
    days: Annotated[Whole, Field(ge=1, le=366)] = 28
    """The days over which is measured, or after which it is too long."""
    points: Annotated[Number, Field(gt=0, le=100)] = 15.0
    """Points of the score, for drop, trend and tier_down; per cent of the usual use, for use_drop and fading."""
    odds: Annotated[Number, Field(gt=1, le=1e9)] = 600.0
    """How many times likelier than chance it must be, for fading."""
    below: Annotated[Number, Field(ge=0, le=100)] = 30.0
    """The line of a dimension or signal."""
    dimension: Text | None = None
    """For dimension_below."""
    signal: Text | None = None
    """For signal_below."""
    play: Text | None = None
    """The name of the play to follow."""

    @property
    def about(self) -> Problem:
        return self.problem or PROBLEM_OF[self.kind]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "dimension_below" and self.dimension not in DIMENSIONS:
            raise ValueError(unknown("dimension", str(self.dimension), DIMENSIONS, say=True))
        if self.kind == "signal_below" and self.signal not in DIMENSION_OF:
            raise ValueError(unknown("signal", str(self.signal), DIMENSION_OF, say=True))
        return self


PRESET_RULES: FrozenMap[str, AlertRule] = FrozenMap(
    {
        "fading": AlertRule(kind="fading", days=7, points=30.0, severity="high", play="recover"),
        "use_falls": AlertRule(kind="use_drop", enabled=False, points=35.0, severity="high", play="recover"),
        "silence": AlertRule(kind="silence", days=14, severity="high", play="recover"),
        "tier_down": AlertRule(kind="tier_down", points=40.0, play="recover"),
        "score_drop": AlertRule(kind="drop", points=40.0, play="recover"),
        "sinking": AlertRule(kind="trend", points=40.0, play="recover"),
        "support_storm": AlertRule(kind="tickets", days=7, severity="high", play="recover"),
        "support_bad": AlertRule(
            kind="dimension_below", dimension="support_signals", below=20.0, problem="support", play="recover"
        ),
        "renewal_not_green": AlertRule(kind="renewal", days=60, play="renewal"),
        "champion_gone": AlertRule(kind="contact_gone", severity="high", play="champion_left"),
        "champion_silent": AlertRule(kind="contact_silent", days=28, play="champion_left"),
        "payment_failed": AlertRule(kind="payment", days=7, play="payment"),
        "milestone_overdue": AlertRule(kind="milestone", days=7, severity="low", play="onboarding"),
        "expansion_ready": AlertRule(kind="expansion", days=28, severity="low", play="expansion"),
        "detractor": AlertRule(kind="detractor", days=30, severity="low", play="recover"),
        "tier_up": AlertRule(kind="tier_up", enabled=False, severity="low"),
    }
)
"""On in a new project, but for use_falls, of which fading knows more, and the last."""


class Alerts(Frozen):
    """The rules, and how much of what they see is told."""

    enabled: Flag = True
    rules: Annotated[dict[Text, AlertRule], AfterValidator(FrozenMap)] = PRESET_RULES
    """Name -> rule; the file changes those of a new project, and adds others. An empty list: there are none."""
    preset_rules: Flag = True
    """Whether the rules of a new project are there besides those of the file."""
    min_activity: Annotated[Whole, Field(ge=0)] = 20
    """Events of an account in the last 84 days without which nothing is said of its use."""
    min_confidence: Annotated[Number, Field(ge=0, le=1)] = 0.5
    """Confidence of a score without which nothing is said of it."""
    cool_down_days: Annotated[Whole, Field(ge=0, le=366)] = 14
    """Days after an episode in which the same problem of the account opens none."""
    recovered_days: Annotated[Whole, Field(ge=1, le=60)] = 3
    """Days without the problem after which its episode is closed."""
    fleet_share: Annotated[Number, Field(gt=0, le=1)] = 0.15
    """The share of the accounts that a rule may speak of within three days; more are one data alert."""
    fleet_accounts: Annotated[Whole, Field(ge=2)] = 10
    """Fewer accounts than these are never the fleet."""
    join_coverage: Annotated[Number, Field(ge=0, le=1)] = 0.95
    """The share of events that must reach an account for anything to be said of use."""
    quiet_from: Clock | None = None
    """From this time of the workspace's day on nothing is sent ..."""
    quiet_until: Clock = "07:00"
    """... until this one, but for critical alerts."""
    digest: Severity | None = "low"
    """Alerts of this severity and below wait for the digest of the day; none: everything is sent at once."""
    digest_at: Clock = "08:00"
    """When digests are sent."""
    link: Text = "http://127.0.0.1:8017"
    """The address of the service, for links to accounts."""

    @model_validator(mode="before")
    @classmethod
    def _merged(cls, data: Any) -> Any:
        """The rules of a new project, changed by those of the same name."""
        return laid_over(data, "rules", "preset_rules", PRESET_RULES, fixed="kind")
