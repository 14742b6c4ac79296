"""Whatever a file holds, it is a project or it is refused with lines of that file."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weatherglass.config import ConfigError, Project, parse_project, template

WHOLE = yaml.safe_load(template("x")) | {
    "sources": {
        "ignore": ["a"],
        "events": [{"files": "u", "columns": {"account_id": {"column": "a", "through": "tickets"}, "name": "x"}}],
        "tickets": {"values": {"severity": {"a": "b"}}, "date_format": "%d/%m/%Y"},
    },
    "product": {"core_actions": ["a"], "features": {"f": ["a"]}, "key_features": ["f"]},
}
SEVERAL = {"scorecards": [{"name": "a", "where": {"plan": ["x"]}, **WHOLE["scorecard"]}, "four-inputs"]}

WORDS = st.sampled_from(
    ["default", "letters", "peak", "range", "steps", "name", "where", "base", "kind", "event", "own"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3), max_leaves=6
)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, part in parts for path in _paths(part, (*at, key)))]


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), whole=st.sampled_from([WHOLE, SEVERAL]), new=ANYTHING)
def test_one_part_replaced_by_anything(data: st.DataObject, whole: Any, new: Any) -> None:
    path = data.draw(st.sampled_from(_paths(whole)))
    _read(yaml.safe_dump(_with(whole, path, new), allow_unicode=True))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("abn:-[]{}&*!|>'\"#%@, \t\n\r\x85\ufeff\x00?0.1~<")) | st.text())
def test_any_text(text: str) -> None:
    _read(text)


def _read(text: str) -> None:
    try:
        project = parse_project(text)
    except ConfigError as error:
        assert error.mistakes
        for mistake in error.mistakes:
            assert mistake.line is not None and 1 <= mistake.line <= max(1, len(text.splitlines()) + 1)
            assert mistake.message and "\n" not in str(mistake)
    else:
        assert Project.from_json(project.to_json()) == project
