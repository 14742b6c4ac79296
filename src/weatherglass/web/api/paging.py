"""Cursors: where the next page begins, as a text that means nothing to who carries it."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from weatherglass.web.api.problems import Problem

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=500, description="Rows of a page.")]
Cursor = Annotated[str | None, Query(max_length=40_000, description="`next` of the page before.")]


class Paged(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(default=None, description="The cursor of the next page; null on the last.")


def of_ids(found: Sequence[Any], limit: int, shown: Callable[[Any], T]) -> Paged[T]:
    """A page of rows with an `id`, of which one more than the limit was asked for: the next begins after the last."""
    after = written(found[limit - 1].id) if len(found) > limit else None
    return Paged(items=[shown(one) for one in found[:limit]], next=after)


def written(*values: Any) -> str:
    """The cursor that holds some values."""
    text = json.dumps(values, default=_text, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, length: int) -> list[Any]:
    """The values of a cursor. Errors: Problem 422 where it is none of ours."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise refused()
    return values


def refused() -> Problem:
    return Problem(422, "this cursor is none that a page has given; begin again without one")


def number(cursor: str | None) -> int | None:
    """The id that a cursor of a list by ids holds."""
    if cursor is None:
        return None
    (value,) = read(cursor, 1)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise refused()
    return value


def _text(value: Any) -> str:
    assert isinstance(value, dt.date)
    return value.isoformat()
