"""What is said of an episode: its lines, what drove it, where to look, and what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import quote

from weatherglass.actions.episodes import GOOD, Change
from weatherglass.actions.filling import UNKNOWN, Numbers, filled
from weatherglass.actions.message import Block, Facts, Line, Link, Message, Points
from weatherglass.config.alerts import Alerts
from weatherglass.config.plays import Play, Step
from weatherglass.reports import wording


@dataclass(frozen=True)
class Driver:
    """A signal that moved the score."""

    dimension: str
    signal: str
    words: str
    """What was seen."""
    points: float
    """What it did to the score."""
    share: float
    """Its weight in the score, 0 to 1."""
    before: float | None
    after: float | None
    since: str | None
    """The day from which on its dimension was worse."""

    @property
    def line(self) -> str:
        moved = f"{_points(self.before)} to {_points(self.after)}"
        since = f", since {wording.day(dt.date.fromisoformat(self.since))}" if self.since else ""
        points = f"{wording.change(self.points)} points, weight {wording.percent(self.share)}"
        return f"{self.words} ({wording.label(self.signal)} {moved}{since}: {points})"


def _points(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.0f}"


@dataclass(frozen=True)
class Scene:
    """What is known of an episode's account on the day."""

    numbers: Numbers
    score_before: float | None
    drivers: tuple[Driver, ...]
    plays: Mapping[str, Play]

    def facts(self) -> dict[str, Any]:
        """What is kept with the episode."""
        return {
            **asdict(self.numbers),
            "score_before": self.score_before,
            "drivers": [asdict(driver) for driver in self.drivers],
        }


def told(change: Change, scene: Scene, alerts: Alerts, number: int) -> Message:
    """The message of a change of an episode."""
    episode = change.episode
    if not episode.account_id:
        return _of_data(change, alerts, number)
    link = f"{alerts.link.rstrip('/')}/accounts/{quote(episode.account_id, safe='')}"
    data = {
        "alert_id": number,
        "account_id": episode.account_id,
        "problem": episode.problem,
        "severity": episode.severity,
        "opened_day": _day(episode.opened),
        "day": _day(change.day),
        "rules": [asdict(hit) for hit in episode.hits],
        "link": link,
        **scene.facts(),
    }
    title, tone = f"{scene.numbers.account}: {_title(change)}", "good" if episode.problem in GOOD else "bad"
    if change.kind == "closed":
        data["left"] = change.left
        return Message("episode.closed", title, "neutral" if change.left else "good", (_facts(scene), _go(link)), data)
    kind = "episode.opened" if change.kind == "opened" else "episode.updated"
    return Message(kind, title, tone, _blocks(change, scene, alerts, link), data)  # type: ignore[arg-type]


def _title(change: Change) -> str:
    first = change.episode.hits[-1 if change.kind == "updated" else 0].line
    if change.kind == "closed":
        return "the customer has left" if change.left else f"{change.episode.problem}: over (it was: {first})"
    return first if change.kind == "opened" else f"worse: {first}"


def _blocks(change: Change, scene: Scene, alerts: Alerts, link: str) -> tuple[Block, ...]:
    episode, day = change.episode, change.day
    blocks: list[Block] = [_facts(scene)]
    if len(episode.hits) > 1:
        blocks.append(Points("What was seen", tuple(hit.line for hit in episode.hits)))
    if scene.drivers:
        blocks.append(Points("What moved the score", tuple(driver.line for driver in scene.drivers)))
    names = dict.fromkeys(alerts.rules[hit.rule].play for hit in episode.hits if hit.rule in alerts.rules)
    for name in names:
        play = scene.plays.get(str(name))
        if play is not None and play.enabled:
            # as the tasks say it, which are given in the same night
            numbers = replace(scene.numbers, driver=episode.hits[-1].line)
            steps = tuple(
                f"{filled(step.title, numbers)} (within {wording.count(_within(step, play, numbers, day), 'day')})"
                for step in play.steps
            )
            blocks.append(Points(f"The play: {wording.label(str(name))}", steps))
    return (*blocks, _go(link))


def _within(step: Step, play: Play, numbers: Numbers, day: int) -> int:
    """Days that are left for a step: what prepares a renewal is done when it comes."""
    if play.when.renewal_days is None or numbers.renewal_date in {"", UNKNOWN}:
        return step.due_days
    left = (dt.date.fromisoformat(numbers.renewal_date) - dt.date.fromisoformat(_day(day))).days
    return max(0, min(step.due_days, left))


def _facts(scene: Scene) -> Facts:
    one = scene.numbers
    was = "" if scene.score_before is None else f", {scene.score_before:.0f} four weeks before"
    pairs = (
        ("Score", f"{one.score}{was}"),
        ("Tier", one.tier),
        ("Revenue a year", one.revenue),
        ("Renewal", one.renewal),
        ("Owner", one.owner or "nobody"),
    )
    return Facts(pairs)


def _go(link: str) -> Link:
    return Link("Open the account", link)


def _of_data(change: Change, alerts: Alerts, number: int) -> Message:
    episode = change.episode
    lines = tuple(hit.line for hit in episode.hits)
    data = {"alert_id": number, "day": _day(change.day), "rules": [asdict(hit) for hit in episode.hits]}
    if change.kind == "closed":
        return Message("data.closed", "The data is whole again", "good", (), data)
    said = Line("Alerts about the use of accounts wait until it is mended: this is nobody's customer, it is the data.")
    link = Link("Open Weatherglass", alerts.link)
    return Message("data.opened", f"Data: {lines[-1]}", "bad", (said, Points("What was seen", lines), link), data)


def _day(number: int) -> str:
    return (dt.date(1970, 1, 1) + dt.timedelta(days=number)).isoformat()


def digest(messages: Sequence[Message], link: str) -> Message:
    """Many messages as one."""
    items = tuple(one.title for one in messages)
    data = {"alerts": [{"type": one.type, "title": one.title, **_ids(one)} for one in messages]}
    title = f"{len(messages)} things that can wait"
    return Message("digest", title, "neutral", (Points("Since the last digest", items), Link("Open", link)), data)


def _ids(message: Message) -> dict[str, Any]:
    return {name: message.data[name] for name in ("alert_id", "account_id", "severity") if name in message.data}
