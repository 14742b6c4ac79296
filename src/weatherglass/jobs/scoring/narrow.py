"""A column of many rows in few bytes, which gives some of its rows again to the bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.arrays import numbers
from weatherglass.signals.sparse import NEVER

if TYPE_CHECKING:
    import pyarrow as pa

Array = npt.NDArray[Any]

ALWAYS = np.int64(-1_000_000)
"""The day of what was always there, in the steps' SQL."""
FAR = (NEVER, ALWAYS)
"""Days far from all others, which would make a column wide."""


@dataclass(frozen=True)
class Narrow:
    """What stands for the values of a column, and how to have them again."""

    codes: Array
    dtype: np.dtype[Any]
    base: int = 0
    """What is taken off whole numbers; those that are FAR have the codes from `far` on."""
    far: int = 0
    texts: Array | None = None
    """The text that each code stands for."""

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Narrow:
        """A column of numbers or texts without NULLs."""
        if str(column.type) == "string":
            encoded = column.combine_chunks().dictionary_encode()
            texts = np.array(encoded.dictionary.to_pylist(), dtype=object)
            codes = numbers(encoded.indices)
            return cls(codes.astype(np.min_scalar_type(len(texts))), texts.dtype, texts=texts)
        values = np.concatenate([np.zeros(0, column.type.to_pandas_dtype()), *map(numbers, column.chunks)])
        return cls._of_fractions(values) if values.dtype.kind == "f" else cls._of_whole(values)

    @classmethod
    def _of_fractions(cls, values: Array) -> Narrow:
        with np.errstate(over="ignore"):
            half = values.astype(np.float32)
        same = np.array_equal(half.astype(values.dtype), values, equal_nan=True)
        return cls(half if same else values, values.dtype)

    @classmethod
    def _of_whole(cls, values: Array) -> Narrow:
        away = [np.flatnonzero(values == value) for value in FAR]
        near = np.delete(values, np.concatenate(away)) if any(map(len, away)) else values
        base = int(near.min()) if len(near) else 0
        far = int(near.max(initial=base)) - base + 1
        codes = (values - np.int64(base)).astype(np.min_scalar_type(far + len(FAR)))
        for place, rows in enumerate(away):
            codes[rows] = far + place
        return cls(codes, values.dtype, base, far)

    @property
    def nbytes(self) -> int:
        return self.codes.nbytes

    def in_order(self, order: npt.NDArray[np.int64]) -> Narrow:
        """The same with its rows in another order."""
        return Narrow(self.codes[order], self.dtype, self.base, self.far, self.texts)

    def take(self, rows: npt.NDArray[np.int64]) -> Array:
        """The values of some rows."""
        codes = self.codes[rows]
        if self.texts is not None:
            return np.asarray(self.texts[codes])
        if self.dtype.kind == "f":
            return codes.astype(self.dtype)
        values = codes.astype(np.int64) + self.base
        for place, value in enumerate(FAR):
            values[codes == self.far + place] = value
        return values.astype(self.dtype)
