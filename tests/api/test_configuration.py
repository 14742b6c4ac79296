"""Rules, plays and channels over the API: added, changed and taken away, each change made from what it was read as."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from api.conftest import Site
from weatherglass.config import FILE_NAME, Project, parse_project
from weatherglass.config.alerts import PRESET_RULES, AlertRule
from weatherglass.config.channels import Channel
from weatherglass.config.plays import PRESET_PLAYS, Play
from weatherglass.web.api.channels import HIDDEN, ChannelRequest, ChannelSettings
from weatherglass.web.api.playbooks import PlayRequest
from weatherglass.web.api.rules import RuleRequest

SECRET = "whsec_" + "A" * 44
STEPS = [{"title": "Call {account}", "due_days": 2}]


def ask(site: Site, method: str, path: str, body: Any = None, scope: str = "admin", **headers: str) -> httpx2.Response:
    """headers: with `_` for `-`."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.client.request(method, f"/api/v1{path}", json=body, headers={**site.headers(scope), **given})


def tag(site: Site, path: str) -> str:
    answer = ask(site, "GET", path, scope="read")
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["configuration"]}"'
    return answer.headers["etag"]


def written(site: Site) -> Project:
    return parse_project((site.folder / FILE_NAME).read_text(encoding="utf-8"))


def noted(site: Site) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    entry = site.state.audit.entries(None, 1)[0]
    return entry.action, entry.subject, entry.before or {}, entry.after or {}


@pytest.mark.parametrize(
    ("request_model", "model", "besides"),
    [(RuleRequest, AlertRule, {"name"}), (PlayRequest, Play, {"name"}), (ChannelRequest, Channel, set())],
)
def test_every_option_of_the_file_can_be_asked_for(request_model: Any, model: Any, besides: set[str]) -> None:
    assert set(request_model.model_fields) - besides == set(model.model_fields)


def test_every_option_of_a_channel_is_told_or_hidden() -> None:
    told = set(ChannelSettings.model_fields) - {"given"}
    assert told | HIDDEN == set(Channel.model_fields) and not told & HIDDEN


def test_a_rule_is_tried_added_changed_and_taken_away(own: Site) -> None:
    body: dict[str, Any] = {"name": "Steep / fall", "kind": "drop", "points": 5, "days": 60, "play": "recover"}
    before = own.get("/alerts/rules")
    tried = ask(own, "POST", "/alerts/rules/dry-run", body, "write").json()
    assert tried["alerts"] > 0 and tried["accounts"] >= tried["concerned"] and tried["newest"]
    assert own.get("/alerts/rules") == before
    made = ask(own, "POST", "/alerts/rules", {**body, "enabled": False})
    assert made.status_code == 201, made.text
    assert (made.json()["enabled"], made.json()["problem"], made.json()["comes_along"]) == (False, "health", False)
    assert written(own).alerts.rules[body["name"]] == own.live.project.alerts.rules[body["name"]]
    action, subject, _, after = noted(own)
    assert (action, subject, after["points"]) == ("rule added", "rule:Steep / fall", 5)
    assert after["configuration"] == made.json()["configuration"]
    path = "/alerts/rules/Steep%20%2F%20fall"
    etag = tag(own, path)
    assert etag == made.headers["etag"]
    changed = ask(own, "PATCH", path, {"enabled": True, "play": None, "days": 21}, If_Match=etag)
    assert changed.status_code == 200, changed.text
    rule = written(own).alerts.rules[body["name"]]
    assert (rule.enabled, rule.play, rule.days, rule.points) == (True, None, 21, 5)
    assert noted(own)[2] == {"enabled": False, "play": "recover", "days": 60}
    # the same once more changes nothing, and makes no version
    again = ask(own, "PATCH", path, {"enabled": True}, If_Match=changed.headers["etag"])
    assert again.status_code == 200 and again.headers["etag"] == changed.headers["etag"]
    stricter = ask(own, "POST", "/alerts/rules/dry-run", {"name": body["name"], "points": 99}, "write").json()
    assert stricter["alerts"] < tried["alerts"]
    gone = ask(own, "DELETE", path, If_Match=changed.headers["etag"])
    assert gone.status_code == 200 and gone.json()["configuration"] == tag(own, "/alerts/rules/silence").strip('"')
    assert ask(own, "GET", path).status_code == 404 and list(written(own).alerts.rules) == list(PRESET_RULES)


def test_a_play_is_previewed_added_changed_and_taken_away(own: Site) -> None:
    body: dict[str, Any] = {"name": "Look", "when": {"score_below": 90}, "steps": STEPS, "holdout": 0.2}
    found = ask(own, "POST", "/plays/preview", body, "write").json()
    assert found["accounts"] > 0 and found["shown"][0]["tasks"][0]["title"].startswith("Call ")
    made = ask(own, "POST", "/plays", body)
    assert made.status_code == 201 and made.json()["when"] == {"score_below": 90}
    named = ask(own, "POST", "/alerts/rules", {"name": "Mine", "kind": "silence", "play": "Look"})
    assert named.status_code == 201
    refused = ask(own, "DELETE", "/plays/Look", If_Match=named.headers["etag"])
    assert refused.status_code == 422 and "the rule Mine" in refused.json()["detail"]
    steps = [*STEPS, {"title": "Meet", "role": "manager"}]
    change = {"steps": steps, "enabled": False, "when": {"tier": ["red"]}, "exit_tier": ["green"]}
    changed = ask(own, "PATCH", "/plays/Look", change, If_Match=tag(own, "/plays/Look"))
    assert changed.status_code == 200, changed.text
    play = written(own).plays["Look"]
    assert (len(play.steps), play.enabled, play.when.tier, play.when.score_below) == (2, False, ("red",), None)
    told = {one["name"]: one for one in own.get("/plays")["plays"]}  # type: ignore[attr-defined]
    assert told["Look"]["holdout"] == 0.2 and not told["Look"]["comes_along"] and told["recover"]["comes_along"]
    assert ask(own, "DELETE", "/alerts/rules/Mine", If_Match="*").status_code == 200
    assert ask(own, "DELETE", "/plays/Look", If_Match="*").status_code == 200
    assert list(written(own).plays) == list(PRESET_PLAYS)


def test_what_comes_along_is_switched_off_and_not_taken_away(own: Site) -> None:
    for path in ("/alerts/rules/silence", "/plays/recover"):
        refused = ask(own, "DELETE", path, If_Match="*")
        assert refused.status_code == 422 and "switch it off" in refused.json()["detail"]
        off = ask(own, "PATCH", path, {"enabled": False}, If_Match=tag(own, path))
        assert off.status_code == 200 and not off.json()["enabled"] and off.json()["comes_along"]
    assert not written(own).alerts.rules["silence"].enabled and not own.live.project.plays["recover"].enabled


def test_a_channel_is_tried_added_changed_switched_and_taken_away(own: Site) -> None:
    body: dict[str, Any] = {"name": "log", "kind": "file", "path": "told.jsonl"}
    assert ask(own, "POST", "/channels/test", body).json() == {"sent": True, "why": ""}
    lines = (own.folder / "told.jsonl").read_text(encoding="utf-8").splitlines()
    assert "test" in lines[0] and not own.live.project.channels
    made = ask(own, "POST", "/channels", {**body, "severity": "high"})
    assert made.status_code == 201 and made.json()["given"] == ["path"] and "told.jsonl" not in made.text
    assert ask(own, "POST", "/channels/log/test").json()["sent"]
    changed = ask(
        own, "PATCH", "/channels/log", {"types": ["digest"], "segments": ["a"]}, If_Match=tag(own, "/channels/log")
    )
    assert changed.status_code == 200 and written(own).channels[0].types == ("digest",)
    off = ask(own, "POST", "/channels/log/disable").json()["channels"][0]
    assert off["disabled"].startswith("switched off by") and noted(own)[0] == "channel disabled"
    assert ask(own, "POST", "/channels/log/enable").json()["channels"][0]["disabled"] is None
    assert ask(own, "DELETE", "/channels/log", If_Match=tag(own, "/channels/log")).status_code == 200
    assert not written(own).channels


def test_secrets_are_neither_told_nor_sent_elsewhere(own: Site) -> None:
    hook = {"name": "hook", "kind": "webhook", "url": "https://a.example/x", "secrets": [SECRET]}
    made = ask(own, "POST", "/channels", hook)
    assert made.status_code == 201 and made.json()["given"] == ["secrets", "url"]
    for text in (made.text, json.dumps(own.get("/channels")), json.dumps(own.get("/audit", "admin"))):
        assert SECRET not in text and "a.example" not in text
    moved = ask(own, "PATCH", "/channels/hook", {"url": "https://b.example/x"}, If_Match="*")
    assert moved.status_code == 422 and "give it again" in moved.json()["detail"]
    again = {"url": "https://b.example/x", "secrets": [SECRET]}
    assert ask(own, "PATCH", "/channels/hook", again, If_Match="*").status_code == 200
    assert written(own).channels[0].url == "https://b.example/x"
    # a channel of the file that names what nobody may name here keeps its place
    text = yaml.safe_load((own.folder / FILE_NAME).read_text(encoding="utf-8"))
    text["channels"] = [
        {"name": "mail", "kind": "email", "to": ["a@example.com"], "user": "a", "password": "$SMTP_PASSWORD"}
    ]
    (own.folder / FILE_NAME).write_text(yaml.safe_dump(text), encoding="utf-8")
    own.live.take_up(written(own))
    assert ask(own, "PATCH", "/channels/mail", {"severity": "high"}, If_Match="*").status_code == 200
    for change in ({"server": "evil.example"}, {"to": ["b@example.com"]}, {"server": "evil.example", "user": "b"}):
        refused = ask(own, "PATCH", "/channels/mail", change, If_Match="*")
        assert refused.status_code == 422 and "WEATHERGLASS_CHANNEL_" in refused.json()["detail"], change


def test_what_is_refused(own: Site) -> None:
    before = (own.folder / FILE_NAME).read_text(encoding="utf-8")
    wrong: list[tuple[str, dict[str, Any], int]] = [
        ("/alerts/rules", {"name": "silence", "kind": "silence"}, 409),
        ("/alerts/rules", {"name": "x", "kind": "magic"}, 422),
        ("/alerts/rules", {"name": " x", "kind": "drop"}, 422),
        ("/alerts/rules", {"name": "x", "kind": "drop", "days": 0}, 422),
        ("/alerts/rules", {"name": "x", "kind": "drop", "play": "none"}, 422),
        ("/alerts/rules", {"name": "x", "kind": "dimension_below"}, 422),
        ("/plays", {"name": "recover", "steps": STEPS}, 409),
        ("/plays", {"name": "x"}, 422),
        ("/plays", {"name": "x", "steps": [{"title": "{nobody}"}]}, 422),
        ("/plays", {"name": "x", "steps": STEPS, "when": {"tier": ["purple"]}}, 422),
        ("/plays", {"name": "x", "steps": STEPS, "when": {"alert": ["nothing"]}}, 422),
        ("/plays", {"name": "x", "steps": STEPS, "holdout": 1}, 422),
        ("/channels", {"name": "x", "kind": "slack"}, 422),
        ("/channels", {"name": "x", "kind": "slack", "url": "$HOME"}, 422),
        ("/channels", {"name": "x", "kind": "slack", "url": " $HOME"}, 422),
        ("/channels", {"name": "x", "kind": "file", "path": "../a.jsonl"}, 422),
        ("/channels", {"name": "x", "kind": "file", "path": "weatherglass.yml"}, 422),
        ("/channels", {"name": "x", "kind": "webhook", "url": "https://a.example", "secrets": ["$AWS_SECRET"]}, 422),
        ("/channels", {"name": "x", "kind": "email", "to": ["a@example.com"], "server": "$HOST"}, 422),
    ]
    tries = {"/alerts/rules": "/alerts/rules/dry-run", "/channels": "/channels/test"}
    for path, body, status in wrong:
        for where in {path, tries.get(path, path)}:
            answer = ask(own, "POST", where, body)
            assert answer.status_code == status, (where, body, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
        assert ask(own, "POST", path, body, "write").status_code == 403
    assert (own.folder / FILE_NAME).read_text(encoding="utf-8") == before


def test_a_change_says_what_it_was_made_from(own: Site) -> None:
    path = "/alerts/rules/silence"
    first = tag(own, path)
    for method, body in (("PATCH", {"days": 20}), ("DELETE", None)):
        silent = ask(own, method, path, body)
        assert silent.status_code == 428 and "If-Match" in silent.json()["detail"]
    assert ask(own, "PATCH", path, {"days": 20}, If_Match=f'W/"x", {first}').status_code == 200
    # what the other has not seen may be any part of the file
    for where in (path, "/alerts/rules/fading", "/plays/recover"):
        late = ask(own, "PATCH", where, {"enabled": False}, If_Match=first, Idempotency_Key="k")
        assert late.status_code == 412 and "has changed since" in late.json()["detail"]
        assert "rule changed, silence" in late.json()["detail"]
    assert ask(own, "POST", "/alerts/rules", {"name": "n", "kind": "drop"}, If_Match=first).status_code == 412
    assert own.live.project.alerts.rules["silence"].enabled and "n" not in written(own).alerts.rules
    # the refusal is not kept as the answer of the key: read again and sent again it is done
    done = ask(own, "PATCH", path, {"days": 10}, If_Match=tag(own, path), Idempotency_Key="k2")
    twice = ask(own, "PATCH", path, {"days": 10}, If_Match=first, Idempotency_Key="k2")
    assert done.status_code == 200 and twice.json() == done.json()
    # an edit of the file by hand counts, too
    seen = tag(own, path)
    (own.folder / FILE_NAME).write_text((own.folder / FILE_NAME).read_text(encoding="utf-8") + "# by hand\n")
    assert ask(own, "PATCH", path, {"days": 11}, If_Match=seen).status_code == 412
    assert ask(own, "PATCH", path, {"days": 11}, If_Match=tag(own, path)).status_code == 200
    assert "# by hand" in (own.folder / FILE_NAME).read_text(encoding="utf-8")
    unread = ask(own, "GET", path, If_None_Match=tag(own, path))
    assert unread.status_code == 304 and unread.content == b""


def test_of_those_who_save_at_the_same_moment_one_is_heard(own: Site) -> None:
    path, many = "/alerts/rules/silence", 8
    seen = tag(own, path)
    with ThreadPoolExecutor(many) as pool:
        asked = [pool.submit(ask, own, "PATCH", path, {"days": 20 + place}, If_Match=seen) for place in range(many)]
        answers = [one.result() for one in asked]
    good = [one for one in answers if one.status_code == 200]
    assert len(good) == 1 and {one.status_code for one in answers} == {200, 412}
    assert written(own).alerts.rules["silence"].days == good[0].json()["days"]
    assert own.live.project == written(own)


def test_nothing_is_lost_where_many_add_at_the_same_moment(own: Site) -> None:
    many = 12
    with ThreadPoolExecutor(many) as pool:
        asked = [
            pool.submit(ask, own, "POST", "/alerts/rules", {"name": f"rule {place}", "kind": "drop", "days": 7 + place})
            for place in range(many)
        ]
        same = [pool.submit(ask, own, "POST", "/plays", {"name": "one", "steps": STEPS}) for _ in range(4)]
        answers, equal = [one.result() for one in asked], [one.result() for one in same]
    assert {one.status_code for one in answers} == {201}
    assert sorted(one.status_code for one in equal) == [201, 409, 409, 409]
    rules = written(own).alerts.rules
    assert {f"rule {place}": 7 + place for place in range(many)} == {
        name: rule.days for name, rule in rules.items() if name not in PRESET_RULES
    }
    assert own.live.project == written(own)
    versions = [
        entry.after["configuration"] for entry in own.state.audit.entries(None, 50, "rule added") if entry.after
    ]
    assert len(set(versions)) == many


def test_a_service_without_its_folder_changes_nothing(own: Site, tmp_path: Path) -> None:
    from weatherglass.jobs.project.configuration import Configuration
    from weatherglass.jobs.project.parts import add
    from weatherglass.state.actor import SERVICE
    from weatherglass.state.errors import Unfit

    without = Configuration(own.live, own.state, None)
    assert without.version == ""
    with pytest.raises(Unfit, match="without a project's folder"):
        add(without, SERVICE, None, "rule", "x", {"kind": "drop"})
