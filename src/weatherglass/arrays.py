"""Arrow's columns from NumPy's and Python's values.

Arrow's own ways import pandas wherever it is installed, which takes longer than a small result does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

TYPES = {
    np.dtype(name): getattr(pa, name)()
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float64")
}


def numbers(array: pa.Array) -> npt.NDArray[Any]:
    """Arrow's numbers without NULLs as NumPy's."""
    return np.from_dlpack(array)


def column(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """NumPy's numbers as Arrow's, NULL where they are missing."""
    whole = np.ascontiguousarray(values)
    there = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(TYPES[whole.dtype], len(whole), [there, pa.py_buffer(whole)])


def texts(values: Iterable[str]) -> pa.Array:
    """Texts as Arrow's, none of them missing."""
    encoded = [value.encode() for value in values]
    ends = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(one) for one in encoded], out=ends[1:])
    return pa.LargeStringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))).cast(
        pa.string()
    )


def named(codes: npt.NDArray[np.integer], names: Iterable[str]) -> pa.Array:
    """The text that each code stands for by its place among the names, NULL where the code is below 0."""
    narrow = codes.astype(np.int32)
    return pa.DictionaryArray.from_arrays(column(narrow, narrow < 0), texts(names)).cast(pa.string())


def table(columns: dict[str, npt.NDArray[Any]]) -> pa.Table:
    """A table of numbers, none of them missing."""
    return pa.table({name: column(values) for name, values in columns.items()})


def nothing(schema: pa.Schema) -> pa.Table:
    """A table of these columns without rows."""
    return pa.Table.from_batches([], schema=schema)
