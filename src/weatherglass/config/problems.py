"""Mistakes in a configuration, collected so that all are told at once, in words that say what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

Loc = tuple[int | str, ...]

_TOLD = "config"
"""The error type of a message that is already in our words."""


class Problems:
    """The mistakes found so far, each at a place below the thing that is being read.

    options: the names that would have been right where a key is unknown.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._options = options
        self._lines: list[InitErrorDetails] = []

    def add(self, message: str, *loc: int | str, value: object = None) -> None:
        told = PydanticCustomError(_TOLD, "{message}", {"message": message})
        self._lines.append(InitErrorDetails(type=told, loc=loc, input=value))

    def take(self, error: ValidationError, *loc: int | str) -> None:
        """Add the lines of a pydantic error, `loc` put before the place of each."""
        for detail in error.errors(include_url=False):
            self.add(explained(detail, self._options), *loc, *detail["loc"], value=detail["input"])

    @contextmanager
    def at(self, *loc: int | str) -> Iterator[None]:
        """Collect what goes wrong inside the block, as mistakes at `loc`."""
        try:
            yield
        except ValidationError as error:
            self.take(error, *loc)
        except ValueError as error:
            self.add(str(error), *loc)

    def __bool__(self) -> bool:
        return bool(self._lines)

    def raise_any(self, title: str) -> None:
        if self._lines:
            raise ValidationError.from_exception_data(title, self._lines)


def explained(error: ErrorDetails, options: Sequence[str] = ()) -> str:
    """One pydantic error as a sentence without its place: what would be right, and what was found."""
    kind, limits, value = error["type"], error.get("ctx", {}), error["input"]
    if kind == _TOLD:
        return error["msg"]
    if kind == "value_error":
        return str(limits["error"])
    if kind == "missing":
        return "is required"
    if kind in {"extra_forbidden", "invalid_key", "unexpected_keyword_argument"}:
        return unknown("option", str(error["loc"][-1]), options)
    if kind == "literal_error":
        meant = closest(str(value), re.findall("'([^']*)'", limits["expected"]))
        return f"must be {limits['expected']}, not {shown(value)}" + (f"; did you mean {meant}?" if meant else "")
    if kind == "string_type" and not isinstance(value, (Mapping, list, tuple)) and value is not None:
        return f'must be text, not {shown(value)}; write it in quotes: "{_plain(value)}"'
    for name, words in _LIMITS.items():
        if name in limits:
            return f"must be {words} {_plain(limits[name])}, not {shown(value)}"
    for start, words in _KINDS.items():
        if kind.startswith(start):
            return f"must be {words}, not {shown(value)}"
    return f"{error['msg']}, not {shown(value)}"


_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string": "text",
    "model": "a mapping of options",
    "dict": "a mapping",
    "mapping": "a mapping",
    "tuple": "a list",
    "list": "a list",
}


def shown(value: object) -> str:
    """A value as it is written in a message: short, and unmistakable."""
    if value is None:
        return "empty"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)) and not all(isinstance(item, (str, int, float)) for item in value):
        return "a list"
    if isinstance(value, (list, tuple)):
        return _cut("[" + ", ".join(shown(item) for item in value) + "]")
    return _cut(repr(value)) if isinstance(value, str) else _plain(value)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _cut(str(value))


def unknown(noun: str, name: str, options: Iterable[str], *, say: bool = False) -> str:
    """'unknown dimension; did you mean product_usage?'; `say` names the unknown thing where the place does not."""
    options = tuple(options)
    told = f"unknown {noun} {name!r}" if say else f"unknown {noun}"
    meant = closest(name, options)
    if meant is not None:
        return f"{told}; did you mean {meant}?"
    return f"{told}; it is one of {', '.join(options)}" if 0 < len(options) <= 24 else told


def closest(name: str, options: Iterable[str]) -> str | None:
    """The option that was probably meant: the same but for case and separators, or nearly the same."""
    by_shape = {_shape(option): option for option in options}
    near = difflib.get_close_matches(_shape(name), by_shape, n=1, cutoff=0.6)
    return by_shape[near[0]] if near else None


def _shape(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip().lower())
