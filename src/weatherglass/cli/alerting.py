"""The command `alerts`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from weatherglass.cli.asking import Service, part, plainly, service
from weatherglass.cli.opening import day, workspace
from weatherglass.cli.terminal import console, progress, table
from weatherglass.jobs.errors import JobError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from weatherglass.jobs.acting.alerting import DryRun
    from weatherglass.workspace import Workspace


def run(project: Path, data: Path | None, as_of: str | None, dry: int | None, channel: str | None) -> None:
    """Look and send; or say what the last days would have brought; or try a channel."""
    wanted = day(as_of, "--as-of")
    running = service(project) if data is None else None
    if running is not None:
        _served(running, wanted, dry, channel)
        return
    with workspace(project, data) as opened:
        if channel is not None:
            _try(opened, channel)
        elif dry is not None or data is not None:
            if data is not None:
                opened.update(wanted)
            from weatherglass.jobs.acting.alerting import LOOK_BACK, dry_run

            _print(dry_run(opened.store, opened.project, dry or LOOK_BACK, wanted))
        else:
            _look(opened)


def _served(running: Service, as_of: dt.date | None, dry: int | None, channel: str | None) -> None:
    """The same by the service that has the store open; what is due it sends by itself."""
    if channel is not None:
        tried = plainly(running.post(f"/channels/{part(channel)}/test", {}))
        if not tried.sent:
            raise JobError(f"{channel}: {tried.why}")
        console().print(f"Sent a test over {escape(channel)}")
    elif dry is not None:
        _print(_dry(running.get("/alerts/dry-run", days=dry, as_of=as_of)))
    else:
        with progress() as told:
            done = running.job(told, kind="alerts")
        shown = console()
        shown.print(
            f"{done['opened']:,} alerts opened, {done['updated']:,} worse, {done['closed']:,} over; "
            f"{done['tasks']:,} new tasks; the service sends what is due"
        )
        for one in running.get("/channels")["channels"]:
            if one["disabled"]:
                shown.print(f"The channel {escape(one['name'])} is switched off: {escape(one['disabled'])}")
        _open(plainly(one) for one in _all_open(running))


def _all_open(running: Service) -> Iterator[Any]:
    cursor = None
    while True:
        page = running.get("/alerts", state="open", limit=500, cursor=cursor)
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def _dry(found: dict[str, Any]) -> DryRun:
    import datetime as dt

    from weatherglass.jobs.acting.alerting import DryRun

    first, last = (dt.date.fromisoformat(found[name]) for name in ("first", "last"))
    data = [(dt.date.fromisoformat(one["day"]), one["line"]) for one in found["data"]]
    same = ("accounts", "rules", "severities", "updated", "owners")
    return DryRun(first=first, last=last, data=data, **{name: found[name] for name in same})


def _try(opened: Workspace, channel: str) -> None:
    from weatherglass.actions.channels.result import Failed
    from weatherglass.jobs.acting.sending import try_channel

    try:
        try_channel(opened.project, channel, _folder(opened))
    except Failed as failed:
        raise JobError(f"{channel}: {failed}") from None
    console().print(f"Sent a test over {escape(channel)}")


def _folder(opened: Workspace) -> Path:
    assert opened.folder is not None, "a folder of files has no channels"
    return opened.folder


def _look(opened: Workspace) -> None:
    from weatherglass.jobs.acting.following_up import act
    from weatherglass.jobs.acting.sending import Sender, people
    from weatherglass.state import State

    shown = console()
    with State.open(opened.store.folder) as state:
        done = act(opened.store, state, opened.project)
        sent = Sender(state, opened.project, _folder(opened), partial(people, opened.store)).round()
        found = done.looked
        shown.print(
            f"To {found.last}: {found.opened:,} alerts opened, {found.updated:,} worse, {found.closed:,} over; "
            f"{done.tasks:,} new tasks"
        )
        shown.print(f"{sent.sent:,} messages sent, {sent.failed:,} failed and will be tried again")
        open_now = state.episodes.open()
        for name, why in state.outbox.disabled().items():
            shown.print(f"The channel {escape(name)} is switched off: {escape(why)}")
    _open(open_now)
    if not opened.project.channels:
        shown.print("weatherglass.yml names no channels, so nothing is sent (docs/alerts.md)")


def _open(alerts: Iterable[Any]) -> None:
    """The open alerts, the worst first."""
    ordered = sorted(alerts, key=lambda one: (_RANK[one.severity], str(one.opened_day)))
    rows = [(one.severity, one.account_id or "(the data)", one.problem, one.opened_day, _why(one)) for one in ordered]
    shown = console()
    shown.print(f"\n{len(rows):,} open alerts" + (", the worst first" if rows else ""))
    if rows:
        shown.print(table(("severity", "account", "problem", "since", "why"), rows[:MOST]))


def _why(alert: Any) -> str:
    """The line of the rule that opened it."""
    first = alert.rules[0]
    return str(first["line"] if isinstance(first, dict) else first.line)


MOST = 50
_RANK = {"critical": 0, "high": 1, "normal": 2, "low": 3}


def _print(found: DryRun) -> None:
    shown = console()
    weeks = ((found.last - found.first).days + 1) / 7
    days = f"{found.first} to {found.last}, {found.accounts:,} accounts"
    shown.print(f"{days}: {found.alerts:,} alerts would have opened")
    rows = [(name, count, count / weeks) for name, count in sorted(found.rules.items(), key=lambda one: -one[1])]
    shown.print(table(("rule", "alerts", "a week"), rows, numbers=("alerts", "a week")))
    ranked = sorted(found.severities.items(), key=lambda one: _RANK[one[0]])
    shown.print("by severity: " + (", ".join(f"{name} {count:,}" for name, count in ranked) or "none"))
    if found.owners:
        most = max(found.owners.items(), key=lambda one: one[1])
        mean = sum(found.owners.values()) / len(found.owners)
        shown.print(f"an owner a week: {mean:.1f} in the mean, at most {most[1]:.1f} ({escape(most[0] or 'nobody')})")
    for when, line in found.data:
        shown.print(f"about the data, once: {when}: {escape(line)}")
