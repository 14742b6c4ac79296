"""Who does something: a person, an API token, the command line or the service itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Scope = Literal["read", "write", "admin"]
Kind = Literal["person", "token", "command line", "service"]

SCOPES: tuple[Scope, ...] = ("read", "write", "admin")
"""Each holds those before it."""


@dataclass(frozen=True)
class Actor:
    """Who acts, with what right, and in which request."""

    kind: Kind
    id: int | None
    name: str
    scope: Scope
    request_id: str = ""
    """Empty outside of requests."""
    credential: str = ""
    """What the actor came with, as `session:7` or `token:3`: idempotency keys are told apart by it."""

    def may(self, scope: Scope) -> bool:
        """Whether the actor has a right, itself or within a larger one."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def within(self, request_id: str) -> Actor:
        """The same actor in a request."""
        return replace(self, request_id=request_id)


SERVICE = Actor("service", None, "weatherglass", "admin", credential="service")


def command_line(user: str) -> Actor:
    """Whoever may run commands on the machine may do everything."""
    return Actor("command line", None, user, "admin", credential="command line")
