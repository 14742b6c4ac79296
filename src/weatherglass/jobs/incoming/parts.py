"""The records of some messages, each with the message that it came in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import overload

import msgspec

from weatherglass.intake.calls import calls
from weatherglass.intake.entries import Entry
from weatherglass.intake.plain import Call


class Part(msgspec.Struct, frozen=True):
    """One record of a message."""

    record: bytes
    entry: Entry
    number: int
    """Its place in the message, from 0."""


class Parts(Sequence[Part]):
    """Calls in order. Most are never looked at one by one, so a call is cut out of its message when it is asked for."""

    def __init__(self) -> None:
        self.said: list[Call | None] = []
        """What each call says; None for one that cannot be plain."""
        self._starts: list[int] = []
        self._runs: list[tuple[Part, ...] | Entry] = []

    def add(self, part: Part, call: Call | None) -> None:
        """Note one call of a message, and what it says."""
        self._begin((part,))
        self.said.append(call)

    def extend(self, entry: Entry, found: Sequence[Call]) -> None:
        """Note all calls of a message, and what they say."""
        self._begin(entry)
        self.said.extend(found)

    def _begin(self, run: tuple[Part, ...] | Entry) -> None:
        self._starts.append(len(self.said))
        self._runs.append(run)

    def __len__(self) -> int:
        return len(self.said)

    @overload
    def __getitem__(self, place: int) -> Part: ...
    @overload
    def __getitem__(self, place: slice) -> list[Part]: ...
    def __getitem__(self, place: int | slice) -> Part | list[Part]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self.said):
            raise IndexError(place)
        at = bisect_right(self._starts, place) - 1
        run = self._runs[at]
        if isinstance(run, Entry):
            run = self._runs[at] = tuple(Part(call, run, number) for number, call in enumerate(calls(run)))
        return run[place - self._starts[at]]
