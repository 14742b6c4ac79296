"""Rules, plays and channels come into a project's file and go again, whatever they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from weatherglass.config import FILE_NAME, ConfigError, Project, parse_project, template
from weatherglass.config.alerts import PRESET_RULES
from weatherglass.config.plays import PRESET_PLAYS
from weatherglass.jobs.project.drafting import Part, drafted
from weatherglass.jobs.project.extending import add, take_away
from weatherglass.state.errors import Unfit

NAMES = (
    *(
        "on",
        "null",
        "~",
        "123",
        "1e5",
        "true",
        "a: b",
        "# c",
        "{x}",
        "- d",
        "é",
        "名前",
        "🙂",
        "'",
        '"',
        "\\n",
        "*a",
        "&a",
    ),
    *("<b>", "%d", "@x", "a, b", "[y]", "!!str z", "? q", "| l", "> f", "`t`", "0", "-", "scorecard"),
)
TEXTS = ("name: Acme\n", "", template("Acme"), "alerts: {rules: {}}\nplays: {}\nchannels: []\n", "name: Acme")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_every_name_comes_and_goes(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text, encoding="utf-8")
    before = parse_project(text)
    names = NAMES if text == TEXTS[0] else NAMES[:5]
    for name in names:
        add(tmp_path, "rule", name, {"kind": "drop", "points": 12.5, "play": "recover"})
        add(tmp_path, "play", name, {"steps": [{"title": f"Look at {name}".replace("{x}", "x"), "due_days": 2}]})
        made = add(tmp_path, "channel", name, {"kind": "file", "path": "a.jsonl", "owners": [name]})
        assert made.alerts.rules[name].points == 12.5 and made.channels[0].owners == (name,)
        assert made == parse_project(path.read_text(encoding="utf-8"))
    for name in names:
        for part in ("channel", "play", "rule"):
            made = take_away(tmp_path, part, name)
    assert made == before
    assert path.read_text(encoding="utf-8").count("#") == text.count("#")


@pytest.mark.parametrize("name", ["", " ", " a", "a\nb", "a\u2028b", "\u202ea", "\x7f", "x" * 61])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(Unfit, match="a name is"):
        drafted(Project(), "rule", name, {"kind": "drop"})


NONE = (
    "plays:\nalerts:\n  rules:\n",
    "# mine\nplays: []\nalerts: {rules: []}\n",
    "alerts:\n  rules: [] # none\n  min_activity: 5\nname: Acme\nplays: # none\n",
    "preset_plays: false\nalerts: {preset_rules: false}\n",
)


@pytest.mark.parametrize("text", NONE, ids=range(len(NONE)))
def test_where_there_were_none_only_the_added_one_is_there(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text, encoding="utf-8")
    before = parse_project(text)
    assert not before.plays and not before.alerts.rules
    assert Project.from_json(before.to_json()) == before
    add(tmp_path, "rule", "silence", {"kind": "silence", "days": 9})
    made = add(tmp_path, "play", "mine", {"steps": [{"title": "Look"}]})
    assert list(made.alerts.rules) == ["silence"] and list(made.plays) == ["mine"]
    add(tmp_path, "rule", "second", {"kind": "drop"})
    made = add(tmp_path, "play", "other", {"steps": [{"title": "Look"}]})
    assert sorted(made.alerts.rules) == ["second", "silence"]
    assert len(made.plays) == 2 and Project.from_json(made.to_json()) == made
    parts: tuple[tuple[Part, str], ...] = (("rule", "silence"), ("rule", "second"), ("play", "mine"), ("play", "other"))
    for part, name in parts:
        made = take_away(tmp_path, part, name)
    assert made == before and path.read_text(encoding="utf-8").count("#") == text.count("#")


def test_an_empty_mapping_changes_nothing_of_what_comes_along(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("plays: {}\nalerts: {rules: {}}\n", encoding="utf-8")
    made = add(tmp_path, "rule", "mine", {"kind": "drop"})
    assert len(made.alerts.rules) == len(PRESET_RULES) + 1 and len(made.plays) == len(PRESET_PLAYS)
    with pytest.raises(ConfigError, match="switch it off"):
        take_away(tmp_path, "rule", "silence")
