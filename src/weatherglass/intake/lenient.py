"""JSON as some libraries write it: halves of characters, and numbers that are none, which JSON does not know."""

from __future__ import annotations

import re

MOST = 4 * 1024 * 1024
"""Bytes of a body that is looked at so closely: those of the largest batch that libraries send."""

_SUSPECT = re.compile(rb"\\u[dD][89a-fA-F]|NaN|Infinity")
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|-?Infinity\b|NaN\b', re.DOTALL)
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)


def mended(body: bytes) -> bytes:
    """A body that is no JSON with U+FFFD for each half of a character, and null for NaN and the infinities.

    A text that was cut in the middle of an emoji would otherwise take its whole batch with it. The same body where
    there is nothing to mend.
    """
    if len(body) > MOST or _SUSPECT.search(body) is None:
        return body
    return _TOKEN.sub(_token, body)


def _token(found: re.Match[bytes]) -> bytes:
    said = found[0]
    if said[:1] != b'"':
        return b"null"
    return _ESCAPE.sub(_escape, said) if b"\\u" in said else said


def _escape(found: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if found[1] else found[0]
