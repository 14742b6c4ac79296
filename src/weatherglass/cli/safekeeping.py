"""The commands `backup`, `restore`, `erase` and `held`: through the service where one runs, else by themselves."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape

from weatherglass.cli.access import me, opened
from weatherglass.cli.asking import part, service
from weatherglass.cli.terminal import console, progress
from weatherglass.config import FILE_NAME
from weatherglass.jobs.backup.backing_up import back_up, check_free
from weatherglass.jobs.errors import JobError, NothingToScore, UnknownAccount
from weatherglass.jobs.privacy.erasing import Subject
from weatherglass.store.compacting import compact
from weatherglass.workspace import Workspace
from weatherglass.workspace import open as open_workspace

EVENTS = 100_000


def backup(project: Path, file: Path) -> None:
    check_free(file.absolute())
    running = service(project)
    with progress() as told:
        if running is not None:
            done = running.job(told, kind="backup", file=str(file.absolute()))
            files, size = done["files"], done["bytes"]
        else:
            with open_workspace(project) as workspace, opened(project) as state:
                made = back_up(workspace.store, state, project, file, told)
            files, size = made.files, made.bytes
    console().print(f"Wrote {escape(str(file))}: {files:,} files, {size / 1e6:,.1f} MB.")


def restore(project: Path, file: Path, *, replace: bool) -> None:
    from weatherglass.jobs.backup.restoring import restore as put_back

    if service(project) is not None:
        raise JobError(f"{project}: a service runs here; stop it first")
    done = put_back(file, project, replace=replace)
    out = console()
    out.print(f"Restored {done.files:,} files, {done.bytes / 1e6:,.1f} MB, of {done.made_at:%Y-%m-%d %H:%M} UTC.")
    if done.aside is not None:
        out.print(f"The store that was there is in {escape(str(done.aside))}; delete it when you do not need it.")
    if not (project / FILE_NAME).exists():
        out.print(f"The backup has no {FILE_NAME}; put yours into {escape(str(project))}.")


def erase(project: Path, user: str | None, account: str | None, *, yes: bool) -> None:
    subject = _subject(user, account)
    if not yes:
        typer.confirm(f"Erase {subject.kind} {subject.id!r} for good?", abort=True)
    running = service(project)
    if running is not None:
        receipt = running.delete(f"/held/{subject.kind}s/{part(subject.id)}")
    else:
        with open_workspace(project) as workspace, opened(project) as state:
            receipt = _erase(workspace, state, subject)
        compact(workspace.store.folder)
    told = f"Erased {receipt['events']:,} events and {receipt['rows']:,} rows"
    console().print(f"{told}; the receipt is {escape(receipt['receipt'])}.")


def _erase(workspace: Workspace, state: Any, subject: Subject) -> dict[str, Any]:
    from weatherglass.intake.log import Log
    from weatherglass.jobs.incoming.catching_up import LOG_FOLDER, catch_up
    from weatherglass.jobs.incoming.draining import mark
    from weatherglass.jobs.incoming.redacting import redactor
    from weatherglass.jobs.privacy.erasing import erase as take_out

    store = workspace.store
    catch_up(store, workspace.project)
    receipt = take_out(store, state, subject, me(), redactor(workspace.project))
    log = Log(store.folder / LOG_FOLDER, mark(store))
    # a new file, so that the one which may tell of them can go
    log.turn()
    log.commit([])
    log.forget(log.end)
    log.close()
    with suppress(NothingToScore):
        workspace.update()
    return receipt


def forget(project: Path, *, yes: bool) -> None:
    if not yes:
        typer.confirm("Forget all rows that are past the days of `retention:` for good?", abort=True)
    running = service(project)
    with progress() as told:
        if running is not None:
            counts = running.job(told, kind="retention")
        else:
            with open_workspace(project) as workspace, opened(project) as state:
                counts = _forget(workspace, state)
            compact(workspace.store.folder)
    shown = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    console().print(f"Forgot {shown}." if counts else "Nothing is past its days.")


def _forget(workspace: Workspace, state: Any) -> dict[str, int]:
    from weatherglass.jobs.live.store import today
    from weatherglass.jobs.privacy.forgetting import forget as take_out

    with suppress(NothingToScore):
        workspace.update()
    return take_out(workspace.store, state, workspace.project, today(workspace.project), me())


def held(project: Path, out: Path, user: str | None, account: str | None) -> None:
    from weatherglass.jobs.incoming.redacting import redactor
    from weatherglass.jobs.privacy.holding import held as gather
    from weatherglass.jobs.replacing import replacing

    subject = _subject(user, account)
    running = service(project)
    if running is not None:
        tables = running.get(f"/held/{subject.kind}s/{part(subject.id)}", events=EVENTS)["tables"]
    else:
        with open_workspace(project) as workspace, opened(project) as state:
            tables = gather(workspace.store, state, subject, EVENTS, redactor(workspace.project))
    if not tables:
        raise UnknownAccount(f"nothing is held of {subject.kind} {subject.id!r}")
    with replacing(out, private=True) as file:
        file.write(json.dumps(tables, indent=1, default=str, ensure_ascii=False).encode() + b"\n")
    rows = ", ".join(f"{len(rows):,} {table}" for table, rows in tables.items())
    console().print(f"Wrote {escape(str(out))}: {rows}.")


def _subject(user: str | None, account: str | None) -> Subject:
    if (user is None) == (account is None):
        raise typer.BadParameter("give either --user or --account", param_hint="--user")
    return Subject("user", user) if user is not None else Subject("account", str(account))
