"""Numbers between NumPy and Arrow, not copied.

Arrow's own ways import pandas wherever it is installed, which takes longer than a small result does.
"""

from __future__ import annotations

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


def table(columns: dict[str, npt.NDArray[Any]]) -> pa.Table:
    """A table of numbers, none of them missing."""
    return pa.table({name: column(values) for name, values in columns.items()})
