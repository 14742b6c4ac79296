"""Loading the same things again, in other words or in another order, and what becomes of events seen before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
import yaml
from reference import Company, Settings
from reference.company import Row
from reference.stories import at, event
from stores import Bench, bench, unlike

from weatherglass.config import FILE_NAME
from weatherglass.jobs.incoming.loading import Load, load
from weatherglass.store.store import FOLDER

LAST = date(2024, 3, 31)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path, Settings()) as made:
        yield made


def new(done: Load) -> int:
    return sum(file.new for file in done.files)


def names(one: Bench) -> list[str]:
    """The events that are kept, by name and day."""
    folder = one.folder / FOLDER / "events"
    rows = one.store.engine.rows(
        f"SELECT name || ' ' || CAST(\"timestamp\" AS DATE) FROM read_parquet('{folder}/*.parquet')"
    )
    return sorted(name for (name,) in rows)


# Message ids

SENT = [
    event(5, name="late", message_id="m"),
    event(2, name="early", message_id="m"),
    event(2, name="early", message_id="m", user_id="zoe"),
    event(2, name="alter", message_id="m", user_id="zoe", type=None),
    event(2, name="alter", message_id="m", user_id=None, type="page"),
]


@pytest.mark.parametrize("order", [*permutations(range(3)), (4, 3, 2, 1, 0), (0, 3, 4, 1, 2), (3, 4, 0, 2, 1)])
def test_one_message_is_one_event_whichever_comes_first(order: tuple[int, ...], one: Bench) -> None:
    """The earliest; at one instant the order is that of account, user, name and type, nothing before anything."""
    other = event(3, name="other", message_id="n")
    for number in order:
        one.load(Company(events=[SENT[number], other]))
    expected = "alter 2024-01-03" if 4 in order else "early 2024-01-03"
    assert names(one) == [expected, "other 2024-01-04"]
    assert one.count("events") == 2
    with bench(Settings()) as whole:
        whole.load(Company(events=[SENT[number] for number in sorted(order)] + [other]))
        for each in (one, whole):
            each.score(LAST)
        assert not unlike(one.history(), whole.history())
        assert one.rollups() == whole.rollups()


def test_messages_are_told_apart_across_files_of_one_load(one: Bench) -> None:
    folders = [one.written(Company(events=[SENT[number]])) for number in (0, 1)]
    done = load(one.store, one.project, folders)
    assert new(done) == 1
    assert names(one) == ["early 2024-01-03"]


# The same content


def test_a_file_by_another_name_is_the_same_file(one: Bench) -> None:
    company = Company(events=[event(1), event(2)])
    assert new(one.load(company)) == 2
    done = one.load(company)
    assert new(done) == 0
    assert "loaded before, nothing new" in done.notices[0]
    assert one.count("segments") == 1


def test_equal_rows_of_one_file_are_all_events(one: Bench) -> None:
    """Nothing says that two equal events without an id are one."""
    assert new(one.load(Company(events=[event(1), event(1), event(1)]))) == 3
    # a newer export with a fourth
    assert new(one.load(Company(events=[event(1)] * 4))) == 1
    assert one.count("events") == 4


def test_a_file_that_leaves_something_out_is_no_newer_export(one: Bench) -> None:
    one.load(Company(events=[event(1), event(2), event(3)]))
    assert new(one.load(Company(events=[event(1), event(3), event(4)]))) == 3
    assert one.count("events") == 6


def test_exports_of_the_same_days_by_different_people_are_both_kept(one: Bench) -> None:
    one.load(Company(events=[event(1, "ann"), event(9, "ann")]))
    assert new(one.load(Company(events=[event(0, "bob"), event(10, "bob")]))) == 2


# Another reading of the same content


def mapped(one: Bench, **columns: object) -> None:
    file = one.folder / FILE_NAME
    project = yaml.safe_load(file.read_text(encoding="utf-8"))
    project["sources"] = {"events": {"columns": columns}}
    file.write_text(yaml.safe_dump(project), encoding="utf-8")


def test_another_mapping_takes_the_place_of_the_first(one: Bench) -> None:
    rows: list[Row] = [event(day, "u", "edit", message_id=None) for day in (1, 2)]
    folder = one.written(Company(events=rows), "csv")
    assert new(load(one.store, one.project, [folder])) == 2
    mapped(one, name={"value": "used"})
    assert new(load(one.store, one.project, [folder])) == 2
    assert names(one) == ["used 2024-01-02", "used 2024-01-03"]
    assert one.count("events") == 2
    one.score(LAST)
    with bench(Settings()) as other:
        other.load(Company(events=[{**row, "name": "used"} for row in rows]))
        other.score(LAST)
        assert one.rollups() == other.rollups()


def test_a_file_that_brought_nothing_new_can_be_read_another_way(one: Bench) -> None:
    first = [event(1, message_id="m"), event(2, message_id="n")]
    one.load(Company(events=first))
    again = one.written(Company(events=first[:1]), "csv")
    assert new(load(one.store, one.project, [again])) == 0
    mapped(one, name={"value": "used"})
    assert new(load(one.store, one.project, [again])) == 0
    assert one.count("events") == 2


def test_a_bare_day_is_a_day_of_the_zone_in_which_it_is_read(one: Bench) -> None:
    folder = one.folder / "days"
    folder.mkdir()
    (folder / "events.csv").write_text("account_id,user_id,name,timestamp\na,u,edit,2024-01-05\n", encoding="utf-8")
    load(one.store, one.project, [folder])
    one.score(LAST)
    file = one.folder / FILE_NAME
    file.write_text(file.read_text(encoding="utf-8").replace("timezone: UTC", "timezone: Asia/Tokyo"), encoding="utf-8")
    one.score(LAST)
    assert one.store.engine.row("SELECT day FROM account_days") == ((date(2024, 1, 5) - date(1970, 1, 1)).days,)
    load(one.store, one.project, [folder])
    one.score(LAST)
    assert one.store.engine.rows("SELECT day FROM account_days") == [((date(2024, 1, 5) - date(1970, 1, 1)).days,)]
    assert one.store.engine.row("SELECT first_at FROM segments")[0].isoformat() == "2024-01-04T15:00:00"


# Other tables


def test_of_rows_with_one_id_the_last_read_counts(one: Bench) -> None:
    ticket = {"ticket_id": "t", "account_id": "a", "opened_at": at(3)}
    one.load(Company(tickets=[{**ticket, "severity": "low"}, {**ticket, "severity": "urgent"}]))
    assert one.store.engine.rows("SELECT severity FROM tickets") == [("urgent",)]
    assert new(one.load(Company(tickets=[{**ticket, "severity": "low"}]))) == 1
    assert new(one.load(Company(tickets=[{**ticket, "severity": "low"}]))) == 0
    assert one.store.engine.rows("SELECT severity FROM tickets") == [("low",)]


def test_a_user_has_a_row_in_each_account(one: Bench) -> None:
    one.load(Company(users=[{"user_id": "u", "account_id": name} for name in ("a", "b", "a")]))
    assert one.count("users") == 2
