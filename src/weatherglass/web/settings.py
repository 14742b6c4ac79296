"""What an operator sets: limits, addresses and secrets, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

PREFIX = "WEATHERGLASS_"


@dataclass(frozen=True)
class Settings:
    """Settings of the service. Each can be given as `WEATHERGLASS_` and its name in capitals; sizes are bytes."""

    call_bytes: int = 32 * 1024
    """The largest single call, and the largest event of a batch."""
    batch_bytes: int = 500 * 1024
    """The largest batch. RudderStack sends up to 4 MB: set 4194304."""
    batch_events: int = 2500
    """The most events of a batch that are taken."""
    posthog_bytes: int = 20 * 1024 * 1024
    """The largest PostHog batch."""
    posthog_group: str = "company"
    """The PostHog group type that is the account."""
    queue_bytes: int = 64 * 1024 * 1024
    """Bytes that may wait for the disk before senders are told to come again."""
    backlog_bytes: int = 2 * 1024 * 1024 * 1024
    """Bytes that may be safe in the log and not yet in the store before senders are told to come again."""
    webhook_secret: str = ""
    """The shared secret of Segment's webhook destination; without one the write key alone lets it in."""
    write_keys: str = ""
    """Write keys as `name=secret`, separated by commas, beside those that are made with `weatherglass keys`."""
    cors_origins: str = "*"
    """The origins from which browsers may send events, separated by commas."""
    rejects_kept: int = 100
    """How many of the last rejected events of each key are kept for looking at."""
    nightly_hour: int = 2
    """The hour of the workspace's day at which every account is scored and the snapshot published; 24 is never."""
    oidc_issuer: str = ""
    """The address of the OpenID provider that people sign in with; without one there is no single sign-on."""
    oidc_client_id: str = ""
    """As what the provider knows this service."""
    oidc_client_secret: str = ""
    """Its secret there; a public client has none."""
    oidc_name: str = "single sign-on"
    """What the button says after "Sign in with"."""
    oidc_create: int = 0
    """1: whom the provider knows and nobody has let in becomes a viewer."""
    oidc_role_claim: str = ""
    """The claim that says somebody's groups, such as `groups` or `realm_access.roles`."""
    oidc_roles: str = ""
    """Which group is which role, as `group=role` (viewer, csm, admin), separated by commas."""
    oidc_only: int = 0
    """1: people sign in at the provider only; nobody's password lets them in."""
    oidc_redirect: str = ""
    """The address that the provider sends people back to, where it is not that of the request."""
    oidc_private: int = 0
    """1: the provider may lie in a private network, and be spoken to without TLS."""
    log_level: str = "INFO"
    """The least that is logged: DEBUG, INFO, WARNING or ERROR."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings that the environment gives. Raises ValueError with the variable's name."""
        given: dict[str, object] = {}
        for field in fields(cls):
            text = environment.get(f"{PREFIX}{field.name.upper()}")
            if text is None:
                continue
            if isinstance(field.default, int):
                if not text.isdecimal():
                    raise ValueError(f"{PREFIX}{field.name.upper()}={text!r} is not a whole number")
                given[field.name] = int(text)
            else:
                given[field.name] = text
        return cls(**given)  # type: ignore[arg-type]
