"""The files of a load: found, told apart by name and content, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from weatherglass.config.mapping import Sources, TableMapping
from weatherglass.events.table import Table
from weatherglass.events.tables import TABLES
from weatherglass.events.wire import is_call
from weatherglass.sources.errors import SourceError
from weatherglass.sources.naming import ENDINGS, PACKED, known_by_folder, known_by_name, known_exactly, stem
from weatherglass.sources.objects import first_objects
from weatherglass.sources.opening import Compression, head

Format = Literal["csv", "json", "parquet"]
Content = Literal["rows", "calls", "groups"]

_FORMATS: Mapping[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
}
_COMPRESSIONS: Mapping[str, Compression] = {"": "none", ".gz": "gzip", ".zst": "zstd"}
_OURS = frozenset({"weatherglass.yml", "weatherglass.yaml"})
_ORDER = {table.name: place for place, table in enumerate(TABLES)}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as one table. A file that feeds several tables is there once for each."""

    path: Path
    table: Table
    format: Format
    compression: Compression = "none"
    content: Content = "rows"
    """rows of the table; or Segment calls, read as `events`, or read as the `accounts` that `group` calls describe."""
    mapping: TableMapping = field(default_factory=TableMapping)
    shared: bool = False
    """Whether the file feeds several tables, so that a row without the time that a table requires is no row of it."""

    @property
    def name(self) -> str:
        """The file as messages name it: the path as it was given."""
        return str(self.path)


def discover(
    paths: Iterable[Path | str], mapping: Sources | None = None, notice: Callable[[str], None] = lambda _: None
) -> list[SourceFile]:
    """The files that some paths mean, each with its table: lookups first, and each table in the order of names.

    A folder means every data file below it, hidden ones and weatherglass.yml left out; files that are no data are
    passed over. `notice` is told of what was skipped.
    Errors: `SourceError` for a path that does not exist, a file that cannot be placed, and for nothing found at all.
    """
    sources = mapping or Sources()
    given = [Path(path) for path in paths]
    found: dict[SourceFile, SourceFile] = {}
    for root in given:
        for path in _below(root, notice):
            if sources.ignores(path.name):
                notice(f"{path}: skipped, as weatherglass.yml says")
                continue
            placed = list(_placed(path, root, sources))
            for file in placed if len(placed) == 1 else [replace(file, shared=True) for file in placed]:
                found.setdefault(replace(file, path=path.resolve()), file)
    if not found:
        where = ", ".join(map(str, given)) or "no path"
        raise SourceError(f"{where}: nothing to load; files end in {', '.join(ENDINGS)}, also with .gz or .zst")
    # what `group` calls say of an account gives way to a row of a file of accounts: the last read counts
    files = sorted(found.values(), key=lambda file: (_ORDER[file.table.name], file.content != "groups"))
    return _lookups_first(files)


def _lookups_first(files: list[SourceFile]) -> list[SourceFile]:
    """The files in an order in which a table is read before those whose accounts are found through it."""
    ready: list[SourceFile] = []
    while waiting := [file for file in files if file not in ready]:
        needed = {file.table.name for file in waiting}
        free = [file for file in waiting if not _looked_up_in(file) & needed]
        # tables that wait for each other can only be read as they come
        ready += free or waiting
    return ready


def _looked_up_in(file: SourceFile) -> set[str]:
    return {given.through for given in file.mapping.columns.values() if given.through is not None}


def _below(root: Path, notice: Callable[[str], None]) -> Iterator[Path]:
    if root.is_file():
        if _format(root) is None:
            raise SourceError(f"{root}: not a format that can be read; {_formats()}", file=str(root))
        yield root
    elif root.is_dir():
        for path in sorted(root.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
            if hidden or path.name.lower() in _OURS or not path.is_file():
                continue
            if _format(path) is None:
                notice(f"{path}: skipped, not a data file")
            else:
                yield path
    else:
        raise SourceError(f"{root}: no such file or folder", file=str(root))


def _placed(path: Path, root: Path, sources: Sources) -> Iterator[SourceFile]:
    """A file as each table that it feeds: as the mapping says, else by its content, else by its name.

    A file that is named exactly as a table is that table, too, when the mapping takes something else from it.
    """
    format_, compression = _format(path) or ("csv", "none")
    if claims := sources.claims(path.name):
        for table, mapping in claims:
            calls = table == "events" and not mapping.columns and format_ == "json" and _holds_calls(path, compression)
            yield SourceFile(path, _table(table), format_, compression, "calls" if calls else "rows", mapping)
        own = known_exactly(stem(path.name))
        if own is not None and own.name not in dict(claims):
            yield SourceFile(path, own, format_, compression, mapping=_unclaimed(sources, own.name))
    elif format_ == "json" and _holds_calls(path, compression):
        yield SourceFile(path, _table("accounts"), format_, compression, "groups", _unclaimed(sources, "accounts"))
        yield SourceFile(path, _table("events"), format_, compression, "calls")
    else:
        table_ = known_by_name(stem(path.name)) or known_by_folder(path, root if root.is_dir() else root.parent)
        if table_ is None:
            raise _unplaced(path)
        yield SourceFile(path, table_, format_, compression, mapping=_unclaimed(sources, table_.name))


def _holds_calls(path: Path, compression: Compression) -> bool:
    values = first_objects(head(path, compression))
    return bool(values) and sum(map(is_call, values)) * 2 > len(values)


def _format(path: Path) -> tuple[Format, Compression] | None:
    name, packed = path.name.lower(), next((end for end in PACKED if path.name.lower().endswith(end)), "")
    ending = next((end for end in ENDINGS if name.removesuffix(packed).endswith(end)), None)
    if ending is None or (ending == ".parquet" and packed):
        return None
    return _FORMATS[ending], _COMPRESSIONS[packed]


def _table(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)


def _unclaimed(sources: Sources, table: str) -> TableMapping:
    """The mapping of a table that names no files: it is for those known by name."""
    return next((mapping for mapping in sources.of(table) if not mapping.files), TableMapping())


def _unplaced(path: Path) -> SourceError:
    names = ", ".join(table.name for table in TABLES)
    return SourceError(
        f"{path}: its name does not say which table it is\n"
        f"  known names: {names}; also with more words around (events_2026-01.csv), as a folder (events/2026-01.csv), "
        "and by aliases (companies, contacts, support_tickets, churn_events, ...)\n"
        "To mend: rename the file, or say in weatherglass.yml which table it is:\n"
        "    sources:\n"
        "      events:\n"
        f'        files: "{path.name}"\n'
        f'  or that it is none of our business:\n    sources:\n      ignore: "{path.name}"',
        file=str(path),
    )


def _formats() -> str:
    return f"a file ends in {', '.join(ENDINGS)}, also with .gz or .zst (not Parquet)"
