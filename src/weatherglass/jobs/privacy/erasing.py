"""Erasing a person or an account: from events, facts, roll-ups, history, the log and the state, with a receipt."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from weatherglass.engine.dialect import identifier, literal
from weatherglass.jobs.backup.backing_up import forget_unfinished
from weatherglass.jobs.live.snapshot import FILE as SNAPSHOT
from weatherglass.jobs.privacy.mentions import EMAIL_OF_EVENT, Mentions
from weatherglass.jobs.scoring.kept_days import changed as history_changed
from weatherglass.jobs.scoring.settled import FOLDER as SETTLED
from weatherglass.rollups.rolling import SETTLED_TO
from weatherglass.state.forgetting import forget_account
from weatherglass.state.naming import SHORT, Named, forget_names
from weatherglass.store.compacting import checkpoint, mark
from weatherglass.store.rewriting import write_rest
from weatherglass.store.segmenting import segment
from weatherglass.store.sweeping import sweep

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB
    from weatherglass.events.redacting import Redactor
    from weatherglass.jobs.live.store import Live
    from weatherglass.state import Actor, State
    from weatherglass.store import Store

Kind = Literal["user", "account"]
RECEIPTS = "receipts"
ERASED = "(erased)"

TEXTS = {"tickets": ("text", "traits"), "surveys": ("comment", "traits"), "interactions": ("text", "traits")}
"""What people wrote, by table: goes with the person, while the row itself stays the account's."""
FACTS = (
    "accounts",
    "users",
    "tickets",
    "invoices",
    "subscriptions",
    "surveys",
    "interactions",
    "milestones",
    "outcomes",
)
DAILY = (
    "user_days",
    "account_days",
    "feature_days",
    "key_feature_days",
    "milestone_days",
    "account_spans",
    "forgotten_days",
    "scores",
)


@dataclass(frozen=True)
class Subject:
    """Who is to be erased, by the id that the product knows them by."""

    kind: Kind
    id: str

    @property
    def digest(self) -> str:
        """What a receipt says in place of the id: who knows the id can prove that it was this one."""
        return hashlib.sha256(f"{self.kind}:{self.id}".encode("utf-8", "surrogatepass")).hexdigest()

    def forms(self, redacting: Redactor | None) -> list[Subject]:
        """Itself, as it was stored before addresses were hashed, and as it is stored now."""
        known = self.id if redacting is None else redacting.text(self.id)
        return [self] if known == self.id else [self, Subject(self.kind, known)]


Receipt = dict[str, Any]


def erase(store: Store, state: State, subject: Subject, by: Actor, redacting: Redactor | None = None) -> Receipt:
    """Take everything out of store and state; what was, in numbers. To be used where nothing else writes the store.

    Scores follow with the next pass. The log is the caller's: only who holds it can forget it.
    redacting: what ids have gone through before they were stored.
    """
    counts: Counter[str] = Counter()
    for one in subject.forms(redacting):
        counts.update(_erase(store, state, one))
    return _receipt(store, state, subject, by, dict(counts))


def _erase(store: Store, state: State, subject: Subject) -> dict[str, int]:
    engine = store.engine
    segment(store)
    named, mentions = _named(engine, subject), _mentions(store, subject)
    made: list[Path] = []
    counts: dict[str, int] = {}
    try:
        with engine.transaction():
            counts["events"], changed = _events(store, subject, mentions, made)
            counts["rows"] = _facts(engine, subject) + mentions.forget(engine, ERASED) + changed
            _names(engine, subject)
            engine.execute(f"DELETE FROM settings WHERE name = '{SETTLED_TO}'")
            history_changed(store)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise
    sweep(store)
    checkpoint(engine)
    mark(store.folder)
    shutil.rmtree(store.folder / SETTLED, ignore_errors=True)
    (store.folder / SNAPSHOT).unlink(missing_ok=True)
    forget_unfinished(store.folder)
    counts["state"] = _state(state, subject, named)
    return counts


def _named(engine: DuckDB, subject: Subject) -> Named:
    """How a user is named in what was told of their accounts, and an account in what was told of several at once."""
    if subject.kind == "account":
        names = engine.rows("SELECT name FROM accounts WHERE account_id = ? AND length(name) >= ?", [subject.id, SHORT])
        return Named([subject.id], {name for (name,) in names}, [subject.id])
    rows = engine.rows("SELECT account_id, name, email FROM users WHERE user_id = ?", [subject.id])
    of_members = (
        "SELECT n.account_id FROM members AS m INNER JOIN account_ids AS n ON n.account = m.account WHERE m.user_id = ?"
    )
    accounts = {account for account, *_ in rows} | {account for (account,) in engine.rows(of_members, [subject.id])}
    return Named([subject.id], {name for _, *names in rows for name in names if name}, accounts)


def _mentions(store: Store, subject: Subject) -> Mentions:
    """How others may mention a user: by the addresses that are known of them, and by their id."""
    if subject.kind == "account":
        return Mentions(())
    engine = store.engine
    found = engine.rows("SELECT email FROM users WHERE user_id = ?", [subject.id])
    for _, path in _segments(store):
        own = f"read_parquet({literal(str(path))}) WHERE CAST(user_id AS VARCHAR) = ?"
        found += engine.rows(f"SELECT DISTINCT {EMAIL_OF_EVENT} FROM {own}", [subject.id])
    return Mentions.of(subject.id, {address for (address,) in found if address})


def _segments(store: Store) -> list[tuple[int, Path]]:
    """Those that hold events, and their files."""
    found = store.engine.rows('SELECT segment, path FROM segments WHERE "rows" > 0 ORDER BY segment')
    return [(number, store.events_folder / name) for number, name in found]


def erase_served(live: Live, state: State, subject: Subject, by: Actor) -> Receipt:
    """The same for a store that is served: scores follow before it returns."""
    # first what has come and is not in the store, last what the pass before the erasure had in hand
    live.finish().result()
    receipt = live.submit(lambda store: erase(store, state, subject, by, live.redactor)).result()
    # with the next message that comes, the log goes on in another file and this one is forgotten
    live.log.turn()
    live.finish().result()
    # the sample of a refusal may name them; as JSON an id is written with escapes
    live.rejects.forget(form for one in subject.forms(live.redactor) for form in (one.id, json.dumps(one.id)[1:-1]))
    return receipt


def _events(store: Store, subject: Subject, mentions: Mentions, made: list[Path]) -> tuple[int, int]:
    """Write the segments that hold events of the subject again without them, and what mentions it without that.

    How many events there were, and how many of others mentioned it.
    """
    engine = store.engine
    engine.execute("CREATE OR REPLACE TEMP TABLE erased_users (user_id VARCHAR)")
    if subject.kind == "user":
        engine.execute("INSERT INTO erased_users VALUES (?)", [subject.id])
        condition = "CAST(user_id AS VARCHAR) IN (SELECT user_id FROM erased_users)"
    else:
        engine.execute(_ONLY_THERE, {"account": subject.id})
        condition = (
            f"CAST(account_id AS VARCHAR) = {literal(subject.id)} "
            "OR (account_id IS NULL AND CAST(user_id AS VARCHAR) IN (SELECT user_id FROM erased_users))"
        )
    found = changed = 0
    for number, path in _segments(store):
        source = f"read_parquet({literal(str(path))})"
        count = int(engine.row(f"SELECT count(*) FROM {source} WHERE {condition}")[0])
        said = f"({condition}) IS NOT TRUE AND {mentions.within('properties')}"
        others = int(engine.row(f"SELECT count(*) FROM {source} WHERE {said}")[0]) if mentions.texts else 0
        changed += others
        if others:
            cleaned = mentions.without("properties", ERASED)
            source = f"(SELECT * REPLACE ({cleaned} AS properties) FROM {source})"
        if count or others:
            found += count
            engine.execute(
                f'INSERT INTO stale_events SELECT DISTINCT CAST("timestamp" AS TIMESTAMP) FROM {source} '
                f"WHERE {condition}"
            )
            _rewrite(store, number, path, f"FROM {source} WHERE ({condition}) IS NOT TRUE", made)
    return found, changed


_ONLY_THERE = (
    "INSERT INTO erased_users SELECT m.user_id FROM (SELECT user_id, account_id FROM users UNION "
    "SELECT b.user_id, n.account_id FROM members AS b INNER JOIN account_ids AS n ON n.account = b.account) AS m "
    "WHERE m.user_id IS NOT NULL GROUP BY m.user_id HAVING count(DISTINCT m.account_id) = 1 "
    "AND any_value(m.account_id) = $account"
)
"""The users of an account who are users of no other."""


def _rewrite(store: Store, number: int, path: Path, rest: str, made: list[Path]) -> None:
    left = write_rest(store, path, rest, made)
    if left is None:
        store.engine.execute("DELETE FROM segments WHERE segment = ?", [number])
        return
    # another digest: a file that is loaded again must not be taken for this one
    store.engine.execute(
        'UPDATE segments SET path = ?, digest = ?, "rows" = ?, first_at = ?, last_at = ? WHERE segment = ?',
        [left.path, f"erased:{left.file.stem}", left.rows, left.first, left.last, number],
    )


def _facts(engine: DuckDB, subject: Subject) -> int:
    """Take out rows; those that are the account's and not the person's lose what points to the person."""
    found = 0
    if subject.kind == "account":
        for table in FACTS:
            found += _delete(engine, table, "account_id = ?", subject.id)
        engine.execute("UPDATE accounts SET parent_account_id = NULL WHERE parent_account_id = ?", [subject.id])
        return found
    engine.execute(
        "INSERT INTO touched (account_id) SELECT DISTINCT account_id FROM users WHERE user_id = ?", [subject.id]
    )
    for table, texts in TEXTS.items():
        nothing = ", ".join(f"{identifier(name)} = NULL" for name in ("user_id", *texts))
        found += int(engine.row(f"SELECT count(*) FROM {table} WHERE user_id = ?", [subject.id])[0])
        engine.execute(f"UPDATE {table} SET {nothing} WHERE user_id = ?", [subject.id])
    return found + _delete(engine, "users", "user_id = ?", subject.id)


def _names(engine: DuckDB, subject: Subject) -> None:
    """Take out the numbers that stand for the subject, and what is told by them."""
    engine.execute("DELETE FROM group_calls WHERE user_id IN (SELECT user_id FROM erased_users)")
    engine.execute("DELETE FROM erase_requests WHERE user_id IN (SELECT user_id FROM erased_users)")
    if subject.kind == "user":
        engine.execute(
            'INSERT INTO touched (account_id, "day") SELECT n.account_id, min(u."day") FROM user_days AS u '
            "INNER JOIN members AS m ON m.member = u.member AND m.account = u.account "
            "INNER JOIN account_ids AS n ON n.account = m.account WHERE m.user_id = ? GROUP BY n.account_id",
            [subject.id],
        )
        engine.execute("DELETE FROM members WHERE user_id = ?", [subject.id])
        return
    engine.execute("DELETE FROM group_calls WHERE account_id = ?", [subject.id])
    mine = f"account IN (SELECT account FROM account_ids WHERE account_id = {literal(subject.id)})"
    for table in (*DAILY, "members", "account_ids"):
        engine.execute(f"DELETE FROM {table} WHERE {mine}")
    engine.execute("DELETE FROM touched WHERE account_id = ?", [subject.id])


def _delete(engine: DuckDB, table: str, condition: str, value: str) -> int:
    found = int(engine.row(f"SELECT count(*) FROM {table} WHERE {condition}", [value])[0])
    engine.execute(f"DELETE FROM {table} WHERE {condition}", [value])
    return found


def _state(state: State, subject: Subject, named: Named) -> int:
    with state.database.writing() as connection:
        found = 0
        if subject.kind == "account":
            found = state.overrides.erase(connection, subject.id) + forget_account(connection, subject.id)
        found += forget_names(connection, named, ERASED)
        return found + state.audit.forget(connection, [subject.id], ERASED, of_account=subject.kind == "account")


def _receipt(store: Store, state: State, subject: Subject, by: Actor, counts: dict[str, int]) -> Receipt:
    now = dt.datetime.now(dt.UTC)
    receipt: Receipt = {
        "erased": subject.kind,
        "sha256": subject.digest,
        "at": now.isoformat(timespec="seconds"),
        "by": by.name,
        **counts,
    }
    folder = store.folder / RECEIPTS
    folder.mkdir(exist_ok=True)
    file = folder / f"erasure-{now:%Y%m%dT%H%M%S}-{subject.digest[:12]}.json"
    file.write_text(json.dumps(receipt, indent=1) + "\n", encoding="utf-8")
    state.audit.add(by, f"{subject.kind} erased", f"{subject.kind}:sha256:{subject.digest[:12]}", after=counts)
    state.database.settle()
    return {**receipt, "receipt": str(file)}
