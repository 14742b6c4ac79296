"""The commands `plays` and `audiences`."""

from __future__ import annotations

import csv
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from weatherglass.cli.access import me
from weatherglass.cli.access import opened as opened_state
from weatherglass.cli.asking import Service, part, plainly, service
from weatherglass.cli.opening import workspace
from weatherglass.cli.terminal import console, table
from weatherglass.jobs.errors import JobError
from weatherglass.jobs.replacing import replacing

if TYPE_CHECKING:
    from weatherglass.actions.uplift import Effect
    from weatherglass.config import Project


def _read(project: Path) -> Project:
    from weatherglass.config import FILE_NAME, read_project

    return read_project(project / FILE_NAME)


def plays(project: Path, name: str | None) -> None:
    """The plays, or what one did."""
    running = service(project)
    if name is not None:
        _effect(_served(running, name) if running is not None else _alone(project, name))
        return
    with opened_state(project) as state:
        runs = state.plays.runs()
    begun = Counter((run.play, run.held_out, run.ended_day is None) for run in runs)
    rows = [
        (
            one,
            "on" if play.enabled else "off",
            begun[one, False, True],
            begun[one, False, True] + begun[one, False, False],
            begun[one, True, True] + begun[one, True, False],
        )
        for one, play in _read(project).plays.items()
    ]
    numbers = ("at work", "begun", "held out")
    console().print(table(("play", "", *numbers), rows, numbers=numbers))


def _served(running: Service, name: str) -> Any:
    found = running.get(f"/plays/{part(name)}/effect")
    return plainly({**found, "score": {"30": found["score_30"], "60": found["score_60"]}})


def _alone(project: Path, name: str) -> Any:
    from types import SimpleNamespace

    from weatherglass.jobs.acting.effects import effect
    from weatherglass.state import State

    with workspace(project, None) as opened, State.open(opened.store.folder) as state:
        if name not in opened.project.plays:
            raise JobError(f"there is no play {name!r}; there is {', '.join(opened.project.plays)}")
        found = effect(opened.store, state, opened.project, name)
    scores = SimpleNamespace(**{str(days): one for days, one in found.score.items()})
    return SimpleNamespace(**{**found.__dict__, "score": scores})


def _effect(found: Any) -> None:
    shown = console()
    shown.print(f"[bold]{escape(found.play)}[/]: begun for {found.began:,} accounts, withheld from {found.held_out:,}")
    shown.print(escape(found.told))
    rows = [
        _line("points of the score after 30 days", getattr(found.score, "30")),
        _line("points of the score after 60 days", getattr(found.score, "60")),
        _line("share that renewed", found.renewal),
    ]
    if any(row[1] is not None for row in rows):
        shown.print(table(("effect", "by", "between", "and", "against"), rows, numbers=("by", "between", "and")))


def _line(what: str, one: Effect | None) -> tuple[object, ...]:
    if one is None:
        return (what, None, None, None, None)
    return (what, one.value, one.low, one.high, f"{one.compared:,} accounts ({one.how})")


def audiences(project: Path, name: str | None, out: Path | None) -> None:
    """The audiences, or who is in one."""
    if out is not None and name is None:
        raise typer.BadParameter("--out needs an audience", param_hint="AUDIENCE")
    named = [one.name for one in _read(project).audiences]
    if name is not None and name not in named:
        raise JobError(f"there is no audience {name!r}; there is {', '.join(named) or 'none in weatherglass.yml'}")
    with opened_state(project) as state:
        members = {one: state.plays.members(one) for one in named}
    if name is None:
        rows = [(one, len(found)) for one, found in members.items()]
        console().print(table(("audience", "accounts"), rows, numbers=("accounts",)) if rows else "no audiences")
    elif out is None:
        console().print(table(("account", "since"), list(members[name].items())))
    else:
        _write(members[name], out)


def resent(project: Path, name: str | None) -> None:
    """Tell the outside of everybody in an audience anew."""
    if name is None:
        raise typer.BadParameter("--again needs an audience", param_hint="AUDIENCE")
    running, shown = service(project), console()
    if running is not None:
        _told_again(plainly(running.post(f"/audiences/{part(name)}/resend", {})))
        shown.print("The service sends what is due")
        off = {one["name"]: one["disabled"] for one in running.get("/channels")["channels"] if one["disabled"]}
    else:
        off = _resent_alone(project, name)
    for channel, why in off.items():
        shown.print(f"The channel {escape(channel)} is switched off, and its messages wait: {escape(why)}")


def _resent_alone(project: Path, name: str) -> dict[str, str]:
    from weatherglass.jobs.acting.audiences import resend
    from weatherglass.jobs.acting.sending import Sender, people
    from weatherglass.state import State

    with workspace(project, None) as opened, State.open(opened.store.folder) as state:
        _told_again(resend(opened.store, state, opened.project, me(), name))
        sent = Sender(state, opened.project, project, partial(people, opened.store)).round()
        console().print(f"{sent.sent:,} messages sent, {sent.failed:,} failed and will be tried again")
        return state.outbox.disabled()


def _told_again(found: Any) -> None:
    """What is about to be sent."""
    console().print(
        f"{found.messages:,} messages: {found.members:,} accounts are in it, {found.left:,} have left it; "
        f"{found.replaced:,} dead letters are replaced"
    )


def _write(members: dict[str, Any], out: Path) -> None:
    import io

    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(["account_id", "since"])
    written.writerows(members.items())
    with replacing(out) as file:
        file.write(text.getvalue().encode("utf-8", "replace"))
