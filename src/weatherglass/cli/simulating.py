"""The command `simulate`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import typer
from rich.markup import escape

from weatherglass.cli.opening import day
from weatherglass.cli.terminal import console
from weatherglass.simulation import simulate_company, simulate_events_parquet, write_company


def run(out: Path, size: tuple[int, int, int], end: str | None, form: str, events: int | None) -> None:
    accounts, days, seed = size
    last = day(end, "--end") or dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    if form not in ("parquet", "csv", "jsonl"):
        raise typer.BadParameter(f"{form!r} is not parquet, csv or jsonl", param_hint="--format")
    if events is not None:
        first = last - dt.timedelta(days=days - 1)
        written = simulate_events_parquet(out, accounts, days, events, seed, first)
        console().print(f"Wrote {len(written):,} files to {escape(str(out))}")
        return
    company = simulate_company(accounts, days, seed, last)
    written = write_company(company, out, form)  # type: ignore[arg-type]
    console().print(f"Wrote {len(written):,} files to {escape(str(out))}")
    for story in company.stories:
        whose = story.account_id or "everyone"
        console().print(f"  {escape(whose)}: {escape(story.name)} (from {story.start(last)}, see {story.signal})")
