"""The query that makes typed rows of a file, and the table that it fills."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from weatherglass.engine.dialect import identifier, literal
from weatherglass.events.limits import SURVEY_SCORES
from weatherglass.events.table import Table
from weatherglass.events.tables import BY_NAME
from weatherglass.sources import objects, values
from weatherglass.sources.errors import Reject, SourceError
from weatherglass.sources.fields import Check, Field, detail, field
from weatherglass.sources.matching import Matches
from weatherglass.sources.scan import Scan

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB
    from weatherglass.sources.files import SourceFile

Lookup = Callable[[str], str | None]
"""Table name -> the name of a relation with that table's key and `account_id`; None where there is none yet."""

_SHOWN_CHARACTERS = 200
_NO_TRAITS = ("{}", f'{{"{objects.NESTED}":{{}}}}')


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything that makes typed rows of one file."""

    shown: str
    """The file as messages name it."""
    table: Table
    scan: Scan
    matches: Matches
    fields: tuple[Field, ...]
    shared: bool = False
    """Whether rows without the time that the table requires belong to another table only."""

    @property
    def looked_up(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.match.how == "through")


def names_of(table: Table) -> tuple[str, ...]:
    """The columns of typed rows, besides `row_number`."""
    own = tuple(column.name for column in table.columns)
    return own if table.name == "events" else (*own, "traits")


def rows(file: SourceFile, scan: Scan, matches: Matches, zone: str) -> Rows:
    """The reading of every column of a file's table."""
    fields = []
    for column, match in zip(file.table.columns, matches.matches, strict=True):
        source = None if match.source is None else scan.column(match.source)
        fields.append(field(column, match, source, file.mapping.values.get(column.name, {}), zone))
    return Rows(file.name, file.table, scan, matches, tuple(fields), file.shared and file.content == "rows")


def query(plan: Rows, lookup: Lookup, *, telling: bool) -> str:
    """A SELECT of the typed rows in the order of the file, with `problems`: what is wrong, NULL where nothing is.

    An empty list marks a record that is no row, such as a blank one. Where a lookup may change the order there is a
    column `row_number`. Without `telling` a list says no more than that something is wrong.
    """
    numbered = ", row_number() OVER () AS row_number" if plan.looked_up else ""
    cells = [f"{one.cell} AS {one.cell_name}" for one in plan.fields]
    cells += [f"coalesce({one.nested}, false) AS {one.nested_name}" for one in plan.fields if one.nested]
    cells.append(f"{_rest(plan)} AS rest")
    for place, check in enumerate(plan.scan.row_checks):
        cells += [f"coalesce({check.condition}, false) AS refused_{place}", f"{check.value} AS refused_value_{place}"]
    read = f"SELECT {', '.join(cells)}{numbered} FROM {plan.scan.relation}"
    typed = ", ".join(f"{one.value} AS {one.value_name}" for one in plan.fields)
    source = _with_lookups(read, plan, lookup)
    # a layer of its own: an expression that stands twice within CASE is computed twice
    traits = f"CASE WHEN rest NOT IN ({', '.join(map(literal, _NO_TRAITS))}) THEN rest END"
    middle = f"SELECT *, {typed}, {traits} AS traits FROM ({source}) AS source"
    number = ", row_number" if plan.looked_up else ""
    return f"SELECT {_outputs(plan)}, {_problems(plan, telling)} AS problems{number} FROM ({middle}) AS typed"


def _with_lookups(read: str, plan: Rows, lookup: Lookup) -> str:
    told, joins = "", ""
    for one in plan.looked_up:
        found = identifier(f"found_{one.column.name}")
        key = identifier(BY_NAME[one.match.through or ""].key[0])
        # one row a key, whatever the relation holds: a join must not make rows
        relation = _known(plan, one, lookup)
        known = f"SELECT CAST({key} AS VARCHAR) AS key, max(account_id) AS account FROM {relation} GROUP BY 1"
        told += f", {found}.account AS {found}"
        joins += f" LEFT JOIN ({known}) AS {found} ON {found}.key = {one.text}"
    return f"SELECT read.*{told} FROM ({read}) AS read{joins}"


def _known(plan: Rows, one: Field, lookup: Lookup) -> str:
    """The relation in which a column is looked up. Raises `SourceError` where nothing of that table is loaded."""
    table = one.match.through or ""
    relation = lookup(table)
    if relation is None:
        raise SourceError(
            f"{plan.shown}: {one.column.name} is found through {table} by the column {one.match.source!r}, "
            f"and there are no {table}: load a file of {table} first, or together with this one",
            file=plan.shown,
        )
    return relation


def _rest(plan: Rows) -> str:
    """The columns that nobody knows, as one JSON object."""
    scan, unknown = plan.scan, plan.matches.unknown
    if not unknown:
        return "CAST(NULL AS VARCHAR)"
    if scan.document is None:
        columns = map(scan.column, unknown)
        return values.as_document([(column.name, column.sql, column.type) for column in columns])
    used = [scan.document_keys[match.source] for match in plan.matches.matches if match.source is not None]
    patch = objects.without(used)
    rest = scan.document if patch is None else f"json_merge_patch({scan.document}, {literal(patch)})"
    return f"CASE WHEN json_type({scan.document}) = 'OBJECT' THEN CAST({rest} AS VARCHAR) END"


def _outputs(plan: Rows) -> str:
    told = [f"{one.output} AS {one.value_name}" for one in plan.fields]
    if plan.table.name != "events":
        return ", ".join([*told, "traits"])
    if plan.matches.unknown:
        place = next(place for place, one in enumerate(plan.fields) if one.column.name == "properties")
        told[place] = f"{values.merged('traits', 'properties')} AS properties"
    return ", ".join(told)


def _problems(plan: Rows, telling: bool) -> str:
    checks = [[*one.checks, *_rules(plan, one)] for one in plan.fields]
    refused = [f"refused_{place}" for place in range(len(plan.scan.row_checks))]
    bad = [*refused, *(f"({check.condition})" for mine in checks for check in mine)]
    if not bad:
        return "CAST(NULL AS STRUCT(place INTEGER, code VARCHAR, said VARCHAR)[])"
    whens = [f"WHEN {condition} THEN []" for condition in _no_rows(plan)]
    if telling:
        for place, check in enumerate(plan.scan.row_checks):
            whens.append(f"WHEN refused_{place} THEN [{_problem(-1, literal(check.code), f'refused_value_{place}')}]")
    listed = _listed(plan, checks) if telling else "[true]"
    told = f"CASE {' '.join(whens)} ELSE {listed} END" if whens else listed
    return f"CASE WHEN {' OR '.join(bad)} THEN {told} END"


def _listed(plan: Rows, checks: Sequence[Sequence[Check]]) -> str:
    """The first problem of each cell that has one."""
    per_cell = []
    for place, (one, mine) in enumerate(zip(plan.fields, checks, strict=True)):
        branches = " ".join(f"WHEN {check.condition} THEN {_problem(place, check.code, one.text)}" for check in mine)
        per_cell += [f"CASE {branches} END"] if mine else []
    return f"list_filter([{', '.join(per_cell)}], lambda problem: problem IS NOT NULL)"


def _problem(place: int, code: str, text: str) -> str:
    return f"{{'place': {place}, 'code': {code}, 'said': left(CAST({text} AS VARCHAR), {_SHOWN_CHARACTERS})}}"


def _no_rows(plan: Rows) -> Iterator[str]:
    """The conditions under which a record is no row of the table, and nothing is wrong with it."""
    if plan.scan.header_rows:
        cells = [one.cell_name for one in plan.fields if one.match.source is not None]
        yield f"coalesce({', '.join(cells)}, traits) IS NULL"
    for one in plan.fields:
        if plan.shared and one.column.required and one.column.name == plan.table.dated_by:
            yield f"{one.cell_name} IS NULL"


def _rules(plan: Rows, one: Field) -> Sequence[Check]:
    """What is legal in this column only together with another."""
    if plan.table.name != "surveys" or one.column.name != "score":
        return ()
    outside = " OR ".join(
        f"(kind = {literal(kind)} AND score NOT BETWEEN {low!r} AND {high!r})"
        for kind, (low, high) in SURVEY_SCORES.items()
    )
    return (Check(outside, "'survey_score'"),)


@dataclass(frozen=True, slots=True)
class Events:
    """What the good rows of a file of events have in common."""

    first: datetime | None = None
    last: datetime | None = None
    has_null_account: bool = False
    has_message_id: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found wrong in the rows of a filled table."""

    rows: int
    """Rows without a problem."""
    left_out: int
    """Rows with one, and records that are no row of the table."""
    rejected: int
    """Rows with one."""
    rejects: tuple[Reject, ...]
    """The first problems, in the order of the file."""
    count: int
    """How many problems there are."""
    reasons: dict[str, int]
    """How many of each kind, the most frequent first: `csat: is too large (at most 5)`."""
    events: Events = Events()


def fill(engine: DuckDB, name: str, plan: Rows, lookup: Lookup, *, telling: bool = True) -> None:
    """Read the file into a temporary table of typed rows. Raises `EngineError` where the engine cannot read it."""
    engine.execute(f"CREATE TEMP TABLE {identifier(name)} AS {query(plan, lookup, telling=telling)}")


def numbered(name: str, plan: Rows) -> str:
    """A relation of the filled table with a column `row_number`: a row's place in the file, 1 for the first."""
    if plan.looked_up:
        return identifier(name)
    # Counted here and not while reading, which it would hold to one thread; and not by rowid, which has a large number
    # added in the transaction that made the table.
    return f"(SELECT *, row_number() OVER () AS row_number FROM {identifier(name)}) AS numbered"


def examine(engine: DuckDB, name: str, plan: Rows, lost: Sequence[int], most: int, *, telling: bool) -> Found:
    """What is wrong in a filled table; without `telling` only in how many rows something is.

    lost: the places in the file of records that were no rows and are not in it.
    """
    table = identifier(name)
    counted = "count(*), count(problems), count(*) FILTER (WHERE len(problems) > 0)"
    if plan.table.name == "events":
        good = "FILTER (WHERE problems IS NULL)"
        counted += f", min(timestamp) {good}, max(timestamp) {good}"
        counted += f", count(*) {good} > count(account_id) {good}, count(message_id) {good} > 0"
    total, marked, rejected, *seen = engine.row(f"SELECT {counted} FROM {table}")
    events = Events(*seen)
    if not rejected or not telling:
        return Found(total - marked, marked, rejected, (), rejected, {}, events)
    marked_rows = f"SELECT row_number AS record, problems FROM {numbered(name, plan)} WHERE len(problems) > 0"
    wrong = f"(SELECT record, unnest(problems, max_depth := 2) FROM ({marked_rows}) AS marked)"
    listed = engine.rows(f"SELECT record, place, code, said FROM {wrong} ORDER BY record, place LIMIT {most}")
    rejects = tuple(reject(plan, _row(record + plan.scan.header_rows, lost), *rest) for record, *rest in listed)
    grouped = engine.rows(
        f"SELECT place, code, count(*) AS times FROM {wrong} GROUP BY place, code ORDER BY times DESC, place, code"
    )
    reasons: dict[str, int] = {}
    for place, code, count in grouped:
        one = reject(plan, None, place, code, None)
        told = f"{one.column}: {one.reason}" if one.column else f"row {one.reason}"
        reasons[told] = reasons.get(told, 0) + count
    return Found(total - marked, marked, rejected, rejects, sum(reasons.values()), reasons, events)


def reject(plan: Rows, row: int | None, place: int, code: str, value: str | None) -> Reject:
    """A problem of a row as people are told of it; `place` is that of the column, below 0 for the whole row."""
    if place < 0:
        return Reject(plan.shown, row, None, value, code)
    one = plan.fields[place]
    legal = detail(one.column, code)
    if code == "lookup":
        legal = f"no such row in {one.match.through}"
    elif code == "survey_score":
        legal = ", ".join(f"{kind} {low:g} to {high:g}" for kind, (low, high) in SURVEY_SCORES.items())
    return Reject(plan.shown, row, one.match.source or one.column.name, value, code, legal)


def _row(row: int, lost: Sequence[int]) -> int:
    """The place of a record among all records, those included that were lost before it."""
    for at in lost:
        if at > row:
            break
        row += 1
    return row
