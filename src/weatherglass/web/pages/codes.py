"""Codes that the terminal shows: with them a browser makes the first admin, or enters the demo."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from weatherglass.state.secret import new


@dataclass
class Codes:
    """Known to the process alone, for as long as it runs; only who sees its terminal can know them."""

    setup: str = field(default_factory=lambda: new("setup"))
    """Makes the first admin."""
    visitor: str = field(default_factory=lambda: new("enter"))
    """Signs in as `person`."""
    person: int | None = None
    """Whom the code `visitor` signs in; None: nobody."""

    def is_setup(self, given: str) -> bool:
        return _same(self.setup, given)

    def lets_in(self, given: str) -> int | None:
        """The person whom a code signs in."""
        return self.person if self.person is not None and _same(self.visitor, given) else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))
