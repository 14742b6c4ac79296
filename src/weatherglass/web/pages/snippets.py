"""Code to copy that sends the first events, one piece for each library that people have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """What to paste where."""

    name: str
    told: str
    code: str


def snippets(url: str, key: str) -> tuple[Snippet, ...]:
    """Pieces of code for a service at an address, with a write key in them."""
    filled = [(name, told, code.strip("\n")) for name, told, code in _PIECES]
    return tuple(
        Snippet(name, told, code.replace("SERVICE", url).replace("WRITE_KEY", key)) for name, told, code in filled
    )


_PIECES = (
    (
        "curl",
        "Try it from a terminal: one user of one account does one thing.",
        """
curl -u WRITE_KEY: SERVICE/v1/track -H 'Content-Type: application/json' -d '{
  "userId": "ada", "event": "report_created", "context": {"groupId": "acme"}
}'
""",
    ),
    (
        "Browser",
        "Segment's analytics.js, or RudderStack's, sent here.",
        """
import { AnalyticsBrowser } from '@segment/analytics-next'
const analytics = AnalyticsBrowser.load(
  { writeKey: 'WRITE_KEY', cdnSettings: { integrations: { 'Segment.io': { apiHost: 'HOST/v1' } } } },
)
analytics.group('acme', { name: 'Acme', plan: 'team' })
analytics.track('report_created')
""".replace("HOST", "SERVICE"),
    ),
    (
        "Node",
        "@segment/analytics-node.",
        """
import { Analytics } from '@segment/analytics-node'
const analytics = new Analytics({ writeKey: 'WRITE_KEY', host: 'SERVICE' })
analytics.track({ userId: 'ada', event: 'report_created', context: { groupId: 'acme' } })
""",
    ),
    (
        "Python",
        "segment-analytics-python; RudderStack's library takes dataPlaneUrl in place of host.",
        """
import segment.analytics as analytics
analytics.write_key = "WRITE_KEY"
analytics.host = "SERVICE"
analytics.track("ada", "report_created", context={"groupId": "acme"})
analytics.flush()
""",
    ),
    (
        "PostHog",
        "PostHog's library for Python; the group type company is the account.",
        """
from posthog import Posthog
posthog = Posthog("WRITE_KEY", host="SERVICE")
posthog.capture("report_created", distinct_id="ada", groups={"company": "acme"})
posthog.flush()
""",
    ),
    (
        "Files",
        "Stop the service, load what you have, and serve again: CSV, Parquet, JSON lines, Segment exports.",
        """
weatherglass load accounts.csv users.csv events.parquet tickets.csv
weatherglass score
weatherglass serve
""",
    ),
)
