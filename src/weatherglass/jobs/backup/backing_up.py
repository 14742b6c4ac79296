"""Backups: one file with the store, its events, the log, the state and the configuration of one moment."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from weatherglass.engine.dialect import identifier, literal
from weatherglass.jobs.errors import JobError
from weatherglass.jobs.foresight.models import FOLDER as MODELS
from weatherglass.jobs.incoming.draining import mark
from weatherglass.jobs.replacing import replacing
from weatherglass.state.dump import dump
from weatherglass.store.compacting import DATABASE

if TYPE_CHECKING:
    from weatherglass.state import State
    from weatherglass.store import Store

UNFINISHED = "backup-"
"""How the folders are named in which copies of databases are made."""
MANIFEST, STATE = "manifest.json", "state.json"
FORMAT = 1
FOLDERS = ("events", "intake", "receipts")
"""What is kept beside the database; everything else can be made again."""
Progress = Callable[[str, int, int], None]
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    files: int
    bytes: int


def back_up(store: Store, state: State, project: Path | None, target: Path, progress: Progress | None = None) -> Made:
    """Write a backup; the file is there whole or not at all.

    To be used where nothing else writes the store; the log may go on: what it takes in meanwhile is partly in.
    The database is copied row by row, so that nothing which was deleted is in the copy.
    project: the folder with weatherglass.yml. Errors: JobError where the file cannot be written.
    """
    forget_unfinished(store.folder)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=store.folder) as name:
        database = Path(name) / DATABASE
        _copy(store, database)
        parts = list(_parts(store, project, database))
        digests: dict[str, Any] = {}
        with replacing(target, private=True) as file, tarfile.open(fileobj=file, mode="w") as archive:
            for place, (path, source) in enumerate(parts):
                if progress is not None:
                    progress("backing up", place, len(parts))
                digests[path] = _add(archive, path, source)
            digests[STATE] = _add_bytes(archive, STATE, json.dumps(dump(state)).encode())
            _add_bytes(archive, MANIFEST, json.dumps(_manifest(store, digests), indent=1).encode())
    if progress is not None:
        progress("backing up", len(parts), len(parts))
    return Made(len(digests), target.stat().st_size)


def forget_unfinished(folder: Path) -> None:
    """Take away what a process that was killed has left of its backup: people who are erased since are still in it.

    folder: the store's. To be used by who has the store.
    """
    for left in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def _copy(store: Store, database: Path) -> None:
    engine = store.engine
    mine = identifier(engine.row("SELECT current_database()")[0])
    engine.execute(f"ATTACH {literal(str(database))} AS backup")
    try:
        engine.execute(f"COPY FROM DATABASE {mine} TO backup")
        engine.execute("CHECKPOINT backup")
    finally:
        engine.execute("DETACH backup")


def _parts(store: Store, project: Path | None, database: Path) -> Iterator[tuple[str, Path]]:
    """Names in the backup, and the files."""
    yield f"store/{DATABASE}", database
    held = {name for (name,) in store.engine.rows("SELECT path FROM segments")}
    for folder in FOLDERS:
        for path in sorted((store.folder / folder).rglob("*")):
            name = path.relative_to(store.folder).as_posix()
            if path.is_file() and _counts(folder, path, held, mark(store)):
                yield f"store/{name}", path
    if project is not None:
        for path in sorted([*project.glob("*.yml"), *project.glob(f"{MODELS}/*.json")]):
            yield f"project/{path.relative_to(project).as_posix()}", path


def _counts(folder: str, path: Path, held: set[str], taken: int) -> bool:
    """Whether a file is more than a leftover: a segment of the store's list, a log that the store has not taken in."""
    if folder == "events":
        return path.name in held
    return folder != "intake" or int(path.stem) + path.stat().st_size > taken


def _manifest(store: Store, digests: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "weatherglass": version("weatherglass"),
        "made_at": dt.datetime.now(dt.UTC).isoformat(),
        "store_version": store.engine.row("SELECT max(version) FROM schema_version")[0],
        "scored_to": store.setting("scored_to"),
        "files": digests,
    }


def _add(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    # a log grows while it is read: what was there at first is what is taken
    size = path.stat().st_size
    with path.open("rb") as file:
        told = _Told(file, size)
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        archive.addfile(info, told)
    return {"bytes": size, "sha256": told.digest.hexdigest()}


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> dict[str, Any]:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


class _Told:
    """A file that is read up to a size, and its digest."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(min(size if size >= 0 else self._left, self._left))
        self._left -= len(part)
        self.digest.update(part)
        return part


def check_free(path: Path) -> None:
    """Errors: JobError where a backup would have no folder to be written to."""
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise JobError(f"{path.parent}: there is no such folder, or it cannot be written to")
