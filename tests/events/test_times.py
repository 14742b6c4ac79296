"""Single moments; the writings are tried in `tests/sources/test_moments.py`, against files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.events.reasons import REASONS
from weatherglass.events.times import TimeError, believable, moment

moments = st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30))


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_iso_with_any_offset_is_the_same_moment(when: datetime, minutes: int) -> None:
    shifted = (when + timedelta(minutes=minutes)).isoformat()
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    assert moment(f"{shifted}{sign}{hours:02}:{rest:02}") == when
    assert moment(when.isoformat()) == when == moment(when.isoformat(" ") + "Z")


@given(moments)
def test_epoch_numbers(when: datetime) -> None:
    micros = (when - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    assert moment(micros) == when
    assert moment(micros // 1000) == when.replace(microsecond=when.microsecond // 1000 * 1000)
    assert moment(micros // 10**6) == when.replace(microsecond=0)
    assert moment(str(micros // 10**6)) == when.replace(microsecond=0)


@given(
    st.dates(datetime(1990, 1, 2).date(), datetime(2099, 12, 30).date()),
    st.sampled_from(["Europe/Berlin", "America/Havana", "Pacific/Apia", "Africa/Cairo"]),
)
def test_a_day_begins_on_that_day_of_its_zone(day: object, name: str) -> None:
    zone = ZoneInfo(name)
    begins = moment(str(day), zone).replace(tzinfo=UTC)
    local = begins.astimezone(zone)
    if str(day) != "2011-12-30":  # the day that Samoa skipped
        assert str(local.date()) == str(day)
        assert (begins - timedelta(hours=3)).astimezone(zone).date() < local.date()


@pytest.mark.parametrize(
    "value", ["", " ", "x", None, True, [], "12", "2024", "2024-01", "\u0662\u0660\u0662\u0664-01-05"]
)
def test_what_is_no_moment(value: object) -> None:
    with pytest.raises(TimeError) as caught:
        moment(value)  # type: ignore[arg-type]
    assert caught.value.reason in REASONS
    assert repr(value) in str(caught.value)


def test_the_span_of_belief() -> None:
    assert believable(datetime(1990, 1, 1))
    assert not believable(datetime(1989, 12, 31, 23, 59, 59, 999999))
    assert not believable(datetime(2100, 1, 1))
    assert believable(datetime(2100, 1, 1), planned=True)
    assert believable(datetime.max, planned=True)
