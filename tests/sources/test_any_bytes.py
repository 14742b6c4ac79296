"""Whatever the bytes, a file is read or refused by name; nothing else is ever raised, and nothing is left behind."""

from __future__ import annotations

import gzip
import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sources.bench import Bench, names_in
from weatherglass.sources import SourceError, discover, read

GOOD = {
    "tickets.csv": b'ticket_id,account_id,opened_at,text,csat\n1,"a,""b""",2024-01-05,"x\ny",5\n2,b,1704448800,,\n' * 3,
    "tickets.jsonl": b'{"ticket_id":1,"account_id":"a","opened_at":"2024-01-05","x":{"y":[1]}}\n' * 3,
    "events.json": b'[{"event":"x","ts":1704448800,"context":{"groupId":"g"},"properties":{"a":1}}]',
    "export.jsonl": b'{"type":"track","event":"x","userId":"u","timestamp":"2024-01-05","context":{"groupId":"g"}}\n'
    * 3,
    "events.csv.gz": gzip.compress(b"account_id,name,timestamp\na,x,2024-01-05\n"),
}
SIGNS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"'",
    b";",
    b" ",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
]


def damaged(content: bytes, seed: int) -> bytes:
    """A good file with a few bytes added, taken out or changed."""
    draw = random.Random(seed)
    for _ in range(draw.randint(1, 4)):
        at = draw.randint(0, len(content))
        kind = draw.random()
        piece = draw.choice(SIGNS) if kind < 0.7 else b""
        content = content[:at] + piece + content[at + draw.randint(0, 3) * (kind > 0.4) :]
    return content


def tried(bench: Bench, name: str, content: bytes) -> None:
    path = bench.write(name, content)
    for lenient in (False, True):
        try:
            for file in discover([path]):
                read(bench.engine, file, lenient=lenient).close(bench.engine)
        except SourceError as error:
            assert str(path) in str(error)
    assert names_in(bench.engine) == []


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
@pytest.mark.parametrize("name", GOOD)
def test_damaged_files(bench: Bench, name: str, seed: int) -> None:
    tried(bench, name, damaged(GOOD[name], seed))


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"\x1f\x8b")
@example(b"{")
@example(b"[")
@example(b'"')
@example(b"\n\n,\n")
@pytest.mark.parametrize("name", ["events.csv", "events.jsonl", "events.json", "events.parquet", "events.csv.zst"])
def test_any_bytes(bench: Bench, name: str, content: bytes) -> None:
    tried(bench, name, content)
