from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from simulation.conftest import END, Ask
from weatherglass.events.tables import BY_NAME, TABLES
from weatherglass.simulation import STORIES, Company, product_settings, simulate_company
from weatherglass.simulation.product import EVENT_NAMES
from weatherglass.simulation.schemas import arrow_schema


def digest(company: Company) -> str:
    """A fingerprint of all rows of all tables."""
    found = hashlib.sha256()
    for name in sorted(company.tables):
        sink = pa.BufferOutputStream()
        table = company[name].combine_chunks()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        found.update(name.encode() + sink.getvalue().to_pybytes())
    return found.hexdigest()


def test_every_source_table_has_its_canonical_columns(company: Company) -> None:
    assert set(company.tables) == {table.name for table in TABLES}
    for name, table in company.tables.items():
        assert table.schema == arrow_schema(name)
        assert table.num_rows > 0, name


def test_required_columns_are_filled_and_choices_and_bounds_kept(company: Company) -> None:
    for name, table in company.tables.items():
        for column in BY_NAME[name].columns:
            values, where = table[column.name], (name, column.name)
            assert not column.required or values.null_count == 0, where
            if column.choices:
                assert set(values.drop_null().unique().to_pylist()) <= set(column.choices), where
            low, high = pc.min_max(values).values() if column.kind == "number" else (None, None)
            assert column.low is None or low is None or low.as_py() >= column.low, where
            assert column.high is None or high is None or high.as_py() <= column.high, where


def test_keys_are_unique(company: Company, ask: Ask) -> None:
    for table in TABLES:
        if table.key:
            assert ask(f"SELECT 1 FROM {table.name} GROUP BY {', '.join(table.key)} HAVING count(*) > 1") == []
    assert ask("SELECT count(*) - count(DISTINCT message_id) FROM events") == [(0,)]


def test_what_names_an_account_or_a_user_names_one_that_exists(company: Company, ask: Ask) -> None:
    for table in TABLES:
        lost = f"account_id NOT IN (SELECT account_id FROM accounts) AND {table.name}.account_id IS NOT NULL"
        assert ask(f"SELECT count(*) FROM {table.name} WHERE {lost}") == [(0,)], table.name
    for name in ("tickets", "surveys", "interactions"):
        assert ask(f"SELECT count(*) FROM {name} ANTI JOIN users USING (user_id, account_id)") == [(0,)], name
    strangers = ask("SELECT count(*) FROM events ANTI JOIN users USING (user_id) WHERE user_id NOT LIKE 'visitor%'")
    assert strangers == [(0,)]
    assert ask("SELECT count(*) FROM accounts a WHERE parent_account_id = account_id") == [(0,)]
    assert ask("SELECT count(*) FROM accounts a WHERE parent_account_id NOT IN (SELECT account_id FROM accounts)") == [
        (0,)
    ]


def test_nothing_is_dated_after_the_end(company: Company) -> None:
    over = datetime.combine(END + timedelta(days=1), datetime.min.time(), UTC)
    for name, table in company.tables.items():
        for column in BY_NAME[name].columns:
            if column.kind == "time" and column.name not in ("renewal_date", "due_at"):
                latest = pc.max(table[column.name]).as_py()
                assert latest is not None and latest < over, (name, column.name)


def test_no_fact_lies_before_the_history(company: Company) -> None:
    begun = datetime.combine(END - timedelta(days=399), datetime.min.time(), UTC)
    for table in TABLES:
        if table.dated_by is not None and table.name != "accounts":
            assert pc.min(company[table.name][table.dated_by]).as_py() >= begun, table.name


def test_a_part_of_the_events_names_no_account_but_few_are_of_nobody(ask: Ask) -> None:
    [(missing, nobody)] = ask("""
        SELECT avg((account_id IS NULL)::int),
               avg((account_id IS NULL AND (user_id IS NULL OR user_id LIKE 'visitor%'))::int)
        FROM events""")
    assert 0.05 < missing < 0.3
    assert 0 < nobody < 0.005
    assert ask("SELECT count(*) FROM events WHERE type = 'group' AND (account_id IS NULL OR user_id IS NULL)") == [(0,)]


def test_sizes_and_spread(company: Company, ask: Ask) -> None:
    assert company["accounts"].num_rows == 300
    assert 300_000 <= company["events"].num_rows <= 900_000
    [(fewest, median, most)] = ask("SELECT min(seats), median(seats), max(seats) FROM accounts")
    assert fewest == 3 and median < 15 and 400 < most <= 2_000
    assert {row[0] for row in ask("SELECT DISTINCT segment FROM accounts")} == {"smb", "mid-market", "enterprise"}
    assert 38 <= len(EVENT_NAMES) <= 42
    names = {row[0] for row in ask("SELECT DISTINCT name FROM events WHERE type IN ('track', 'page')")}
    assert names == set(EVENT_NAMES)
    [(workday, sunday)] = ask("""
        SELECT count(*) FILTER (isodow(timestamp) = 3), count(*) FILTER (isodow(timestamp) = 7) FROM events""")
    assert sunday < workday / 5
    [(christmas, before)] = ask("""
        SELECT count(*) FILTER (timestamp::date = date '2025-12-25'),
               count(*) FILTER (timestamp::date = date '2025-12-18')
        FROM events""")
    assert christmas < before / 5


def test_revenue_follows_seats_and_plan(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM accounts WHERE abs(arr - 12 * mrr) > 0.01") == [(0,)]
    [(gone,)] = ask("SELECT count(DISTINCT account_id) FROM outcomes WHERE kind = 'churned'")
    assert ask("SELECT count(*) FROM accounts WHERE arr = 0 AND renewal_date IS NULL") == [(gone,)]
    running = "SELECT account_id, mrr, seats FROM subscriptions WHERE ended_at IS NULL"
    assert ask(f"SELECT count(*), count(DISTINCT account_id) FROM ({running})") == [(300 - gone, 300 - gone)]
    assert ask(f"""
        SELECT count(*) FROM accounts a JOIN ({running}) s USING (account_id) WHERE a.mrr <> s.mrr OR a.seats <> s.seats
    """) == [(0,)]
    assert ask("SELECT count(*) FROM accounts WHERE renewal_date IS NOT NULL AND day(renewal_date) >= 0") == [(0,)]


def test_who_has_left_does_nothing_any_more(ask: Ask) -> None:
    gone = "(SELECT account_id, occurred_at FROM outcomes WHERE kind = 'churned') gone"
    assert ask(
        f"SELECT count(*) FROM used JOIN {gone} USING (account_id) WHERE timestamp > occurred_at + INTERVAL 1 DAY"
    ) == [(0,)]
    assert ask(f"SELECT count(*) FROM invoices JOIN {gone} USING (account_id) WHERE issued_at > occurred_at") == [(0,)]
    assert ask(f"SELECT count(*) FROM {gone} ANTI JOIN subscriptions s USING (account_id) WHERE true") == [(0,)]


def test_part_of_the_churn_can_be_foreseen_and_part_cannot(ask: Ask) -> None:
    falls = ask("""
        WITH gone AS (SELECT account_id, day(occurred_at) AS gone FROM outcomes WHERE kind = 'churned')
        SELECT count(*) FILTER (before - gone BETWEEN 1 AND 28) / count(*) FILTER (before - gone BETWEEN 180 AND 207)
        FROM used JOIN gone USING (account_id) GROUP BY account_id
        HAVING count(*) FILTER (before - gone BETWEEN 180 AND 207) >= 30""")
    foreseen = sum(ratio < 0.6 for (ratio,) in falls)
    unforeseen = sum(ratio > 0.75 for (ratio,) in falls)
    assert foreseen >= 5
    assert unforeseen >= 3


def test_the_same_arguments_give_the_same_company_in_every_process() -> None:
    code = (
        "from simulation.test_company import digest\n"
        "from weatherglass.simulation import simulate_company\n"
        "print(digest(simulate_company(30, 160, 7)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    assert found == {digest(simulate_company(30, 160, 7))}
    assert digest(simulate_company(30, 160, 8)) not in found


@pytest.mark.parametrize(("accounts", "days"), [(1, 1), (1, 400), (13, 60), (20, 30), (40, 200)])
def test_a_small_company_is_a_company(accounts: int, days: int) -> None:
    company = simulate_company(accounts, days, seed=3, end=date(2027, 1, 3))
    assert company["accounts"].num_rows == accounts
    assert {table.name for table in TABLES} == set(company.tables)
    ids = set(company["accounts"]["account_id"].to_pylist())
    for story in company.stories:
        assert story in STORIES and story.needs_days <= days and (story.account_id is None or story.account_id in ids)


def test_an_empty_company_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 account and 1 day: got accounts=0, days=400"):
        simulate_company(accounts=0)


def test_the_settings_describe_the_product() -> None:
    settings = product_settings()
    product = settings["product"]
    assert set(product["core_actions"]) <= set(EVENT_NAMES)
    assert {name for events in product["features"].values() for name in events} <= set(EVENT_NAMES)
    assert len(product["features"]) == 12 and set(product["key_features"]) <= set(product["features"])
    assert [step["name"] for step in settings["milestones"]][:2] == ["setup_completed", "team_invited"]
    for step in settings["milestones"]:
        assert ("events" in step) != ("derived" in step)
        assert set(step.get("events", [])) <= set(EVENT_NAMES)
