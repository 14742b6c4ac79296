"""How a process ends: with the right code, with all that was said, and with nothing said that is not for its user."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from commands import PROGRAM, environment, process, weatherglass
from service import Service


@pytest.fixture
def project(tmp_path: Path) -> Path:
    assert weatherglass("init", tmp_path / "project").good
    return tmp_path / "project"


def test_codes_and_what_was_said(project: Path) -> None:
    assert process("init", project / "another").code == 0
    assert process("score", "--data", project / "nowhere").code == 1
    assert process("score", "--no-such-option").code == 2
    said = process("--version")
    assert said.good and said.err == "" and said.out.startswith("weatherglass")


def test_what_is_to_be_done_at_the_end_is_done() -> None:
    done = process("--version", before="import atexit\natexit.register(lambda: print('the end'))")
    assert done.out.splitlines()[-1] == "the end" and done.good


def test_a_full_disk_behind_the_output_is_said(project: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "doctor", "-p", project],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
    assert done.returncode == 1 and done.stderr == "weatherglass: No space left on device\n"


def test_who_reads_only_the_beginning_hears_no_complaint(project: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "doctor", "-p", project], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as command:
        assert command.stdout is not None and command.stderr is not None
        command.stdout.close()
        said = command.stderr.read()
    assert said == b"" and command.returncode != 0


def test_a_service_goes_at_once_and_without_a_word_that_is_not_a_log_line(project: Path) -> None:
    for _ in range(3):
        # told to as soon as it says where it is: before it listens to signals as it does later
        with Service(project) as service:
            assert service.stop() == 0
    assert [line for line in service.log.read_text().splitlines() if not line.startswith("{")] == []
