"""A file that cannot be used is refused with file, row and column, and the store is as it was."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import changed, picture, weatherglass
from company_files import write_company

from .conftest import small

EVENTS = "account_id,user_id,name,timestamp\n"
GOOD = "acme,u1,edit,2024-01-02T10:00:00Z\n"
TICKETS = "ticket_id,account_id,opened_at,csat\n"


@dataclass(frozen=True)
class Bad:
    """A file, and what must be said of it; every text stands somewhere in the message."""

    name: str
    content: str | bytes | Callable[[Path], None]
    said: tuple[str, ...]

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        if isinstance(self.content, str):
            path.write_text(self.content, encoding="utf-8")
        elif isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            self.content(path)
        return path


def parquet(**columns: list[object]) -> Callable[[Path], None]:
    return lambda path: pq.write_table(pa.table(columns), path)


def truncated(path: Path) -> None:
    pq.write_table(pa.table({"account_id": ["a"] * 500, "seats": list(range(500))}), path)
    path.write_bytes(path.read_bytes()[:-200])


def truncated_events(path: Path) -> None:
    pq.write_table(
        pa.table({"account_id": ["a"], "user_id": ["u"], "name": ["edit"], "timestamp": ["2024-01-02"]}), path
    )
    path.write_bytes(path.read_bytes()[:-50])


BAD = {
    "a required column is missing": Bad(
        "events.csv",
        "account_id,user_id,name\nacme,u1,edit\n",
        ("no column for timestamp", "account_id, user_id, name"),
    ),
    "an id is missing": Bad(
        "tickets.csv", "account_id,opened_at\nacme,2024-01-02\n", ("no column for ticket_id", "To mend")
    ),
    "a required value is missing": Bad(
        "events.csv", EVENTS + GOOD + "acme,u1,,2024-01-02T10:00:00Z\n", ("row 3", "column name", "required")
    ),
    "a text where a time belongs": Bad(
        "events.csv", EVENTS + GOOD * 4 + "acme,u1,edit,yesterday\n", ("row 6", "column timestamp", "'yesterday'")
    ),
    "a text where a number belongs": Bad(
        "tickets.csv",
        TICKETS + "t1,acme,2024-01-02,4\nt2,acme,2024-01-02,lovely\n",
        ("row 3", "column csat", "'lovely'"),
    ),
    "a number out of its scale": Bad(
        "tickets.csv", TICKETS + "t1,acme,2024-01-02,11\n", ("row 2", "column csat", "'11'", "too large")
    ),
    "a fraction of a seat": Bad("accounts.csv", "account_id,seats\nacme,2.5\n", ("row 2", "column seats", "'2.5'")),
    "negative seats": Bad(
        "accounts.csv", "account_id,seats\n007,4\nacme,-3\n", ("row 3", "column seats", "'-3'", "too small")
    ),
    "negative seats of a subscription": Bad(
        "subscriptions.jsonl",
        '{"subscription_id": "s", "account_id": "acme", "started_at": "2024-01-02", "seats": -1}\n',
        ("row 1", "column seats", "'-1'"),
    ),
    "a day of 1970": Bad(
        "events.csv", EVENTS + GOOD + "acme,u1,edit,1970-01-01T00:00:00Z\n", ("row 3", "column timestamp", "1970-01-01")
    ),
    "a day of 2199": Bad(
        "tickets.csv", TICKETS + "t1,acme,2199-12-31,4\n", ("row 2", "column opened_at", "2199-12-31", "2100-01-01")
    ),
    "days of 1970 and 2199 in Parquet": Bad(
        "events.parquet",
        parquet(
            account_id=["acme"] * 3,
            user_id=["u"] * 3,
            name=["edit"] * 3,
            timestamp=["2024-01-02", "1970-01-01", "2199-01-01"],
        ),
        ("2 values", "row 2", "row 3", "column timestamp", "1970-01-01", "2199-01-01"),
    ),
    "a day or a month": Bad(
        "invoices.csv",
        "invoice_id,account_id,issued_at\ni,acme,03/04/2024\n",
        ("row 2", "column issued_at", "'03/04/2024'", "date_format"),
    ),
    "a kind nobody knows": Bad(
        "surveys.csv",
        "response_id,account_id,kind,score,answered_at\nr,acme,stars,4,2024-01-02\n",
        ("row 2", "column kind", "'stars'", "nps"),
    ),
    "a score outside its scale": Bad(
        "surveys.csv",
        "response_id,account_id,kind,score,answered_at\nr,acme,csat,9,2024-01-02\n",
        ("row 2", "column score", "csat 1 to 5"),
    ),
    "a field too many": Bad(
        "events.csv", EVENTS + GOOD + "acme,u1,edit,2024-01-02,more\n", ("row 3", "number of fields")
    ),
    "a line that is no object": Bad(
        "events.jsonl",
        '{"account_id": "acme", "name": "edit", "timestamp": "2024-01-02"}\n[1, 2]\n',
        ("row 2", "not a JSON object"),
    ),
    "a wrong type in a line": Bad(
        "tickets.jsonl",
        '{"ticket_id": "t", "account_id": "acme", "opened_at": "2024-01-02", "escalated": "perhaps"}\n',
        ("row 1", "column escalated", "'perhaps'", "neither true nor false"),
    ),
    "an empty file": Bad("events.csv", "", ("empty",)),
    "an empty Parquet file": Bad("events.parquet", b"", ("empty",)),
    "a truncated Parquet file": Bad("accounts.parquet", truncated, ("not a whole Parquet file",)),
    "a truncated Parquet file of events": Bad("events.parquet", truncated_events, ("not a whole Parquet file",)),
    "a Parquet file that is none": Bad(
        "tickets.parquet", b"ticket_id,account_id\n" * 50, ("not a whole Parquet file",)
    ),
    "a truncated archive": Bad("events.csv.gz", gzip.compress((EVENTS + GOOD * 5000).encode())[:-80], ("cut off",)),
    "an archive that is none": Bad("events.csv.zst", (EVENTS + GOOD).encode(), ("zst",)),
    "a name that says nothing": Bad("stuff.csv", EVENTS + GOOD, ("does not say which table",)),
    "a column that stands twice in another encoding": Bad(
        "events.csv", (EVENTS + "acme,u1,caf\xe9,2024-01-02\n").encode("latin-1"), ("UTF-8",)
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_it_is_refused_and_nothing_is_loaded(bad: Bad, project: Path, tmp_path: Path) -> None:
    """Nothing of the good files that come with it, either."""
    before = picture(project)
    folder = tmp_path / "new"
    write_company(small(seed=6), folder)
    for other in folder.glob(f"{Path(bad.name).stem.partition('.')[0]}.*"):
        other.unlink()
    path = bad.write(folder)
    done = weatherglass("load", folder, "-p", project)
    assert done.code == 1
    assert done.out == ""
    assert str(path) in done.err
    for text in bad.said:
        assert text in done.err, done.err
    assert "Traceback" not in done.err
    assert changed(before, picture(project)) == []


def test_the_next_load_is_none_the_worse(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    write_company(small(seed=6), folder)
    bad = folder / "events" / "late.csv"
    bad.parent.mkdir()
    bad.write_text(EVENTS + "acme,u1,edit,never\n", encoding="utf-8")
    assert weatherglass("load", folder, "-p", project).code == 1
    bad.write_text(EVENTS + GOOD, encoding="utf-8")
    done = weatherglass("load", folder, "-p", project)
    assert done.good, done.err
    assert weatherglass("score", "-p", project).good


# Rows that are left out

ROWS = EVENTS + GOOD + "acme,u1,edit,never\nacme,u1,,2024-01-03\n007,u2,view,2024-01-04\nacme,u1,edit,1970-01-01\n"


def test_lenient_leaves_out_counts_and_lists(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(ROWS, encoding="utf-8")
    rows = events_in(project)
    done = weatherglass("load", path, "-p", project, "--lenient")
    assert done.good, done.err
    assert re.search(r"events\s+2\s+2\s+3", done.out), done.out
    assert f"{path}: left out 1: timestamp: is not a time" in done.out
    assert f"{path}: left out 1: name: is required and empty" in done.out
    for said in ("row 3, column timestamp: 'never'", "row 4, column name", "row 6, column timestamp: '1970-01-01'"):
        assert said in done.out
    assert events_in(project) == rows + 2


def events_in(project: Path) -> int:
    segments = picture(project)["table segments"]
    assert isinstance(segments, list)
    return sum(int(re.split(r"', |, ", row)[5]) for row in segments)


def test_lenient_passes_over_empty_files(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "events.csv").write_text("", encoding="utf-8")
    (folder / "tickets.csv").write_text(TICKETS + "t1,acme,2024-01-02,4\n", encoding="utf-8")
    done = weatherglass("load", folder, "-p", project, "--lenient")
    assert done.good, done.err
    assert "the file is empty" in done.out


def test_lenient_does_not_make_up_a_column(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("account_id,name\nacme,edit\n", encoding="utf-8")
    before = picture(project)
    assert weatherglass("load", path, "-p", project, "--lenient").code == 1
    assert changed(before, picture(project)) == []


def test_a_dry_run_says_what_is_wrong_and_keeps_nothing(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(ROWS, encoding="utf-8")
    before = picture(project)
    done = weatherglass("load", path, "-p", project, "--dry-run")
    assert "row 3" in done.out and "'never'" in done.out
    assert changed(before, picture(project)) == []


@pytest.mark.parametrize(
    ("name", "content"), [("events.csv", EVENTS), ("events.csv", f"\n\n{EVENTS}"), ("events.json", "[]")]
)
def test_a_file_without_a_row_is_no_mistake(name: str, content: str, project: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    done = weatherglass("load", path, "-p", project)
    assert done.good, done.err
    assert re.search(r"events\s+0\s+0", done.out)
