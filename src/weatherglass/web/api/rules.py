"""Alert rules: as they are and what came of them, tried, added, changed and taken away."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Response
from pydantic import Field

from weatherglass.config.alerts import AlertRule, Kind, Problem, Severity
from weatherglass.jobs.acting.effects import worth
from weatherglass.jobs.acting.rehearsing import rehearse
from weatherglass.jobs.project import parts
from weatherglass.jobs.project.drafting import LONGEST_NAME, altered, drafted, one_of
from weatherglass.jobs.project.extending import comes_along
from weatherglass.web.api.access import Admin, Reader, Writer
from weatherglass.web.api.editions import CHANGING, Edition, MayMatch, MustMatch, Name, Options, tagged
from weatherglass.web.api.service import Service, Serving
from weatherglass.web.api.values import Told

router = APIRouter(tags=["alerts"])


class RuleSettings(Told):
    """A rule as the configuration has it."""

    name: str
    comes_along: bool = Field(description="Whether it comes with Weatherglass: it can be switched off, not taken away.")
    kind: str
    enabled: bool
    problem: str
    severity: str
    days: int
    points: float
    odds: float
    below: float
    dimension: str | None
    signal: str | None
    play: str | None


class RuleTold(RuleSettings):
    """A rule, and what its alerts were worth to who judged them."""

    useful: int
    not_useful: int
    known: int
    precision: float | None = Field(description="Useful ones of those judged useful or not.")
    annoying: bool = Field(description="Whether it mostly annoys, by five judgements or more.")


class Rules(Edition):
    """The rules of the project."""

    rules: list[RuleTold]


class OneRule(RuleSettings, Edition):
    """A rule of a version of the configuration."""


class RuleChange(Options):
    """Options of a rule; what is not given stays as it is, or is as usual. The project file has them alike."""

    enabled: bool | None = None
    problem: Problem | None = Field(default=None, description="Null: the kind's own.")
    severity: Severity | None = None
    days: int | None = None
    points: float | None = None
    odds: float | None = None
    below: float | None = None
    dimension: str | None = Field(default=None, max_length=100, description="Of dimension_below.")
    signal: str | None = Field(default=None, max_length=100, description="Of signal_below.")
    play: str | None = Field(default=None, max_length=200, description="The play to follow; null: none.")


class RuleRequest(RuleChange):
    """Another rule."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    kind: Kind


class RuleTrial(RuleChange):
    """A rule that there is, with other options; or with a kind, one that there is not."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    kind: Kind | None = Field(default=None, description="Of a rule that there is not yet.")


@router.get("/alerts/rules")
def list_rules(service: Serving, _: Reader) -> Rules:
    """The alert rules, with what people said of their alerts."""
    version, worths = service.configuration.version, worth(service.state)
    found = []
    for name in service.configuration.project.alerts.rules:
        judged = worths.get(name)
        said = (judged.useful, judged.not_useful, judged.known) if judged else (0, 0, 0)
        told = RuleTold(
            **_settings(service, name).model_dump(),
            useful=said[0],
            not_useful=said[1],
            known=said[2],
            precision=judged.precision if judged else None,
            annoying=bool(judged and judged.annoying),
        )
        found.append(told)
    return Rules(configuration=version, rules=found)


def _settings(service: Service, name: str) -> RuleSettings:
    project = service.configuration.project
    rule = one_of(project, "rule", name)
    assert isinstance(rule, AlertRule)
    facts = {**rule.model_dump(mode="json"), "problem": rule.about}
    return RuleSettings(name=name, comes_along=comes_along(project, "rule", name), **facts)


def _one(service: Service, name: str, response: Response) -> OneRule:
    version = tagged(response, service)
    return OneRule(configuration=version, **_settings(service, name).model_dump())


@router.post("/alerts/rules", status_code=201, responses=CHANGING)
def add_rule(service: Serving, by: Admin, asked: RuleRequest, versions: MayMatch, response: Response) -> OneRule:
    """Add a rule; it counts from the next look on. See first what it would tell."""
    parts.add(service.configuration, by, versions, "rule", asked.name, asked.given())
    return _one(service, asked.name, response)


class WouldTell(Told):
    """One alert that would have been told."""

    account_id: str
    name: str
    day: dt.date
    severity: str
    line: str


class RuleTried(Told):
    """What a rule would have told in the last 90 days, had it been on."""

    rule: str
    first: dt.date
    last: dt.date
    accounts: int = Field(description="All that were watched.")
    alerts: int = Field(description="Alerts that see what the rule sees, were it alone.")
    concerned: int = Field(description="Accounts they are about.")
    severities: dict[str, int]
    owners: dict[str, float] = Field(description="Alerts a week.")
    before: int = Field(description="Alerts of all rules without it.")
    after: int = Field(description="Alerts of all rules with it.")
    newest: list[WouldTell]


@router.post("/alerts/rules/dry-run", responses={404: {}})
def try_rule(service: Serving, _: Writer, asked: RuleTrial) -> RuleTried:
    """What a rule that is not there yet, or has other options, would have told. Nothing is kept."""
    project = service.configuration.project
    options = asked.given()
    if asked.kind is not None:
        made = drafted(project, "rule", asked.name, options)
    else:
        options.pop("kind", None)
        made, _differing = altered(project, "rule", asked.name, options)
    assert isinstance(made, AlertRule)
    return RuleTried.model_validate(service.live.read(lambda store: rehearse(store, project, asked.name, made)))


@router.get("/alerts/rules/{name}")
def get_rule(service: Serving, _: Reader, name: Name, response: Response) -> OneRule:
    """One rule, as the configuration has it; its ETag is the configuration's version."""
    return _one(service, name, response)


@router.patch("/alerts/rules/{name}", responses=CHANGING)
def change_rule(
    service: Serving, by: Admin, name: Name, asked: RuleChange, versions: MustMatch, response: Response
) -> OneRule:
    """Change options of a rule, or switch it on or off."""
    parts.change(service.configuration, by, versions, "rule", name, asked.given())
    return _one(service, name, response)


@router.delete("/alerts/rules/{name}", responses=CHANGING)
def remove_rule(service: Serving, by: Admin, name: Name, versions: MustMatch, response: Response) -> Edition:
    """Take a rule of the project's own away, where nothing names it."""
    parts.take_away(service.configuration, by, versions, "rule", name)
    return Edition(configuration=tagged(response, service))
