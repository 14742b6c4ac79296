"""Passwords: Argon2id, and what is a password at all."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

from weatherglass.state.errors import Unfit

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 1024

_AT_ONCE = threading.BoundedSemaphore(2)
"""Each hashing takes 64 MB: a hundred logins at once must not take the service's memory."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # the library's defaults are RFC 9106's second choice: 3 passes over 64 MB


@cache
def _nobodys() -> str:
    with _AT_ONCE:
        return _hasher().hash("nobody has this password")


def hashed(password: str, *unlike: str) -> str:
    """The hash of a new password. Errors: Unfit where it is too short, too long or one of `unlike`."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Unfit(f"a password has {SHORTEST} to {LONGEST} characters; a few words in a row make a good one")
    if password.casefold() in {text.casefold() for text in unlike} or len(set(password)) < 4:
        raise Unfit("this password is too easy to guess; a few words in a row make a good one")
    with _AT_ONCE:
        return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was hashed; takes as long where nothing was."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        return False
    against = kept or _nobodys()
    try:
        with _AT_ONCE:
            _hasher().verify(against, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def stale(kept: str) -> bool:
    """Whether a hash was made with less effort than is usual now."""
    return _hasher().check_needs_rehash(kept)
