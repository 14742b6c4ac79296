"""Which channels a message goes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from weatherglass.config.alerts import SEVERITIES, Severity
from weatherglass.config.channels import Channel


@dataclass(frozen=True)
class Concern:
    """Whom a message concerns."""

    type: str
    severity: Severity
    owner: str = ""
    segment: str = ""


def routed(channels: Iterable[Channel], concern: Concern) -> Iterator[Channel]:
    """The channels that want it. What concerns no account goes wherever its type and severity do."""
    for channel in channels:
        severe = SEVERITIES.index(concern.severity) >= SEVERITIES.index(channel.severity)
        everyone = not concern.owner and not concern.segment
        mine = not channel.owners or concern.owner in channel.owners
        there = not channel.segments or concern.segment in channel.segments
        if severe and channel.takes(concern.type) and (everyone or (mine and there)):
            yield channel
