"""How hard the tests try: a little by default, and much harder with WEATHERGLASS_SLOW=1."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SLOW = os.environ.get("WEATHERGLASS_SLOW") == "1"
HARDER = 20
"""How many times more often a slow run tries."""

settings.register_profile(
    "weatherglass",
    # the same cases on every machine and in every run; print_blob says how to see a failing one again
    derandomize=not SLOW,
    print_blob=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def times(count: int) -> int:
    """A number of tries, more of them in a slow run."""
    return count * HARDER if SLOW else count


def drawn(examples: int) -> settings:
    """Settings of a test that draws so many cases, more of them in a slow run."""
    return settings(settings.get_profile("weatherglass"), max_examples=times(examples))
