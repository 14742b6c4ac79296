"""The command `demo`: a simulated company, scored and shown."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import sys
from pathlib import Path

import yaml
from rich.markup import escape

from weatherglass.cli.explaining import show
from weatherglass.cli.terminal import console, progress, table
from weatherglass.config import FILE_NAME
from weatherglass.jobs.errors import JobError
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.store.store import FOLDER
from weatherglass.workspace import Workspace, open

MADE_HERE = "made by `weatherglass demo`"
SHOWN = 10
EMAIL = "demo@example.com"
HOST, PORT = "127.0.0.1", 8017


def run(folder: Path, size: tuple[int, int, int], *, serve: bool | None, port: int) -> None:
    """Make the demo, and end with its page.

    size: accounts, days, seed. serve: whether to serve it until told to stop; on a terminal, where it is not said.
    """
    accounts, days, seed = size
    out = console()
    _clear(folder)
    end = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    out.print(f"Simulating {accounts:,} accounts over {days:,} days, up to {end} ...")
    company = simulate_company(accounts, days, seed, end)
    write_company(company, folder / "data")
    settings = {"name": "Demo", **product_settings()}
    text = f"# {MADE_HERE}; it is made anew each time\n" + yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    with open(folder) as opened:
        loaded = opened.load(folder / "data")
        out.print(f"Loaded {sum(one.new for one in loaded.files):,} rows from {len(loaded.files)} files.")
        with progress() as told:
            done = opened.update(progress=told)
        out.print(f"Scored {done.update.rows:,} account-days, up to {done.as_of}.\n")
        _portfolio(opened)
        story = next((one for one in company.stories if one.account_id), None)
        rows = opened.scores().to_pylist()
        account = story.account_id if story and story.account_id else rows[0]["account_id"]
        known = {row["account_id"] for row in rows}
        if account in known:
            before = done.as_of - dt.timedelta(days=28)
            history = opened.scores(before, before, [account]).to_pylist()
            show(opened.explain(account, versus=before if history else None))
        report = opened.report(folder / "report.html")
    out.print("\nKnown stories in this company:")
    for one in company.stories:
        out.print(f"  {escape(one.account_id or 'everyone')}: {escape(one.name)} (see {one.signal})")
    out.print(
        f"\nThe report is in {escape(str(report))}. More: `weatherglass explain acc_0002 -p {escape(str(folder))}`."
    )
    password = _person(folder)
    out.print(f"The page has a demo account, an admin: {EMAIL}, password {escape(password)}")
    if _on_a_terminal() if serve is None else serve:
        _serve(folder, port)
    else:
        place = f"http://{HOST}:{port or PORT}"
        out.print(f"Open it with `weatherglass serve -p {escape(str(folder))}`: {place}/login")


def _person(folder: Path) -> str:
    """The demo account, an admin; its password."""
    from weatherglass.state import State
    from weatherglass.state.actor import command_line
    from weatherglass.state.secret import new

    password, by = new("demo"), command_line("demo")
    with State.open(folder / FOLDER) as state:
        known = state.people.by_email(EMAIL)
        if known is None:
            state.people.create(by, EMAIL, "Demo Visitor", "admin", password)
        else:
            state.people.set_password(by, known.id, password)
    return password


def _on_a_terminal() -> bool:
    """Whether someone is there who can stop a service."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def _serve(folder: Path, port: int) -> None:
    """Serve the demo until told to stop, with its page open where there is a browser."""
    from weatherglass.cli.serving import run as serve
    from weatherglass.cli.serving import show

    out = console()

    def enter(address: str) -> None:
        opened = "It is open in your browser" if show(address) else "Open it in a browser"
        out.print(f"{opened}, signed in: {escape(address)}\nStop it with Ctrl+C.", soft_wrap=True)

    serve(folder, HOST, port if port and _free(port) else 0, enter, EMAIL)


def _free(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex((HOST, port)) != 0


def _clear(folder: Path) -> None:
    """Take away an older demo, and nothing else."""
    file = folder / FILE_NAME
    if file.exists() and MADE_HERE in file.read_text(encoding="utf-8"):
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise JobError(f"{folder} holds something else than a demo; choose another folder with --dir")
    folder.mkdir(parents=True, exist_ok=True)


def _portfolio(opened: Workspace) -> None:
    out = console()
    rows = opened.scores().to_pylist()
    names = dict(opened.store.engine.rows("SELECT account_id, name FROM accounts"))
    tiers: dict[str, int] = {}
    for row in rows:
        tiers[row["tier_shown"]] = tiers.get(row["tier_shown"], 0) + 1
    out.print("[bold]Portfolio[/]: " + ", ".join(f"{count} {tier}" for tier, count in sorted(tiers.items())))
    worst = sorted((row for row in rows if row["score"] is not None), key=lambda row: row["score"])[:SHOWN]
    shown = [
        (
            row["account_id"],
            names.get(row["account_id"]),
            row["score"],
            row["tier_shown"],
            row["lifecycle"],
            row["confidence"],
        )
        for row in worst
    ]
    columns = ("account", "name", "score", "tier", "lifecycle", "confidence")
    out.print(table(columns, shown, numbers=("score", "confidence")))
    out.print()
