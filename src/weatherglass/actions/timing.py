"""When a message goes out: at once, after the quiet hours, or with the digest of the day."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from weatherglass.config.alerts import SEVERITIES, Alerts, Severity
from weatherglass.config.channels import Channel

PEOPLE = frozenset({"slack", "teams", "email"})
"""Kinds of channel that people read; machines want each message, and at once."""


def in_digest(channel: Channel, severity: Severity, alerts: Alerts) -> bool:
    """Whether a message waits for the digest."""
    if channel.kind not in PEOPLE or alerts.digest is None:
        return False
    return SEVERITIES.index(severity) <= SEVERITIES.index(alerts.digest)


def due(channel: Channel, severity: Severity, alerts: Alerts, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """When it may be sent. now, and what is returned: UTC without a zone."""
    if channel.kind not in PEOPLE:
        return now
    if in_digest(channel, severity, alerts):
        return _after_quiet(_next(now, alerts.digest_at, zone), alerts, zone)
    return now if severity == "critical" else _after_quiet(now, alerts, zone)


def _after_quiet(moment: dt.datetime, alerts: Alerts, zone: ZoneInfo) -> dt.datetime:
    if alerts.quiet_from is None:
        return moment
    clock = _local(moment, zone).strftime("%H:%M")
    start, end = alerts.quiet_from, alerts.quiet_until
    quiet = start <= clock < end if start <= end else clock >= start or clock < end
    return _next(moment, end, zone) if quiet else moment


def _next(moment: dt.datetime, clock: str, zone: ZoneInfo) -> dt.datetime:
    """The next time that the clock of the workspace shows this."""
    local = _local(moment, zone)
    hour, minute = map(int, clock.split(":"))
    wanted = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if wanted <= local:
        wanted = (wanted + dt.timedelta(days=1)).replace(hour=hour, minute=minute)
    return wanted.astimezone(dt.UTC).replace(tzinfo=None)


def _local(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC).astimezone(zone)
