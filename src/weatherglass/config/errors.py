"""The error of a wrong project file: every mistake with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend in a project file; `line` and `column` count from 1 and are None where there is no text."""

    file: str
    path: str
    """Where in the file's structure: `scorecard.dimensions.product_usage.weight`; empty for the file as a whole."""
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.path, self.message) if part)


class ConfigError(ValueError):
    """A project file that cannot be used: one line a mistake, in the order of the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: (mistake.line or 0, mistake.column or 0)))
        super().__init__("\n".join(map(str, self.mistakes)))
