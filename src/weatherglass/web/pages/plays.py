"""Plays: what is done about accounts, where it is at work, and whether it helped."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from weatherglass.actions.uplift import Effect
from weatherglass.config.plays import Play
from weatherglass.jobs.acting.effects import PlayEffect, effect
from weatherglass.jobs.views.standing import Standing
from weatherglass.state.plays import Run
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.rule_words import begins_with
from weatherglass.web.pages.visit import Visit

MOST_RUNS = 25


@dataclass(frozen=True)
class Shown:
    """A play with what became of it."""

    name: str
    play: Play
    begins: str
    runs: list[Run]
    """The last of them, the newest first."""
    running: int
    begun: int
    held_out: int
    effect: PlayEffect
    lines: list[tuple[str, str, Effect | None]]
    """What is compared, its unit, and the effect where there is one to tell."""

    @property
    def share(self) -> float | None:
        """The part of the accounts that was left alone."""
        return self.held_out / (self.begun + self.held_out) if self.begun + self.held_out else None


def plays_page(visit: Visit) -> Response:
    """All plays of the project, those at work first."""
    project, runs = visit.site.project, visit.site.service.state.plays.runs()
    by: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by[run.play].append(run)
    asked = tuple((name, play.min_sample, play.holdout) for name, play in project.plays.items())
    question = ("effects", runs[-1].id if runs else 0, asked)
    effects = visit.site.remembered(question, lambda standing: _effects(visit, standing))
    shown = [_shown(name, play, by[name], effects.get(name)) for name, play in project.plays.items()]
    shown.sort(key=lambda one: (not one.play.enabled, -one.running, one.name))
    ids = sorted({run.account_id for one in shown for run in one.runs})
    rows = visit.site.look(lambda standing: _called(standing, ids)) if ids else {}
    return visit.show("plays.html", "today", plays=shown, rows=rows)


def _effects(visit: Visit, standing: Standing) -> dict[str, PlayEffect]:
    state, project = visit.site.service.state, visit.site.project
    return {name: effect(standing.store, state, project, name) for name in project.plays}


def _shown(name: str, play: Play, runs: list[Run], found: PlayEffect | None) -> Shown:
    held = sum(run.held_out for run in runs)
    told = found or PlayEffect(name, len(runs) - held, held, play.min_sample, "not worked out yet", {}, None)
    lines = [(f"Score after {days} days", "points", one) for days, one in told.score.items()]
    return Shown(
        name=name,
        play=play,
        begins=begins_with(play.when),
        runs=list(reversed(runs))[:MOST_RUNS],
        running=sum(not run.held_out and run.ended_day is None for run in runs),
        begun=len(runs) - held,
        held_out=held,
        effect=told,
        lines=[*lines, ("Renewed", "of 100", _hundredfold(told.renewal))],
    )


def _hundredfold(one: Effect | None) -> Effect | None:
    """A share as so many of a hundred."""
    if one is None:
        return None
    return Effect(one.how, 100 * one.value, 100 * one.low, 100 * one.high, one.treated, one.compared)


def _called(standing: Standing, accounts: list[str]) -> dict[str, dict[str, Any]]:
    query = "SELECT account_id, name FROM accounts WHERE list_contains(?, account_id)"
    return {row["account_id"]: row for row in standing.store.engine.arrow(query, [accounts]).to_pylist()}


DOORS = (Door("/plays", plays_page),)
