"""A workspace's store: one DuckDB file, and beside it the event segments it has taken in."""

from __future__ import annotations

import copy
import shutil
import tempfile
from pathlib import Path
from typing import Self

from weatherglass.engine import DuckDB, EngineError
from weatherglass.store import migrations
from weatherglass.store.compacting import DATABASE
from weatherglass.store.errors import StoreError

FOLDER = ".weatherglass"
"""The store's folder inside a project's folder."""


class Store:
    """An open store. One process at a time writes it; close it, or use it as a context manager.

    A temporary store (`Store.temporary()`) lives in memory and leaves nothing behind; event files are read where
    they are.
    """

    def __init__(self, engine: DuckDB, folder: Path, *, keeps_events: bool) -> None:
        self.engine = engine
        self.folder = folder
        self.keeps_events = keeps_events
        """Whether event files are copied into the store, rather than read where they are."""
        self.served = False
        """Whether a service takes messages in beside whoever uses the store."""
        self._migrate()

    @classmethod
    def open(cls, project: Path) -> Self:
        """The store of a project folder, made when there is none. Raises StoreError."""
        folder = project / FOLDER
        try:
            (folder / "events").mkdir(parents=True, exist_ok=True)
            engine = DuckDB(folder / DATABASE, spill=folder / "spill")
        except (OSError, EngineError) as error:
            raise StoreError(_why_closed(folder, error)) from error
        return cls(engine, folder, keeps_events=True)

    @classmethod
    def temporary(cls) -> Self:
        """A store that is gone when it is closed."""
        folder = Path(tempfile.mkdtemp(prefix="weatherglass-"))
        (folder / "events").mkdir()
        made = cls(DuckDB(folder / DATABASE, spill=folder / "spill"), folder, keeps_events=False)
        # what goes with its folder need not be put in order first
        made.engine.execute("PRAGMA disable_checkpoint_on_shutdown")
        return made

    def reading(self) -> Self:
        """The same store through a connection of its own, for another thread. Close its engine, not the store."""
        other = copy.copy(self)
        other.engine = self.engine.cursor()
        return other

    @staticmethod
    def exists(project: Path) -> bool:
        return (project / FOLDER / DATABASE).exists()

    def close(self) -> None:
        self.engine.close()
        if not self.keeps_events:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def events_folder(self) -> Path:
        return self.folder / "events"

    def setting(self, name: str) -> str | None:
        """A value the store remembers by name."""
        found = self.engine.rows("SELECT value FROM settings WHERE name = ?", [name])
        return str(found[0][0]) if found else None

    def remember(self, name: str, value: str) -> None:
        """Keep a value by name, in place of the one before."""
        if not self.engine.row("UPDATE settings SET value = ? WHERE name = ?", [value, name])[0]:
            self.engine.execute("INSERT INTO settings VALUES (?, ?)", [name, value])

    def forget(self, name: str) -> None:
        """Keep that value no longer."""
        self.engine.execute("DELETE FROM settings WHERE name = ?", [name])

    def _migrate(self) -> None:
        engine = self.engine
        # large inserts go to the file at once; a checkpoint after each of them would only go over the file again
        engine.execute("SET checkpoint_threshold = '256MB'")
        engine.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
        done = engine.row("SELECT coalesce(max(version), 0) FROM schema_version")[0]
        steps = migrations.steps()
        if done > steps[-1][0]:
            raise StoreError(
                f"{self.folder}: this store was made by a newer Weatherglass (tables of version {done}, "
                f"this one knows {steps[-1][0]}); upgrade Weatherglass, nothing was changed"
            )
        for number, sql in steps:
            if number > done:
                with engine.transaction():
                    engine.execute(sql)
                    engine.execute("INSERT INTO schema_version VALUES (?)", [number])


def _why_closed(folder: Path, error: Exception) -> str:
    text = str(error)
    if "lock" in text.lower():
        return f"{folder}: another process has this store open; close it, or ask that process ({text})"
    return f"{folder}: the store cannot be opened: {text}"
