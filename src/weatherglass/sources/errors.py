"""What is wrong with a file: refused values with their place, and the error that stops a load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weatherglass.events.reasons import REASONS

SHOWN = 5
"""How many refused values an error lists."""


@dataclass(frozen=True, slots=True)
class Reject:
    """One value that cannot be used, and so the row that holds it.

    `row` counts records as a spreadsheet does: in CSV the header is row 1 and the first data row is row 2; in JSON and
    Parquet the first record is row 1. Blank lines are not counted, and a record that spans lines is one row.
    """

    file: str
    row: int | None
    column: str | None
    """The column as the file names it; None where the whole row is meant."""
    value: str | None
    """As it is in the file, cut to a readable length; None where it is empty."""
    code: str
    """A key of `events.reasons.REASONS`."""
    detail: str = ""
    """What would be legal here, where the reason leaves it open."""

    @property
    def reason(self) -> str:
        """What is wrong, as the end of a sentence about the value."""
        return REASONS[self.code].text + (f" ({self.detail})" if self.detail else "")

    @property
    def mend(self) -> str:
        """What to do about it."""
        return REASONS[self.code].mend

    def __str__(self) -> str:
        return f"{self.file}: {self.line}; {self.mend}"

    @property
    def line(self) -> str:
        """Place, value and reason, without the file and the mend."""
        place = ", ".join(
            part
            for part in (f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else "")
            if part
        )
        value = "" if self.value is None else f"{shortened(self.value)} "
        return f"{place}: {value}{self.reason}" if place else f"{value}{self.reason}"


class SourceError(Exception):
    """A file that cannot be loaded, or paths in which there is nothing to load.

    `file` is the file as it was named (None where no file is meant), `rejects` the first refused values and `count` how
    many there are in all.
    """

    def __init__(
        self, message: str, *, file: str | None = None, rejects: Sequence[Reject] = (), count: int | None = None
    ) -> None:
        self.file = file
        self.rejects = tuple(rejects)
        self.count = len(self.rejects) if count is None else count
        super().__init__(message)


def refused(file: str, rejects: Sequence[Reject], count: int) -> SourceError:
    """The error of a file with values that cannot be used: the first of them, how many, and every mend once."""
    if count == 1:
        return SourceError(str(rejects[0]), file=file, rejects=rejects, count=count)
    lines = [f"{file}: {count:,} values cannot be used"]
    lines += [f"  {reject.line}" for reject in rejects[:SHOWN]]
    if count > SHOWN:
        lines.append(f"  and {count - SHOWN:,} more")
    lines += [f"To mend: {mend}" for mend in dict.fromkeys(reject.mend for reject in rejects[:SHOWN])]
    return SourceError("\n".join(lines), file=file, rejects=rejects, count=count)


def shortened(value: str, length: int = 60) -> str:
    """A value as a message shows it: quoted, on one line, and not long."""
    return repr(value if len(value) <= length else value[: length - 3] + "...")
