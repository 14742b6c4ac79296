"""Arrow's columns against what Arrow itself makes of the same values."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.arrays import days, named, texts


@given(st.data(), st.lists(st.text(max_size=5), max_size=5))
def test_names_of_codes(data: st.DataObject, names: list[str]) -> None:
    codes = data.draw(st.lists(st.integers(-1, len(names) - 1), max_size=20))
    made = named(np.array(codes, np.int64), names)
    made.validate(full=True)
    assert made.to_pylist() == [None if code < 0 else names[code] for code in codes]


@given(st.lists(st.text(max_size=8), max_size=20))
def test_texts(values: list[str]) -> None:
    made = texts(values)
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.string()))


@given(st.lists(st.dates(), max_size=20))
def test_days(values: list[dt.date]) -> None:
    numbers = np.array([value.toordinal() for value in values], np.int64) - dt.date(1970, 1, 1).toordinal()
    assert days(numbers).equals(pa.array(values, pa.date32()))
