"""Plays: where they are at work, previewed, added, changed and taken away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from weatherglass.config.plays import Play, Step, When
from weatherglass.jobs.acting.previewing import preview
from weatherglass.jobs.project import parts
from weatherglass.jobs.project.drafting import LONGEST_NAME, MOST, altered, drafted, one_of
from weatherglass.jobs.project.extending import comes_along
from weatherglass.state.plays import Run
from weatherglass.web.api.access import Admin, Reader, Writer
from weatherglass.web.api.editions import CHANGING, Edition, MayMatch, MustMatch, Name, Options, tagged
from weatherglass.web.api.service import Service, Serving
from weatherglass.web.api.values import Told

router = APIRouter(tags=["plays"])


class PlaySettings(Told):
    """A play as the configuration has it."""

    name: str
    comes_along: bool = Field(description="Whether it comes with Weatherglass: it can be switched off, not taken away.")
    enabled: bool
    when: dict[str, Any]
    steps: list[dict[str, Any]]
    exit_tier: list[str]
    again_after: int
    holdout: float
    min_sample: int


class PlayTold(PlaySettings):
    """A play, and where it is at work."""

    running: int
    begun: int
    held_out: int


class Plays(Edition):
    """The plays of the project."""

    plays: list[PlayTold]


class OnePlay(PlaySettings, Edition):
    """A play of a version of the configuration."""


class PlayChange(Options):
    """Options of a play; what is not given stays as it is, or is as usual. The project file has them alike."""

    enabled: bool | None = None
    when: When | None = Field(default=None, description="Whom it is for, whole.")
    steps: list[Step] | None = Field(default=None, max_length=MOST, description="All of its tasks.")
    exit_tier: list[str] | None = Field(default=None, max_length=MOST)
    again_after: int | None = None
    holdout: float | None = Field(default=None, description="0 to 0.9.")
    min_sample: int | None = None


class PlayRequest(PlayChange):
    """Another play."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)


@router.get("/plays")
def list_plays(service: Serving, _: Reader) -> Plays:
    """The plays, and how many accounts each is at work for, was begun for, and was withheld from."""
    version, runs = service.configuration.version, service.state.plays.runs()
    return Plays(
        configuration=version,
        plays=[
            PlayTold(**_settings(service, name).model_dump(), **_work(runs, name))
            for name in service.configuration.project.plays
        ],
    )


def _work(runs: list[Run], name: str) -> dict[str, Any]:
    mine = [run for run in runs if run.play == name]
    return {
        "running": sum(not run.held_out and run.ended_day is None for run in mine),
        "begun": sum(not run.held_out for run in mine),
        "held_out": sum(run.held_out for run in mine),
    }


def _settings(service: Service, name: str) -> PlaySettings:
    project = service.configuration.project
    play = one_of(project, "play", name)
    assert isinstance(play, Play)
    facts = {
        **play.model_dump(mode="json"),
        "when": play.when.model_dump(mode="json", exclude_defaults=True),
        "steps": [step.model_dump(mode="json") for step in play.steps],
    }
    return PlaySettings(name=name, comes_along=comes_along(project, "play", name), **facts)


def _one(service: Service, name: str, response: Response) -> OnePlay:
    version = tagged(response, service)
    return OnePlay(configuration=version, **_settings(service, name).model_dump())


@router.post("/plays", status_code=201, responses=CHANGING)
def add_play(service: Serving, by: Admin, asked: PlayRequest, versions: MayMatch, response: Response) -> OnePlay:
    """Add a play; it begins from the next night on. See first for whom."""
    parts.add(service.configuration, by, versions, "play", asked.name, asked.given())
    return _one(service, asked.name, response)


class WouldDo(Told):
    """A task that a play would begin with."""

    title: str
    assignee: str
    due_day: dt.date
    priority: float


class WouldBegin(Told):
    """An account that a play would begin for."""

    account_id: str
    name: str
    tasks: list[WouldDo]


class PlayPreviewed(Told):
    """A play as it would begin on the last finished day."""

    day: dt.date
    watched: int = Field(description="Accounts that there are.")
    accounts: int = Field(description="Those that it is for, held out or not.")
    shown: list[WouldBegin] = Field(description="The most urgent of them.")


@router.post("/plays/preview", responses={404: {}})
def preview_play(service: Serving, _: Writer, asked: PlayRequest) -> PlayPreviewed:
    """For whom a play would begin now, one that is not there yet or one with other options. Nothing is kept."""
    project, name = service.configuration.project, asked.name
    options = asked.given()
    if name in project.plays:
        made, _differing = altered(project, "play", name, options)
    else:
        made = drafted(project, "play", name, options)
    assert isinstance(made, Play)
    return PlayPreviewed.model_validate(
        service.live.read(lambda store: preview(store, service.state, project, name, made))
    )


@router.get("/plays/{name}")
def get_play(service: Serving, _: Reader, name: Name, response: Response) -> OnePlay:
    """One play, as the configuration has it; its ETag is the configuration's version."""
    return _one(service, name, response)


@router.patch("/plays/{name}", responses=CHANGING)
def change_play(
    service: Serving, by: Admin, name: Name, asked: PlayChange, versions: MustMatch, response: Response
) -> OnePlay:
    """Change options of a play, or switch it on or off; they count from the next night on."""
    parts.change(service.configuration, by, versions, "play", name, asked.given())
    return _one(service, name, response)


@router.delete("/plays/{name}", responses=CHANGING)
def remove_play(service: Serving, by: Admin, name: Name, versions: MustMatch, response: Response) -> Edition:
    """Take a play of the project's own away, where nothing names it; its open tasks are dropped with the next night."""
    parts.take_away(service.configuration, by, versions, "play", name)
    return Edition(configuration=tagged(response, service))
