"""What commands say of what they did is so."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import weatherglass

from weatherglass.config import FILE_NAME

KEPT = "days before keep the card they were scored with"


def configure(project: Path, old: str, new: str) -> None:
    file = project / FILE_NAME
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def said(*arguments: str | Path) -> str:
    done = weatherglass(*arguments)
    assert done.good, done.err
    return " ".join(done.out.split())


class TestChangeOfConfiguration:
    def test_another_weight_holds_from_the_day_on(self, project: Path) -> None:
        configure(project, "weight: 0.30", "weight: 0.9")
        out = said("score", "-p", project, "--as-of", "2024-02-20")
        assert f"it holds from 2024-02-20 on, {KEPT}" in out
        assert "configuration" not in said("score", "-p", project, "--as-of", "2024-02-20")

    def test_another_weight_since_a_day_holds_from_that_day_on(self, project: Path) -> None:
        configure(project, "weight: 0.30", "weight: 0.9")
        out = said("score", "-p", project, "--as-of", "2024-02-20", "--since", "2024-02-01")
        assert f"it holds from 2024-02-01 on, {KEPT}" in out

    def test_what_makes_other_roll_ups_holds_for_every_day(self, project: Path) -> None:
        for change in (("core_actions: []", "core_actions: [edit]"), ("timezone: UTC", "timezone: Asia/Kolkata")):
            configure(project, *change)
            out = said("score", "-p", project)
            assert KEPT not in out
            assert "every day was scored again with it" in out
            assert "configuration" not in said("score", "-p", project)


class TestDoctor:
    def test_before_the_first_score_it_says_what_to_run(self, made: Path, tmp_path: Path) -> None:
        project = tmp_path / "project"
        assert weatherglass("init", project).good
        configure(project, "core_actions: []", "core_actions: [edit]")
        assert weatherglass("load", made.parent / "data", "-p", project).good
        out = said("doctor", "-p", project)
        assert "events are loaded and not scored yet" in out and "run `weatherglass score`" in out
        assert "join coverage: not known before the events are scored" in out
        for unfounded in ("no event at all", "reach an account", "no event is named"):
            assert unfounded not in out
        assert weatherglass("score", "-p", project).good
        out = said("doctor", "-p", project)
        assert "not scored yet" not in out and "events reach an account" in out

    @pytest.mark.parametrize(
        ("users", "told"), [(0, "no event names its user"), (9, "90.0% of the accounts' events name no user")]
    )
    def test_events_without_users_are_told(self, tmp_path: Path, users: int, told: str) -> None:
        assert weatherglass("init", tmp_path).good
        rows = "".join(
            f"a,{'u' if number < users else ''},edit,2024-01-02T{number % 24:02}:00\n" for number in range(90)
        )
        (tmp_path / "events.csv").write_text(f"account_id,user_id,name,timestamp\n{rows}")
        assert weatherglass("load", tmp_path / "events.csv", "-p", tmp_path).good
        assert weatherglass("score", "-p", tmp_path).good
        assert told in said("doctor", "-p", tmp_path)

    def test_event_names_that_are_too_many_to_be_features_are_told(self, tmp_path: Path) -> None:
        assert weatherglass("init", tmp_path).good
        rows = "".join(f"a,u,name {number},2024-01-02\n" for number in range(21))
        (tmp_path / "events.csv").write_text(f"account_id,user_id,name,timestamp\n{rows}")
        assert weatherglass("load", tmp_path / "events.csv", "-p", tmp_path).good
        assert weatherglass("score", "-p", tmp_path).good
        assert "each of 21 event names is one" in said("doctor", "-p", tmp_path)
        configure(tmp_path, "features: {}", "features: {first: [name 1]}")
        assert weatherglass("score", "-p", tmp_path).good
        assert "event names is one" not in said("doctor", "-p", tmp_path)

    def test_events_that_wait_are_counted_apart(self, project: Path, tmp_path: Path) -> None:
        late = tmp_path / "events.csv"
        late.write_text(
            "account_id,user_id,name,timestamp\nnew,u,brand new,2024-02-01\n,nobody,edit,2024-02-01\n",
            encoding="utf-8",
        )
        accounts = tmp_path / "accounts.csv"
        accounts.write_text("account_id,created_at\nnew,2024-01-01\n", encoding="utf-8")
        before = said("doctor", "-p", project)
        assert weatherglass("load", late, accounts, "-p", project).good
        configure(project, "core_actions: []", "core_actions: [brand new]")
        out = said("doctor", "-p", project)
        assert "2 events are loaded and not scored yet" in out
        assert "no event at all" not in out and "no event is named" not in out
        (joined,) = (part for part in before.split("● ") if "reach an account" in part)
        assert joined in out, "the share is that of the events that were looked at"


class TestOrder:
    """Accounts are scored in the order in which they began, which is nobody's order."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "data"
        folder.mkdir()
        began = {"b": 3, "a": 9, "d": 1, "c": 5}
        lines = [f"{name},u,edit,2024-01-{day:02}" for name, first in began.items() for day in range(first, 29)]
        (folder / "events.csv").write_text("\n".join(["account_id,user_id,name,timestamp", *lines]), encoding="utf-8")
        return folder

    def test_a_table_is_by_account_and_day(self, project: Path, folder: Path) -> None:
        assert self.shown("score", "--data", folder, "--out", "-") == [["a"], ["b"], ["c"], ["d"]]
        assert weatherglass("load", folder, "-p", project).good
        rows = self.shown("score", "-p", project, "--since", "2024-02-20", "--out", "-", days=True)
        assert len(rows) > len({name for name, _ in rows}) and rows == sorted(rows)
        lines = self.shown("score", "--data", folder, "--signals-out", "-")
        assert lines == sorted(lines)

    def shown(self, *arguments: str | Path, days: bool = False) -> list[list[str]]:
        done = weatherglass(*arguments)
        assert done.good, done.err
        return [line.split()[: 1 + days] for line in done.out.splitlines()[1:]]

    def test_a_file_of_one_day_is_by_account(self, folder: Path, tmp_path: Path) -> None:
        files = [tmp_path / f"scores{ending}" for ending in (".parquet", ".csv", ".json", ".jsonl")]
        for file in files:
            done = weatherglass("score", "--data", folder, "--out", file, "--signals-out", file.with_stem("signals"))
            assert done.good, done.err
        for read in (scores_of, signals_of):
            found = [read(file) for file in files]
            assert found[0] and found == [sorted(found[0])] * len(files)


def scores_of(file: Path) -> list[str]:
    return [str(row["account_id"]) for row in rows_of(file)]


def signals_of(file: Path) -> list[str]:
    return scores_of(file.with_stem("signals"))


def rows_of(file: Path) -> list[dict[str, object]]:
    match file.suffix:
        case ".parquet":
            return pq.read_table(file).to_pylist()  # type: ignore[no-any-return]
        case ".csv":
            with file.open(newline="", encoding="utf-8") as text:
                return [dict(row) for row in csv.DictReader(text)]
        case ".json":
            return json.loads(file.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
        case _:
            return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_package_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "weatherglass", "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "weatherglass" in done.stdout.lower() and "explain" in done.stdout
