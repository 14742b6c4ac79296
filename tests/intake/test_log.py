"""The log: what was committed is read again, whatever has become of the end of its last file."""

from __future__ import annotations

import os
import random
import resource
from pathlib import Path

import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.intake import log as log_module
from weatherglass.intake.entries import packed
from weatherglass.intake.log import Log, LogUnavailable


def filled(folder: Path, bodies: list[bytes], per_commit: int = 3) -> Log:
    log = Log(folder)
    for low in range(0, len(bodies), per_commit):
        log.commit([packed(low, "track", "key", body) for body in bodies[low : low + per_commit]])
    return log


def bodies(log: Log, start: int = 0) -> list[bytes]:
    return [entry.body for entry in log.read(start, 1 << 30)]


MANY = [b'{"n":%d}' % number * (1 + number % 7) for number in range(40)]


def test_what_was_committed_is_read_again(tmp_path: Path) -> None:
    log = filled(tmp_path, MANY)
    assert bodies(log) == MANY
    log.close()
    again = Log(tmp_path)
    assert again.damage == []
    assert again.end == log.end
    assert bodies(again) == MANY
    assert next((entry.kind, entry.key) for entry in again.read(0, 1 << 30)) == ("track", "key")


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    filled(tmp_path, MANY[:20]).close()
    log = Log(tmp_path)
    log.commit([packed(0, "track", "key", body) for body in MANY[20:]])
    assert bodies(log) == MANY
    middle = list(log.read(0, 1 << 30))[25].position
    assert bodies(log, middle) == MANY[25:]


def test_only_so_much_is_read_at_once(tmp_path: Path) -> None:
    log = filled(tmp_path, MANY)
    first = list(log.read(0, 100))
    assert 0 < len(first) < len(MANY)
    assert [entry.body for entry in first] + bodies(log, first[-1].end) == MANY


@drawn(60)
@given(cut=st.integers(1, 400), bodies_=st.lists(st.binary(min_size=1, max_size=60), min_size=2, max_size=12))
def test_a_torn_end_is_cut_off(tmp_path_factory: pytest.TempPathFactory, cut: int, bodies_: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("log")
    filled(folder, bodies_, 2).close()
    [path] = folder.glob("*.log")
    size = path.stat().st_size
    cut = min(cut, size - 1)
    os.truncate(path, size - cut)
    log = Log(folder)
    held = bodies(log)
    assert held == bodies_[: len(held)]
    assert len(held) < len(bodies_)
    assert all(damage.torn for damage in log.damage)
    log.commit([packed(0, "track", "key", b"after")])
    assert bodies(log) == [*held, b"after"]
    log.close()
    assert Log(folder).damage == []


def test_zeros_after_a_crash_are_no_messages(tmp_path: Path) -> None:
    filled(tmp_path, MANY).close()
    [path] = tmp_path.glob("*.log")
    with path.open("ab") as file:
        file.write(bytes(100_000))
    log = Log(tmp_path)
    assert [str(damage) for damage in log.damage] == [
        f"{path.name}: 100,000 bytes of an unfinished message at its end were cut off"
    ]
    assert bodies(log) == MANY


def test_damage_in_the_middle_is_reported_and_passed_over(tmp_path: Path) -> None:
    log = filled(tmp_path, MANY)
    victims = list(log.read(0, 1 << 30))[10:12]
    log.close()
    [path] = tmp_path.glob("*.log")
    with path.open("r+b") as file:
        file.seek(victims[0].position + 3)
        file.write(random.Random(1).randbytes(victims[1].end - victims[0].position - 6))
    again = Log(tmp_path)
    assert bodies(again) == MANY[:10] + MANY[12:]
    [damage] = again.damage
    assert not damage.torn
    assert (damage.position, damage.length) == (victims[0].position, victims[1].end - victims[0].position)


def test_a_block_of_another_place_is_no_message(tmp_path: Path) -> None:
    filled(tmp_path, [b"aaaa", b"bbbb"], 1).close()
    [path] = tmp_path.glob("*.log")
    data = path.read_bytes()
    path.write_bytes(data + data)
    log = Log(tmp_path)
    assert bodies(log) == [b"aaaa", b"bbbb"]
    assert log.damage[0].length == len(data)


def test_files_follow_one_another_and_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "FILE_BYTES", 200)
    log = filled(tmp_path, MANY)
    assert len(list(tmp_path.glob("*.log"))) > 3
    assert bodies(log) == MANY
    entry = list(log.read(0, 1 << 30))[20]
    log.forget(entry.end)
    assert bodies(log, entry.end) == MANY[21:]
    assert len(list(tmp_path.glob("*.log"))) < 8
    log.forget(log.end)
    assert len(list(tmp_path.glob("*.log"))) == 1
    log.close()
    again = Log(tmp_path)
    assert again.end == log.end
    assert again.damage == []


def test_it_never_begins_before_what_the_store_has_taken(tmp_path: Path) -> None:
    log = Log(tmp_path, 1000)
    log.commit([packed(0, "track", "key", b"x")])
    [entry] = log.read(1000, 1 << 30)
    assert entry.position == 1000


def test_a_full_disk_keeps_nothing_and_is_got_over(tmp_path: Path) -> None:
    log = filled(tmp_path, MANY[:10])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, before[1]))
    try:
        with pytest.raises(LogUnavailable, match="File too large"):
            log.commit([packed(0, "track", "key", b"x" * 1000)])
        with pytest.raises(LogUnavailable, match="File too large"):
            log.commit([packed(0, "track", "key", b"y" * 1000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    log.commit([packed(0, "track", "key", b"z" * 1000)])
    assert bodies(log) == [*MANY[:10], b"z" * 1000]
    log.close()
    again = Log(tmp_path)
    assert bodies(again) == [*MANY[:10], b"z" * 1000]
    assert again.damage == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LogUnavailable, match="cannot be opened"):
        Log(tmp_path / "file" / "log")
