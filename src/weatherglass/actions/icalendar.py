"""Tasks as an iCalendar feed (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_LINE = 75
"""Octets of a line; longer ones are folded."""


@dataclass(frozen=True)
class Entry:
    """A day on which something is due. stamp: UTC without a zone."""

    uid: str
    day: dt.date
    summary: str
    description: str
    stamp: dt.datetime


def icalendar(entries: Iterable[Entry], name: str) -> bytes:
    """The feed: an all-day event for each task."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Weatherglass//Tasks//EN", f"X-WR-CALNAME:{_text(name)}"]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{entry.stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.day + dt.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(entry.summary)}",
            f"DESCRIPTION:{_text(entry.description)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _text(text: str) -> str:
    """Escaped, and without what would end the line."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(sign for sign in text if sign.isprintable())


def _folded(line: str) -> bytes:
    """In lines of at most 75 octets, cut between characters."""
    parts, room = [b""], LONGEST_LINE
    for character in line:
        octets = character.encode("utf-8", "replace")
        if len(octets) > room:
            parts.append(b" ")
            room = LONGEST_LINE - 1
        parts[-1] += octets
        room -= len(octets)
    return b"\r\n".join(parts) + b"\r\n"
