"""What drove the alerts of a day, looked for together, is what is found account by account."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import yaml

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.jobs.acting.driving import BEFORE, DRIVERS, driven
from weatherglass.jobs.acting.recording import record
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.explaining import explain
from weatherglass.scores.words import sentence
from weatherglass.simulation import product_settings, simulate_company, write_company

END = dt.date(2026, 10, 31)


def test_together_is_one_by_one(tmp_path: Path) -> None:
    write_company(simulate_company(30, 220, 4, END), tmp_path / "data")
    settings = {"name": "Drivers", **product_settings()}
    (tmp_path / FILE_NAME).write_text(yaml.safe_dump(settings), encoding="utf-8")
    with workspace.open(tmp_path) as first:
        first.load(tmp_path / "data")
        first.update(END - dt.timedelta(days=15))
    changed = {**settings, "scorecard": {"tiers": "letters", "dimensions": {"support_signals": {"weight": 0.5}}}}
    (tmp_path / FILE_NAME).write_text(yaml.safe_dump(changed), encoding="utf-8")
    with workspace.open(tmp_path) as opened:
        opened.update(END)
        read = record(opened.store, opened.project, END - dt.timedelta(days=40))
        accounts = [one.account_id for one in read.who]
        several = 0
        # before the card changed, and with the change between the two days
        for day in (END - dt.timedelta(days=16), END):
            found = driven(opened.store, accounts, day)
            for account in accounts:
                told = found.get(account, ())
                try:
                    explained = explain(opened.store, account, day, day - dt.timedelta(days=BEFORE))
                except UnknownAccount:
                    assert told == ()
                    continue
                versus = explained.versus
                assert versus is not None
                moves = [] if versus.change is None else versus.change.moves
                wanted = [one for one in moves if one.points < -0.5][:DRIVERS]
                rows = {(row["dimension"], row["signal"]): row for row in explained.day.signals}
                assert [(one.dimension, one.signal, one.points) for one in told] == [
                    (one.dimension, one.signal, one.points) for one in wanted
                ]
                for one in told:
                    row = rows[one.dimension, one.signal]
                    assert (one.after, one.share) == (row["score"], row["weight"] or 0.0)
                    assert one.words == sentence(row, explained.day.card)
                    several += one.since is not None
        assert several > 5
        assert driven(opened.store, [], END) == {}
