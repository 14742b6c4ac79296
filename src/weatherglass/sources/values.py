"""Numbers, words and objects in SQL: how the cell of a file becomes the value of a column."""

from __future__ import annotations

from collections.abc import Sequence

from weatherglass.engine.dialect import literal
from weatherglass.events.reasons import FALSE, TRUE

_FLOATS = ("FLOAT", "DOUBLE")
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)

_PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_GROUPS = r"[+-]?\d{1,3}(?:[, '\x{2019}\x{a0}\x{202f}]\d{3})+(?:\.\d*)?"
"""Thousands parted by comma, apostrophe or a space of some kind."""
_SIGNS = r"[$\x{20ac}\x{a3}\x{a5}]"
"""Dollar, euro, pound, yen."""
_DECIMAL_COMMA = r"[+-]?\d{1,3}(?:[. ]\d{3})+,\d+|[+-]?\d+,\d+"

LARGEST_INTEGER = 2**53
"""Beyond it a double no longer holds every whole number."""


def is_number(type_: str) -> bool:
    """Whether the engine's type holds numbers."""
    return type_ in _FLOATS or type_ in _NUMBERS or type_.startswith("DECIMAL")


def is_nested(type_: str) -> bool:
    """Whether the engine's type holds lists or objects."""
    return type_.endswith("]") or type_.startswith(("STRUCT", "MAP", "UNION")) or type_ == "JSON"


def as_text(value: str, type_: str) -> str:
    """A cell as text, empty ones NULL; whole floats without their `.0`: ids become floats where some are empty."""
    if type_ == "VARCHAR":
        return f"nullif({value}, '')"
    if is_nested(type_):
        return f"CAST(to_json({value}) AS VARCHAR)"
    text = f"CAST({value} AS VARCHAR)"
    return f"regexp_replace({text}, '\\.0$', '')" if type_ in _FLOATS else text


def joined(text: str) -> str:
    """A JSON list of texts as one text with `;` between them; other text as it is."""
    # nested, because only the branches of CASE are sure not to meet what the condition before them left out
    is_list = (
        f"CASE WHEN starts_with({text}, '[') AND json_valid({text}) THEN json_type({text}) = 'ARRAY' ELSE false END"
    )
    return f"CASE WHEN {is_list} THEN array_to_string(json_extract_string({text}, '$[*]'), ';') ELSE {text} END"


def as_number(value: str, type_: str) -> str:
    """A cell as a DOUBLE, which may be infinite; NULL where it is none."""
    if is_number(type_):
        return f"CAST({value} AS DOUBLE)"
    text = f"trim({value if type_ == 'VARCHAR' else as_text(value, type_)})"
    plain = f"regexp_full_match({text}, {literal(_PLAIN)})"
    return f"TRY_CAST(CASE WHEN {plain} THEN {text} ELSE {_money(text)} END AS DOUBLE)"


def _money(text: str) -> str:
    """The digits of a number written for people: `$1,200.00`, `(12.50)`, `1 200`; empty where it is none."""
    bare = f"trim(regexp_replace({text}, {literal(_SIGNS)}, '', 'g'))"
    signed = f"regexp_replace({bare}, '^([+-]) +', '\\1')"
    inner = f"CASE WHEN {bare} LIKE '(%)' THEN '-' || trim({bare}[2:-2]) ELSE {signed} END"
    legal = f"regexp_extract({inner}, {literal(f'^(?:{_GROUPS}|{_PLAIN})$')})"
    return f"regexp_replace({legal}, '[^0-9.eE+-]', '', 'g')"


def number_reason(text: str) -> str:
    """The code of the reason why a text is no number."""
    trimmed = f"trim({text})"
    bare = f"regexp_replace({trimmed}, {literal(_SIGNS + '| ')}, '', 'g')"
    return (
        f"CASE WHEN regexp_full_match({bare}, {literal(_DECIMAL_COMMA)}) "
        f"THEN 'decimal_comma' WHEN {trimmed} LIKE '%\\%' ESCAPE '\\' THEN 'percent' "
        f"WHEN NOT isfinite(TRY_CAST({trimmed} AS DOUBLE)) THEN 'not_finite' ELSE 'number' END"
    )


def not_whole(number: str) -> str:
    """The condition under which a finite DOUBLE is no whole number that it holds exactly: `12.0` is one, `12.5` not."""
    return f"{number} <> floor({number}) OR abs({number}) > {LARGEST_INTEGER}"


def as_boolean(value: str, type_: str) -> str:
    """A cell as a BOOLEAN; NULL where it is neither true nor false."""
    if type_ == "BOOLEAN":
        return value
    word = f"lower(trim({as_text(value, type_)}))"
    return f"CASE WHEN {word} IN ({_words(TRUE)}) THEN true WHEN {word} IN ({_words(FALSE)}) THEN false END"


def as_choice(text: str, choices: tuple[str, ...]) -> str:
    """A text as one of some words, in lower case; NULL where it is none of them."""
    word = f"lower(trim({text}))"
    return f"CASE WHEN {word} IN ({_words(choices)}) THEN {word} END"


def as_object(text: str) -> str:
    """A text as a JSON object; NULL where it is none."""
    return f"CASE WHEN json_valid({text}) THEN CASE WHEN json_type({text}) = 'OBJECT' THEN {text} END END"


def as_document(members: Sequence[tuple[str, str, str]]) -> str:
    """One JSON object of some cells, each given by its key, expression and type; empty cells are left out."""
    told = ", ".join(f"{literal(key)}, {_member(value, type_)}" for key, value, type_ in members)
    # a merge patch drops the members that are null
    return f"CAST(json_merge_patch('{{}}', json_object({told})) AS VARCHAR)"


def merged(less: str, more: str) -> str:
    """Two JSON objects as one; where both have a member, that of `more` counts."""
    both = f"CAST(json_merge_patch({less}, {more}) AS VARCHAR)"
    return f"CASE WHEN {less} IS NULL THEN {more} WHEN {more} IS NULL THEN {less} ELSE {both} END"


def _member(value: str, type_: str) -> str:
    if type_ == "VARCHAR":
        return f"nullif({value}, '')"
    # JSON has no number for infinity
    return f"CASE WHEN isfinite({value}) THEN {value} END" if type_ in _FLOATS else value


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(map(literal, words))
