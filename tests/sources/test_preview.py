"""What a load would do, before it does."""

from __future__ import annotations

from sources.bench import Bench, names_in
from weatherglass.sources import discover, preview


def test_every_file_is_told_and_nothing_is_left(bench: Bench) -> None:
    bench.write("accounts.csv", "id,company,seats,tier\na,Acme,5,gold\nb,Bolt,-1,\n")
    bench.write("events.jsonl", '{"org_id":"a","event":"x","ts":"2024-01-05"}\n')
    bench.write("tickets.csv", "subject,when\nx,2024-01-05\n")
    bench.write("users.csv", "")
    accounts, users, events, tickets = preview(bench.engine, discover([bench.folder]))
    assert (accounts.table, accounts.rows, accounts.unknown) == ("accounts", 1, ("tier",))
    assert [(one.column, one.how, one.source) for one in accounts.columns if one.source] == [
        ("account_id", "alias", "id"),
        ("name", "alias", "company"),
        ("seats", "exact", "seats"),
    ]
    assert [problem.line for problem in accounts.problems] == [
        "row 3, column seats: '-1' is too small (at least 0)",
    ]
    assert accounts.problem_count == 1
    assert (events.rows, events.error) == (1, None)
    assert tickets.error is not None
    assert "no column for ticket_id, account_id, opened_at" in tickets.error
    assert (users.rows, users.error) == (0, None)
    assert "the file is empty" in users.notices[0]
    assert names_in(bench.engine) == []
