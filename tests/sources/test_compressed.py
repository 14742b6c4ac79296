"""Compressed files: read, and tried to the end."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
import zstandard

from sources.bench import Bench

CSV = b"ticket_id,account_id,opened_at\n" + b"".join(b"%d,a%d,2024-01-05\n" % (n, n * n) for n in range(20_000))
JSON = b"".join(b'{"ticket_id":%d,"account_id":"a%d","opened_at":"2024-01-05"}\n' % (n, n * n) for n in range(20_000))
PACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstandard.compress}


@pytest.mark.parametrize("packed", [".gz", ".zst"])
@pytest.mark.parametrize(("name", "content"), [("tickets.csv", CSV), ("tickets.jsonl", JSON)])
class TestPacked:
    def test_is_read(self, bench: Bench, name: str, content: bytes, packed: str) -> None:
        assert bench.reading(name + packed, PACK[packed](content)).rows == 20_000

    def test_in_several_parts_is_read(self, bench: Bench, name: str, content: bytes, packed: str) -> None:
        half = content.index(b"\n", len(content) // 2) + 1
        parts = PACK[packed](content[:half]) + PACK[packed](content[half:])
        assert bench.reading(name + packed, parts).rows == 20_000

    @pytest.mark.parametrize("lost", [1, 5, 1000])
    def test_cut_off_is_refused(self, bench: Bench, name: str, content: bytes, packed: str, lost: int) -> None:
        error = bench.refused(name + packed, PACK[packed](content)[:-lost], lenient=True)
        assert "cut off or damaged" in str(error)

    def test_damaged_is_refused(self, bench: Bench, name: str, content: bytes, packed: str) -> None:
        bytes_ = bytearray(PACK[packed](content))
        bytes_[len(bytes_) // 2] ^= 0xFF
        if packed == ".gz":
            assert "cut off or damaged" in str(bench.refused(name + packed, bytes(bytes_), lenient=True))

    def test_not_packed_at_all_is_refused(self, bench: Bench, name: str, content: bytes, packed: str) -> None:
        assert "cut off or damaged" in str(bench.refused(name + packed, content))

    def test_nothing_packed_is_empty(self, bench: Bench, name: str, content: bytes, packed: str) -> None:
        assert "the file is empty" in str(bench.refused(name + packed, PACK[packed](b"")))


def test_utf_16_packed(bench: Bench) -> None:
    assert bench.reading("tickets.csv.gz", gzip.compress(CSV.decode().encode("utf-16"))).rows == 20_000
