"""Segments with scorecards of their own: listed, added, changed, edited; and what is scored with them."""

from __future__ import annotations

from pages.conftest import Served
from weatherglass.config.reading import FILE_NAME, parse_project


def send(served: Served, path: str, **fields: str) -> tuple[int, str]:
    with served.client("admin") as client:
        answer = client.post(path, data={**served.proofs("admin"), **fields})
        return answer.status_code, answer.text


def seen(served: Served, path: str) -> str:
    with served.client("admin") as client:
        return client.get(path).text


def test_a_segment_is_added_changed_and_its_card_edited(served: Served) -> None:
    plans = [
        plan
        for (plan,) in served.live.read(
            lambda store: store.engine.rows(
                "SELECT plan FROM accounts WHERE plan IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC"
            )
        )
    ]
    first, second = plans[:2]
    before = served.live.project
    status, page = send(
        served,
        "/settings/segments",
        do="add",
        card="Big <ones>",
        column="plan",
        values=f"{first}\n\n {first} ",
        base="foresight",
    )
    assert status == 303, page
    project = parse_project((served.folder / FILE_NAME).read_text(encoding="utf-8"), FILE_NAME)
    assert [(one.name, dict(one.where)) for one in project.scorecards] == [
        ("Big <ones>", {"plan": (first,)}),
        ("default", {}),
    ]
    assert project.version(project.scorecards[1]) == before.version(before.scorecards[0])
    page = seen(served, "/settings/segments")
    counted = served.live.read(
        lambda store: store.engine.row("SELECT count(*) FROM accounts WHERE plan = ?", [first])[0]
    )
    assert "Big &lt;ones&gt;" in page and f'<td class="n">{counted}</td>' in page
    # the last finished day is scored with the card of each account
    versions = dict(
        served.live.read(
            lambda store: store.engine.rows(
                "SELECT DISTINCT a.plan, c.scorecard_version FROM scores AS s "
                "INNER JOIN scorecards AS c ON c.version = s.version "
                "INNER JOIN account_ids AS n ON n.account = s.account "
                "INNER JOIN accounts AS a ON a.account_id = n.account_id "
                'WHERE s."day" = (SELECT max("day") FROM scores) AND a.plan IN (?, ?)',
                [first, second],
            )
        )
    )
    assert versions[first] == project.version(project.scorecards[0]) != versions[second]
    assert (
        send(served, "/settings/segments", do="add", card="Others", column="plan", values=second, base="default")[0]
        == 303
    )
    assert (
        send(served, "/settings/segments", do="change", card="Others", column="plan", values=f"{second}\nnew plan")[0]
        == 303
    )
    project = parse_project((served.folder / FILE_NAME).read_text(encoding="utf-8"), FILE_NAME)
    assert [one.name for one in project.scorecards] == ["Others", "Big <ones>", "default"]
    assert dict(project.scorecards[0].where) == {"plan": (second, "new plan")}
    # the card of a segment is edited like any other, and the others stay
    assert "/scorecard?card=Big+%3Cones%3E" in seen(served, "/scorecard?card=Others")
    status, page = send(served, "/scorecard/publish", **{"card": "Others", "line:0": "33"})
    assert status == 303, page
    mine = {one.name: one for one in served.live.project.scorecards}
    assert mine["Others"].tiers.lines[0] == 33
    assert mine["Big <ones>"] == project.scorecards[1] and mine["default"] == project.scorecards[2]


def test_a_segment_is_taken_away_when_nothing_names_it(served: Served) -> None:
    before = served.live.project
    wide = {"do": "add", "card": "Wide", "column": "segment", "values": "smb\nmid", "base": "default"}
    assert send(served, "/settings/segments", **wide)[0] == 303
    assert send(served, "/settings/segments", **{**wide, "card": "Narrow <i>", "values": "mid"})[0] == 303
    status, page = send(served, "/settings/segments/remove", card="Wide")
    assert status == 422 and "Narrow &lt;i&gt;, which is for a part of it" in page
    play = {"name": "For mid", "whom": "given", "when:segment": "mid", "step:0:title": "Call", "do": "off"}
    assert send(served, "/settings/playbooks/new", **play)[0] == 303
    status, page = send(served, "/settings/segments/remove", card="Narrow <i>")
    assert status == 422 and "named by the play For mid" in page
    assert "named by the play For mid" in seen(served, "/settings/segments")
    assert send(served, "/settings/playbooks/remove", play="For mid")[0] == 303
    for name in ("Narrow <i>", "Wide"):
        assert send(served, "/settings/segments/remove", card=name)[0] == 303
    assert served.live.project.scorecards == before.scorecards
    entry = served.state.audit.entries(None, 1)[0]
    assert (entry.action, entry.subject) == ("segment changed", "scorecard:Wide")
    assert "Wide" in (entry.before or {}) and "Wide" not in (entry.after or {})
    last = next(one.name for one in before.scorecards if not one.where)
    # what is left can be published as ever, though it need not stand in the file
    status, page = send(served, "/scorecard/publish", **{"card": last, "line:0": "31"})
    assert status == 303, page
    assert send(served, "/settings/segments/remove", card=last)[0] == 422
    assert send(served, "/settings/segments/remove", card="nobody")[0] == 404


def test_what_is_no_segment(served: Served) -> None:
    text = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    for fields in (
        {"do": "add", "card": "x", "column": "plan", "values": " ", "base": "default"},
        {"do": "add", "card": "x", "column": "arr", "values": "1", "base": "default"},
        {"do": "add", "card": "x", "column": "plan", "values": "a", "base": "nonsense"},
        {"do": "add", "card": "", "column": "plan", "values": "a", "base": "default"},
        {"do": "change", "card": "default", "column": "plan", "values": "a"},
    ):
        assert send(served, "/settings/segments", **fields)[0] == 422, fields
    assert send(served, "/settings/segments", do="change", card="nobody", column="plan", values="a")[0] == 404
    again = send(served, "/settings/segments", do="add", card="default", column="plan", values="a", base="default")
    assert again[0] == 409 and "another scorecard" in again[1]
    assert (served.folder / FILE_NAME).read_text(encoding="utf-8") == text
