"""A table of results that any data frame library can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


class Frame:
    """An Arrow table with a way to pandas and Polars, which are needed only when asked for.

    It speaks the Arrow PyCapsule protocol: `polars.from_arrow(frame)`, `duckdb.from_arrow(frame.arrow)` and
    `pyarrow.table(frame)` all take it.
    """

    def __init__(self, arrow: pa.Table) -> None:
        self.arrow = arrow

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.arrow.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def __repr__(self) -> str:
        return f"Frame of {len(self):,} rows: {', '.join(self.columns)}"

    @property
    def columns(self) -> list[str]:
        return list(self.arrow.column_names)

    def to_pylist(self) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        return self.arrow.to_pylist()  # type: ignore[no-any-return]

    def to_pandas(self) -> Any:
        """The same as a pandas data frame. Errors: ImportError that says what to install."""
        _installed("pandas")
        return self.arrow.to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """The same as a Polars data frame. Errors: ImportError that says what to install."""
        polars = _installed("polars")
        return polars.from_arrow(self.arrow)  # type: ignore[no-any-return]


def _installed(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise ImportError(
            f"{name} is not installed; `pip install {name}`, or use the Arrow table in `.arrow`"
        ) from None
