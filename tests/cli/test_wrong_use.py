"""A command that cannot do what it is asked says so: 1 for what failed, 2 for what nobody should ask."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from commands import PROGRAM, changed, environment, picture, process, weatherglass

from weatherglass.config import FILE_NAME
from weatherglass.store import Store


def rewrite(project: Path, old: str, new: str) -> int:
    """Change a line of weatherglass.yml; its number."""
    file = project / FILE_NAME
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("command", [("score",), ("load", "anything.csv"), ("explain", "acme"), ("doctor",)])
def test_an_unknown_time_zone_names_the_line(command: tuple[str, ...], project: Path) -> None:
    line = rewrite(project, "timezone: UTC", "timezone: Europe/Belrin")
    before = (project / FILE_NAME).read_bytes()
    done = weatherglass(*command, "-p", project)
    assert done.code == 1
    assert f"{project / FILE_NAME}:{line}: timezone: unknown time zone 'Europe/Belrin'" in done.err
    assert "did you mean Europe/Berlin?" in done.err
    assert (project / FILE_NAME).read_bytes() == before


def test_a_wrong_configuration_leaves_the_store_alone(project: Path) -> None:
    before = picture(project)
    line = rewrite(project, "    product_usage:", "    product_usages:")
    done = weatherglass("score", "-p", project)
    assert done.code == 1
    assert f"{FILE_NAME}:{line}:" in done.err and "product_usage" in done.err
    assert changed(before, picture(project)) == [FILE_NAME]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", "--as-of", "tomorrow"), "not a calendar day"),
        (("score", "--as-of", "2024-02-30"), "not a calendar day"),
        (("explain",), "ACCOUNT"),
        (("load",), "PATH"),
        (("score", "--forecast"), "--forecast"),
        (("weather",), "weather"),
        (("simulate", "--out", "x", "--accounts", "0"), "accounts"),
    ],
)
def test_wrong_use_is_exit_code_2(arguments: tuple[str, ...], said: str) -> None:
    done = weatherglass(*arguments)
    assert done.code == 2
    assert said in done.err


def test_exit_codes_of_a_process(project: Path, tmp_path: Path) -> None:
    assert process("doctor", "-p", project).code == 0
    done = process("load", tmp_path / "nothing.csv", "-p", project)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("weatherglass: ") and "no such file or folder" in done.err
    assert "Traceback" not in done.err
    assert process("score", "--as-of", "x", "-p", project).code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain", "acmee"), "did you mean acme?"),
        (("explain", "acme", "--as-of", "2019-01-01"), "no row on 2019-01-01"),
        (("score", "--out", "scores.xlsx"), ".parquet, .csv, .json, .jsonl"),
        (("load", "picture.png"), "no such file or folder"),
    ],
)
def test_what_cannot_be_done_is_exit_code_1(arguments: tuple[str, ...], said: str, project: Path) -> None:
    before = picture(project)
    done = weatherglass(*arguments, "-p", project)
    assert done.code == 1
    assert said in done.err
    assert changed(before, picture(project)) == []


def test_no_project_here(tmp_path: Path) -> None:
    done = weatherglass("score", "-p", tmp_path)
    assert done.code == 1
    assert f"weatherglass init {tmp_path}" in done.err
    assert list(tmp_path.iterdir()) == []


def test_one_process_at_a_time_writes(project: Path) -> None:
    with Store.open(project):
        done = process("doctor", "-p", project)
    assert done.code == 1
    assert "another process has this store open" in done.err
    assert process("doctor", "-p", project).code == 0


def test_a_reader_that_goes_away_is_no_crash(project: Path) -> None:
    command = [*PROGRAM, "score", "-p", str(project), "--signals-out", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.read(10)
        running.stdout.close()
        said = running.stderr.read().decode()
    assert "Traceback" not in said
