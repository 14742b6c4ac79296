"""Secrets that the service makes: long, random, shown once, and kept as a digest only."""

from __future__ import annotations

import hashlib
import secrets
import string

ALPHABET = string.ascii_letters + string.digits
LENGTH = 40
"""Characters, of 5.95 bits each: nobody guesses one, so a plain SHA-256 is enough to keep it."""
SHOWN = 4


def new(prefix: str) -> str:
    """A secret that says what it is, with nothing in it that any header, URL or shell would mind."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def hint(secret: str) -> str:
    """The end of a secret, by which its owner knows it."""
    return secret[-SHOWN:]
