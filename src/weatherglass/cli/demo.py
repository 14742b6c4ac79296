"""The command `demo`: a simulated company, scored and shown."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import yaml
from rich.markup import escape

from weatherglass.cli.explaining import show
from weatherglass.cli.terminal import console, progress, table
from weatherglass.config import FILE_NAME
from weatherglass.jobs.errors import JobError
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.workspace import Workspace, open

MADE_HERE = "made by `weatherglass demo`"
SHOWN = 10


def run(folder: Path, accounts: int, days: int, seed: int) -> None:
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
