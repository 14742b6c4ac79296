"""The log: messages in files that only grow, each safe on disk before anybody is told so.

A file is named by the position of its first byte. A message is its length, a checksum over position and payload, and
the payload. What is wrong at the end of the last file was never answered for, and is cut off; what is wrong elsewhere
is passed over and reported, for it was.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from weatherglass.intake.entries import SHORTEST, Entry, unpacked
from weatherglass.intake.syncing import sync

FILE_BYTES = 64 * 1024 * 1024
"""A file that has grown to this size is followed by a new one."""
LONGEST = 64 * 1024 * 1024
"""A length beyond this is no length."""

_LOOKED_AT = 4 * 1024 * 1024
_FRAME = struct.Struct("<II")
_ENDING = ".log"


class LogUnavailable(Exception):
    """The disk does not take what is to be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of the log that cannot be read."""

    file: Path
    position: int
    length: int
    torn: bool
    """Whether they are the unfinished end of the last file: nothing that was acknowledged is lost then."""

    def __str__(self) -> str:
        if self.torn:
            return f"{self.file.name}: {self.length:,} bytes of an unfinished message at its end were cut off"
        return f"{self.file.name}: {self.length:,} bytes from position {self.position:,} are damaged and passed over"


class Log:
    """An open log. One thread commits; reading and forgetting are safe beside it."""

    def __init__(self, folder: Path, least: int = 0) -> None:
        """least: the log goes on at this position or beyond it, whatever has become of its files."""
        self._folder = folder
        self.damage: list[Damage] = []
        """What was found wrong when the log was opened."""
        self._file = -1
        self._written = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._starts = sorted(int(path.stem) for path in folder.glob(f"*{_ENDING}"))
            self.end = max(least, self._recover() if self._starts else 0)
        except OSError as error:
            raise LogUnavailable(f"{folder}: the intake log cannot be opened: {error.strerror or error}") from error

    def commit(self, payloads: Sequence[bytes]) -> int:
        """Have messages safe on disk; the position after them. Raises LogUnavailable, and then none of them is kept."""
        place = self.end
        frames: list[bytes] = []
        for payload in payloads:
            frames += (_frame(place, payload), payload)
            place += _FRAME.size + len(payload)
        try:
            if self._file < 0 or self._written >= FILE_BYTES:
                self._follow()
            _write(self._file, b"".join(frames))
            os.fdatasync(self._file)
        except OSError as error:
            self._give_up()
            raise LogUnavailable(f"{self._folder}: {error.strerror or error}") from error
        self._written += place - self.end
        self.end = place
        return place

    def read(self, start: int, most_bytes: int) -> Iterator[Entry]:
        """Messages from a position on, until there are no more or so many bytes have been read."""
        end, taken = self.end, 0
        starts = list(self._starts)
        for place, begin in enumerate(starts):
            until = starts[place + 1] if place + 1 < len(starts) else end
            if until <= start or taken >= most_bytes:
                continue
            with self._path(begin).open("rb") as file:
                for position, payload in _frames(file.fileno(), begin, max(start, begin), min(until, end)):
                    if payload is None:
                        continue
                    yield unpacked(position, position + _FRAME.size + len(payload), payload)
                    taken += len(payload)
                    if taken >= most_bytes:
                        return

    def forget(self, position: int) -> None:
        """Take away files that lie wholly before a position."""
        while len(self._starts) > 1 and self._starts[1] <= position:
            self._path(self._starts[0]).unlink(missing_ok=True)
            del self._starts[0]

    def turn(self) -> None:
        """Go on in a new file with the next commit, so that the one that is open can be forgotten."""
        self._written = FILE_BYTES

    def close(self) -> None:
        """Close the file; the log must not be used any more."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _path(self, start: int) -> Path:
        return self._folder / f"{start:020d}{_ENDING}"

    def _follow(self) -> None:
        """Open the file that begins where the log ends."""
        self.close()
        path = self._path(self.end)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o600)
        self._written = 0
        sync(self._folder)
        if not self._starts or self._starts[-1] != self.end:
            self._starts.append(self.end)

    def _give_up(self) -> None:
        # after a failed sync nobody knows what of the file is on disk: the next commit begins a new one
        if self._file >= 0:
            with suppress(OSError):
                os.ftruncate(self._file, self.end - self._starts[-1])
            with suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _recover(self) -> int:
        """Check every file; the position after the last good message."""
        end = self._starts[0]
        for place, begin in enumerate(self._starts):
            last = place + 1 == len(self._starts)
            path = self._path(begin)
            until = begin + path.stat().st_size if last else self._starts[place + 1]
            end = self._check(path, begin, until, last=last)
        return end

    def _check(self, path: Path, begin: int, until: int, *, last: bool) -> int:
        end = begin
        bad: list[tuple[int, int]] = []
        with path.open("rb") as file:
            place = begin
            for position, payload in _frames(file.fileno(), begin, begin, until):
                if payload is None:
                    bad.append((place, position))
                    place = position
                else:
                    place = end = position + _FRAME.size + len(payload)
        for low, high in bad:
            torn = last and low == end
            self.damage.append(Damage(path, low, high - low, torn))
            if torn:
                with path.open("r+b") as file:
                    file.truncate(end - begin)
                    os.fsync(file.fileno())
        return end if last else until


def _frame(position: int, payload: bytes) -> bytes:
    return _FRAME.pack(len(payload), _checksum(position, payload))


def _checksum(position: int, payload: bytes) -> int:
    # the position takes part: a block of another place, or of another time, is no message here
    return zlib.crc32(payload, zlib.crc32(position.to_bytes(8, "little")))


def _frames(file: int, begin: int, start: int, until: int) -> Iterator[tuple[int, bytes | None]]:
    """Positions and payloads; a stretch that cannot be read is its end and None."""
    place = start
    while place < until:
        for position, payload in _good(os.pread(file, min(until - place, _LOOKED_AT), place - begin), place):
            yield position, payload
            place = position + _FRAME.size + len(payload)
        if place >= until:
            return
        # what does not lie whole within what was looked at, or is damaged
        alone = _payload(file, begin, place, until)
        if alone is not None:
            yield place, alone
            place += _FRAME.size + len(alone)
            continue
        place = _next_good(file, begin, place + 1, until)
        yield place, None


def _good(data: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The messages that lie whole within some bytes of a file, up to the first that does not, or is damaged."""
    at, size = 0, len(data)
    while at + _FRAME.size <= size:
        length, checksum = _FRAME.unpack_from(data, at)
        end = at + _FRAME.size + length
        if length < SHORTEST or end > size:
            return
        payload = data[at + _FRAME.size : end]
        if _checksum(place + at, payload) != checksum:
            return
        yield place + at, payload
        at = end


def _next_good(file: int, begin: int, start: int, until: int) -> int:
    """The first place from `start` on where a message lies; `until` where there is none."""
    low = start
    while low < until:
        data = os.pread(file, min(until - low, _LOOKED_AT), low - begin)
        if len(data) < _FRAME.size:
            break
        bytes_ = np.frombuffer(data, np.uint8).astype(np.int64)
        count = len(bytes_) - 3
        lengths = sum(bytes_[byte : count + byte] << 8 * byte for byte in range(4))
        rest = until - low - np.arange(count) - _FRAME.size
        for at in np.flatnonzero((lengths >= SHORTEST) & (lengths <= rest)):
            if _payload(file, begin, low + int(at), until) is not None:
                return low + int(at)
        low += count
    return until


def _payload(file: int, begin: int, place: int, until: int) -> bytes | None:
    head = os.pread(file, _FRAME.size, place - begin)
    if len(head) < _FRAME.size:
        return None
    length, checksum = _FRAME.unpack(head)
    if length > LONGEST or place + _FRAME.size + length > until:
        return None
    payload = os.pread(file, length, place - begin + _FRAME.size)
    return payload if len(payload) == length and _checksum(place, payload) == checksum else None


def _write(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
