"""The project: everything that one `weatherglass.yml` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from weatherglass.config.alerts import Alerts
from weatherglass.config.channels import Channel
from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.frozen import Flag, Frozen, FrozenMap, Text
from weatherglass.config.laying_over import laid_over
from weatherglass.config.mapping import Sources
from weatherglass.config.milestone import Milestone, is_left_out
from weatherglass.config.outcomes import OutcomeRules
from weatherglass.config.plays import PRESET_PLAYS, Audience, Play, Tasks
from weatherglass.config.presets import PRESETS
from weatherglass.config.problems import Problems, closest, explained
from weatherglass.config.product import Product
from weatherglass.config.redaction import Redaction
from weatherglass.config.retention import Retention, needed
from weatherglass.config.scorecard import Scorecard
from weatherglass.config.version import canonical, content_version


class Project(Frozen):
    """One workspace's configuration; equal content is an equal object, whatever its order in the file."""

    name: Text = "Weatherglass"
    timezone: Text = "UTC"
    """Name of the time zone whose calendar days are the days of the scores."""
    product: Product = Product()
    milestones: tuple[Milestone, ...] = ()
    """In the order of their due day."""
    scorecards: tuple[Scorecard, ...] = (PRESETS["default"],)
    """The first that matches an account is its card; the last matches every account."""
    sources: Sources = Sources()
    outcomes: OutcomeRules = OutcomeRules()
    """How it is known who churned; part of no card's version."""
    alerts: Alerts = Alerts()
    """What is worth telling somebody; part of no card's version, nor is what follows."""
    channels: tuple[Channel, ...] = ()
    plays: Annotated[dict[Text, Play], AfterValidator(FrozenMap)] = PRESET_PLAYS
    """Name -> play; the file changes those of a new project, and adds others. An empty list: there are none."""
    preset_plays: Flag = True
    """Whether the plays of a new project are there besides those of the file."""
    audiences: tuple[Audience, ...] = ()
    tasks: Tasks = Tasks()
    retention: Retention = Retention()
    redact: Redaction = Redaction()

    written_as = ("scorecard",)

    @model_validator(mode="before")
    @classmethod
    def _merged(cls, data: Any) -> Any:
        """The plays of a new project, changed by those of the same name."""
        return laid_over(data, "plays", "preset_plays", PRESET_PLAYS)

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str) -> str:
        if name != "UTC" and name not in available_timezones():
            raise ValueError(_unknown_zone(name))
        return name

    @field_validator("milestones", mode="wrap")
    @classmethod
    def _used(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(data, (list, tuple)):
            return handler(data)
        problems, used = Problems(), []
        seen: list[object] = []
        for place, given in enumerate(data):
            name = given.get("name") if isinstance(given, Mapping) else getattr(given, "name", None)
            if name is not None and name in seen:
                problems.add(f"there is another milestone {name!r}; names must differ", place, "name", value=name)
            seen.append(name)
            with problems.at(place):
                milestone = Milestone.model_validate(given)
                used += [] if is_left_out(given) else [milestone]
        problems.raise_any("Project")
        return handler(tuple(sorted(used, key=lambda milestone: (milestone.due_day, milestone.name))))

    @field_validator("scorecards")
    @classmethod
    def _reachable(cls, cards: tuple[Scorecard, ...]) -> tuple[Scorecard, ...]:
        if not cards:
            raise ValueError("must hold at least one scorecard")
        problems = Problems()
        names = Counter(card.name for card in cards)
        for place, card in enumerate(cards):
            if names[card.name] > 1:
                problems.add(f"there is another scorecard {card.name!r}; names must differ", place, "name")
            if not card.where and place < len(cards) - 1:
                told = "has no where and is every account's, so the cards after it are never used: move it to the end"
                problems.add(told, place)
        if cards[-1].where:
            problems.add("the last scorecard must be for every account, without where", len(cards) - 1, "where")
        problems.raise_any("Project")
        return cards

    @model_validator(mode="after")
    def _remembered(self) -> Self:
        problems = Problems()
        least = needed(self.scorecards, self.alerts.rules)
        for table, days in self.retention.days().items():
            if days < least.get(table, 0):
                told = f"must be at least {least[table]}, the days that scores and alerts look back on, not {days}"
                problems.add(told, "retention", table, value=days)
        problems.raise_any("Project")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def card_for(self, account: Mapping[str, object]) -> Scorecard:
        """The card of an account, given its row of `accounts`."""
        return next(card for card in self.scorecards if card.matches(account))

    def version(self, card: Scorecard) -> str:
        """12 hex digits that name everything that decides the numbers of a card of this project."""
        content = self.model_dump(mode="json", include={"timezone", "product", "milestones"})
        return content_version(
            {**content, "scorecard": card.model_dump(mode="json", exclude={"name", "where", *card.unsaid})}
        )

    def rollup_version(self) -> str:
        """12 hex digits that name everything that decides the roll-ups, which know no scorecard."""
        content = self.model_dump(mode="json", include={"timezone", "product"})
        reached = [
            milestone.model_dump(mode="json", include={"name", "events", "derived"})
            for milestone in sorted(self.milestones, key=lambda milestone: milestone.name)
        ]
        return content_version({**content, "milestones": reached})

    def to_json(self) -> str:
        """The whole project as canonical JSON, every default spelled out."""
        return canonical(self.model_dump(mode="json"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The project that `to_json` wrote. Raises ConfigError where it is not one."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise ConfigError(
                Mistake("stored project", ".".join(map(str, detail["loc"])), explained(detail))
                for detail in error.errors(include_url=False)
            ) from None


def _unknown_zone(name: str) -> str:
    zones = sorted(available_timezones())
    cities = {zone.rpartition("/")[2]: zone for zone in zones}
    meant = closest(name, zones)
    if meant is None or "/" not in name:
        # "Berlin" is nearer to the city of Europe/Berlin than to any whole name.
        city = closest(name, cities)
        meant = cities[city] if city else meant
    hint = f"did you mean {meant}?" if meant else "give a name such as Europe/Berlin"
    return f"unknown time zone {name!r}; {hint}"
