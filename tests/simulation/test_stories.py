"""Each known story, seen in plain counts of the raw data."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simulation.conftest import END, Ask, asker
from weatherglass.simulation import STORIES, Company, Story, simulate_company
from weatherglass.simulation.accounts import HASTY_CAMPAIGN
from weatherglass.simulation.stories import GUEST, OUTAGE, OUTAGE_DAYS, SECOND_HOME

BY_KEY = {story.key: story for story in STORIES}


def events_in(ask: Ask, story: Story, oldest: int, newest: int) -> int:
    """Events of the story's account from `oldest` to `newest` days before the end."""
    [(count,)] = ask(
        "SELECT count(*) FROM used WHERE account_id = ? AND before BETWEEN ? AND ?", story.account_id, newest, oldest
    )
    return int(count)


def test_the_catalogue_is_complete(company: Company) -> None:
    assert company.stories == STORIES
    assert len({story.key for story in STORIES}) == len(STORIES)
    names = dict(
        zip(company["accounts"]["account_id"].to_pylist(), company["accounts"]["name"].to_pylist(), strict=True)
    )
    for story in STORIES:
        assert story.account_id is None or any(word in story.name for word in (names[story.account_id],)), story.name
        assert story.start(END) == END - timedelta(days=story.days_before_end)


def test_the_slow_decliner_drifts_away_and_leaves(ask: Ask) -> None:
    story = BY_KEY["slow_decliner"]
    before, half_way, late = (events_in(ask, story, day, day - 27) for day in (205, 110, 60))
    assert before > 1.3 * half_way > 1.3 * 1.5 * late > 0
    assert events_in(ask, story, 29, 0) == 0
    assert ask("SELECT day(occurred_at) FROM outcomes WHERE kind = 'churned' AND account_id = ?", story.account_id) == [
        (30,)
    ]
    assert ask("SELECT day(max(ended_at)) FROM subscriptions WHERE account_id = ?", story.account_id) == [(30,)]


def test_the_champion_leaves_and_most_of_the_work_with_them(ask: Ask) -> None:
    story = BY_KEY["champion_leaves"]
    [(champion, gone)] = ask(
        "SELECT user_id, day(deactivated_at) FROM users WHERE is_champion AND account_id = ?", story.account_id
    )
    assert gone == story.days_before_end
    [(own, all_of_them)] = ask(
        "SELECT count(*) FILTER (user_id = ?), count(*) FROM used WHERE account_id = ? AND before > ?",
        champion,
        story.account_id,
        gone,
    )
    assert own > 0.35 * all_of_them
    assert ask("SELECT count(*) FROM used WHERE user_id = ? AND before < ?", champion, gone) == [(0,)]
    assert events_in(ask, story, 27, 0) < 0.5 * events_in(ask, story, 27 + 84, 84)


def test_the_season_ends_as_it_did_a_year_ago() -> None:
    ask = asker(simulate_company(13, 450, 1, END))
    story = BY_KEY["seasonal"]
    now = events_in(ask, story, 27, 0) / events_in(ask, story, 55, 28)
    year_ago = events_in(ask, story, 27 + 364, 364) / events_in(ask, story, 55 + 364, 28 + 364)
    assert now < 0.85
    assert year_ago < 0.85


def test_the_new_account_begins_well(ask: Ask) -> None:
    story = BY_KEY["new_account"]
    assert ask("SELECT day(created_at) FROM accounts WHERE account_id = ?", story.account_id) == [(39,)]
    [(first,)] = ask("SELECT max(before) FROM used WHERE account_id = ?", story.account_id)
    assert 35 <= first <= 39
    done = "SELECT max(before) FROM used WHERE account_id = ? AND name = ?"
    for name, due in (("setup_completed", 7), ("member_invited", 14)):
        [(day,)] = ask(done, story.account_id, name)
        assert 39 - day <= due, name
    assert ask("SELECT count(*) FROM milestones WHERE account_id = ?", story.account_id)[0][0] >= 1
    assert events_in(ask, story, 13, 0) > events_in(ask, story, 39, 26)


def test_the_expansion_brings_seats_users_and_use(ask: Ask) -> None:
    story = BY_KEY["expansion"]
    assert ask("SELECT DISTINCT seats FROM subscriptions WHERE account_id = ? ORDER BY 1", story.account_id) == [
        (30,),
        (50,),
        (80,),
    ]
    assert ask("SELECT count(*) FROM outcomes WHERE kind = 'expanded' AND account_id = ?", story.account_id) == [(2,)]
    [(before, after)] = ask(
        """SELECT count(DISTINCT user_id) FILTER (before BETWEEN 170 AND 197),
                  count(DISTINCT user_id) FILTER (before <= 27) FROM used WHERE account_id = ?""",
        story.account_id,
    )
    assert after > 1.6 * before
    assert events_in(ask, story, 27, 0) > 1.5 * events_in(ask, story, 197, 170)


def test_silence_falls_before_a_renewal(ask: Ask) -> None:
    story = BY_KEY["silence_before_renewal"]
    assert events_in(ask, story, 20, 0) < 0.05 * events_in(ask, story, 45, 25)
    [(days, arr)] = ask("SELECT -day(renewal_date), arr FROM accounts WHERE account_id = ?", story.account_id)
    assert days == 28 and arr > 40_000


def test_the_support_storm_breaks_over_one_account(ask: Ask) -> None:
    story = BY_KEY["support_storm"]
    storm = "FROM tickets WHERE account_id = ? AND day(opened_at) <= ?"
    here = (story.account_id, story.days_before_end)
    [(opened, severe, escalated, solved)] = ask(
        f"""SELECT count(*), count(*) FILTER (severity IN ('high', 'urgent')), count(*) FILTER (escalated),
                   count(resolved_at) {storm}""",
        *here,
    )
    assert opened >= 18 and severe >= 12 and escalated >= 5 and solved <= opened / 2
    [(usual,)] = ask("SELECT count(*) / 382 * 19 FROM tickets WHERE account_id = ? AND day(opened_at) > ?", *here)
    assert opened > 5 * usual
    assert events_in(ask, story, 18, 0) > 0.5 * events_in(ask, story, 46, 28)


def test_the_payments_fail_and_the_work_goes_on(ask: Ask) -> None:
    story = BY_KEY["payment_failure"]
    invoices = ask("SELECT day(issued_at), status FROM invoices WHERE account_id = ? ORDER BY 1", story.account_id)
    failed = [day for day, status in invoices if status == "failed"]
    assert len(failed) >= 2 and max(failed) <= story.days_before_end
    assert all(status in ("paid", "void") for day, status in invoices if day > story.days_before_end)
    assert events_in(ask, story, 27, 0) > 0.5 * events_in(ask, story, 27 + 56, 56)


def test_the_weekly_visitor_comes_every_week(ask: Ask) -> None:
    story = BY_KEY["weekly_cadence"]
    assert ask("SELECT DISTINCT isodow(timestamp) FROM used WHERE account_id = ?", story.account_id) == [(1,)]
    [(weeks,)] = ask(
        "SELECT count(DISTINCT before // 7) FROM used WHERE account_id = ? AND before < 70", story.account_id
    )
    assert weeks == 10
    assert events_in(ask, story, 69, 0) < 700


def test_one_person_uses_what_two_hundred_could(ask: Ask) -> None:
    story = BY_KEY["shelf_ware"]
    assert ask("SELECT seats FROM accounts WHERE account_id = ?", story.account_id) == [(200,)]
    assert ask("SELECT count(DISTINCT user_id) FROM used WHERE account_id = ?", story.account_id) == [(1,)]
    assert ask("SELECT count(*) > 30 FROM users WHERE account_id = ?", story.account_id) == [(True,)]


def test_one_person_works_in_two_accounts(ask: Ask) -> None:
    story = BY_KEY["two_accounts"]
    homes = ask("SELECT account_id FROM users WHERE user_id = ? ORDER BY 1", GUEST)
    assert homes == [(story.account_id,), (SECOND_HOME,)]
    named = ask("SELECT account_id, count(*) FROM used WHERE user_id = ? GROUP BY 1 ORDER BY 1 NULLS LAST", GUEST)
    assert [account for account, _ in named] == [story.account_id, SECOND_HOME, None]
    assert all(count > 100 for _, count in named)
    days = "SELECT DISTINCT isodow(timestamp) FROM used WHERE user_id = ? AND account_id = ? ORDER BY 1"
    assert ask(days, GUEST, story.account_id) == [(1,), (3,), (5,)]
    assert ask(days, GUEST, SECOND_HOME) == [(2,), (4,)]
    # The latest group call before each event that names no account is of the account of that weekday.
    wrong = """
        SELECT count(*) FROM (SELECT timestamp FROM used WHERE user_id = $1 AND account_id IS NULL) e
        ASOF LEFT JOIN (SELECT timestamp, account_id FROM events WHERE user_id = $1 AND type = 'group') g
            ON e.timestamp >= g.timestamp
        WHERE g.account_id IS DISTINCT FROM if(isodow(e.timestamp) IN (1, 3, 5), $2, $3)"""
    assert ask(wrong, GUEST, story.account_id, SECOND_HOME) == [(0,)]


def test_one_account_comes_back(ask: Ask) -> None:
    story = BY_KEY["comes_back"]
    away = events_in(ask, story, 143, 108)
    assert away < 0.15 * events_in(ask, story, 190, 155)
    assert events_in(ask, story, 70, 35) > 0.6 * events_in(ask, story, 190, 155)


def test_nobodys_events_arrive_during_the_outage(ask: Ask) -> None:
    counts: dict[int, int] = dict(ask("SELECT before, count(*) FROM used GROUP BY 1"))
    outage = [counts.get(day, 0) for day in range(OUTAGE, OUTAGE - OUTAGE_DAYS, -1)]
    week_before = [counts[day + 7] for day in range(OUTAGE, OUTAGE - OUTAGE_DAYS, -1)]
    assert sum(outage) < 0.03 * sum(week_before)
    tickets = ask("SELECT count(*) FROM tickets WHERE day(opened_at) BETWEEN ? AND ?", OUTAGE - OUTAGE_DAYS + 1, OUTAGE)
    assert tickets[0][0] > 0


def test_customers_of_the_hasty_campaign_leave_more_often(ask: Ask) -> None:
    [(hasty, others)] = ask(
        f"""SELECT avg((gone IS NOT NULL)::int) FILTER (acquisition_campaign = '{HASTY_CAMPAIGN}'),
                   avg((gone IS NOT NULL)::int) FILTER (acquisition_campaign IS DISTINCT FROM '{HASTY_CAMPAIGN}')
            FROM accounts LEFT JOIN
                 (SELECT account_id, true AS gone FROM outcomes WHERE kind = 'churned') USING (account_id)"""
    )
    assert hasty > 1.5 * others


@pytest.mark.parametrize("seed", [2, 11])
def test_the_stories_hold_for_other_seeds(seed: int) -> None:
    ask = asker(simulate_company(20, 400, seed, END))
    test_the_slow_decliner_drifts_away_and_leaves(ask)
    test_the_champion_leaves_and_most_of_the_work_with_them(ask)
    test_the_expansion_brings_seats_users_and_use(ask)
    test_silence_falls_before_a_renewal(ask)
    test_the_support_storm_breaks_over_one_account(ask)
    test_one_person_works_in_two_accounts(ask)
    test_one_account_comes_back(ask)
