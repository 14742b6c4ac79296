"""Which accounts a report looks at closely."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from reference import Company, Settings
from stores import bench

from weatherglass.jobs.views.reporting import material

FIRST = datetime(2023, 1, 1, 9, tzinfo=UTC)


def test_of_equal_ones_those_who_were_active_last_come_first() -> None:
    """Without revenue all who left have the score 0: the one that left years ago is the first only by its name."""
    days = {"an old one": range(10), "the last one": range(300)}
    events = [
        {"account_id": name, "user_id": "u", "name": "edit", "timestamp": FIRST + timedelta(days=day)}
        for name, range_ in days.items()
        for day in range_
    ]
    late = [{**events[0], "timestamp": FIRST + timedelta(days=600)}]
    with bench(Settings()) as one:
        one.load(Company(events=events + late))
        one.score(date(2024, 8, 23))
        found = material(one.store, one.project, date(2024, 3, 1))
    assert [detail.account_id for detail in found.worst] == ["the last one", "an old one"], "as it was known on the day"
