"""Reading the facts of some accounts: as gathered where that holds, and else from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.jobs.scoring.facts import Columns, condition, query

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB
    from weatherglass.jobs.scoring.gathered import Gathered


class FactReader:
    """The facts of the wanted accounts of one store."""

    def __init__(
        self, engine: DuckDB, only: npt.NDArray[np.int64] | None = None, gathered: Gathered | None = None
    ) -> None:
        """only: the wanted accounts; all of them when it is not given, and then nothing gathered is looked at."""
        self._engine = engine
        self._among = "" if only is None else condition(only)
        self._gathered = None if only is None else gathered
        if only is not None and gathered is not None:
            changed = np.isin(only, gathered.changed(engine, only))
            self._held, self._open = only[~changed], only[changed]

    def rows(self, name: str) -> Columns:
        """The rows of a kind of fact, in any order."""
        held = None if self._gathered is None else self._gathered.of(name, self._held)
        if held is None:
            return self._engine.numpy(query(name, self._among))
        if not len(self._open):
            return held
        found = self._engine.numpy(query(name, condition(self._open)))
        return {
            column: np.concatenate([values, np.ma.getdata(found[column]).astype(values.dtype)])
            for column, values in held.items()
        }

    def some(self, name: str) -> bool:
        """Whether any account has a kind of fact."""
        if self._gathered is not None and self._gathered.count(name):
            return True
        return bool(self._engine.rows(f"SELECT 1 FROM ({query(name)}) LIMIT 1"))
