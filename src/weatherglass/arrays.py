"""Arrow's columns from NumPy's and Python's values.

Arrow's own ways import pandas wherever it is installed, or `pyarrow.compute`, which take longer than a small result.
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
    return pa.Array.from_buffers(TYPES[whole.dtype], len(whole), [_there(missing), pa.py_buffer(whole)])


def days(numbers: npt.NDArray[np.integer]) -> pa.Array:
    """Numbers of days since 1970-01-01 as Arrow's days, none of them missing."""
    whole = np.ascontiguousarray(numbers, np.int32)
    return pa.Array.from_buffers(pa.date32(), len(whole), [None, pa.py_buffer(whole)])


def texts(values: Iterable[str]) -> pa.Array:
    """Texts as Arrow's, none of them missing."""
    encoded = [value.encode() for value in values]
    return _strings(_ends([len(one) for one in encoded]), b"".join(encoded))


def named(codes: npt.NDArray[np.integer], names: Iterable[str]) -> pa.Array:
    """The text that each code stands for by its place among the names, NULL where the code is below 0."""
    encoded = [name.encode() for name in names]
    missing = codes < 0
    lengths = np.where(missing, 0, np.array([len(one) for one in (*encoded, b"")])[codes])
    ends = _ends(lengths)
    # where each byte of the result lies in the names one after the other
    starts = np.cumsum([0, *(len(one) for one in encoded)])[codes]
    places = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], lengths)
    written = np.frombuffer(b"".join(encoded), np.uint8)[places] if len(places) else b""
    return _strings(ends, written, missing if missing.any() else None)


def _ends(lengths: npt.ArrayLike) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def _strings(ends: npt.NDArray[np.int64], written: Any, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    narrow = pa.py_buffer(ends.astype(np.int32))
    return pa.Array.from_buffers(pa.string(), len(ends) - 1, [_there(missing), narrow, pa.py_buffer(written)])


def _there(missing: npt.NDArray[np.bool_] | None) -> pa.Buffer | None:
    """Arrow's bits of what is there; None where all is."""
    return None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))


def table(columns: dict[str, npt.NDArray[Any]]) -> pa.Table:
    """A table of numbers, none of them missing."""
    return pa.table({name: column(values) for name, values in columns.items()})


def nothing(schema: pa.Schema) -> pa.Table:
    """A table of these columns without rows."""
    return pa.Table.from_batches([], schema=schema)
