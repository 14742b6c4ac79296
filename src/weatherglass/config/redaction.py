"""Redaction: what of a message is never written down."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from weatherglass.config.frozen import Flag, Frozen, Text, as_set, listed

NEEDED = frozenset(
    {
        *("context", "properties", "traits", "batch", "event", "timestamp"),
        *("groupid", "account_id", "user_id", "distinct_id"),
        *("$groups", "$group_type", "$group_key", "$group_set", "$set", "$insert_id"),
    }
)
"""Members without which nobody could tell whose a message is, and when it was."""


def _dispensable(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name.lower() in NEEDED:
            raise ValueError(f"{name!r} cannot be left out: a message is nobody's without it; name what stands inside")
    return as_set(tuple(name.lower() for name in names))


class Redaction(Frozen):
    """What is taken out of messages and files before anything of them is written."""

    properties: Annotated[tuple[Text, ...], BeforeValidator(listed), AfterValidator(_dispensable)] = ()
    """Names of properties, traits and columns that are left out, at any depth, compared without case."""
    hash_emails: Flag = False
    """Whether a keyed digest takes the place of every e-mail address."""

    def __bool__(self) -> bool:
        return bool(self.properties) or self.hash_emails
