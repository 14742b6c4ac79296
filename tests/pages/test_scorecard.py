"""The scorecard's editor: signals that come and go, what is wrong beside where it is wrong, cards of segments."""

from __future__ import annotations

import re

from pages.conftest import Served
from weatherglass.config.reading import FILE_NAME, parse_project
from weatherglass.jobs.project.what_if import changed, what_if

IN, OUT = "product_usage.steady_weeks", "product_usage.depth"


def sent(served: Served, path: str, fields: dict[str, str], *, part: bool = False) -> tuple[int, str]:
    with served.client("admin") as client:
        headers = {"HX-Request": "true"} if part else {}
        data = {**served.proofs("admin"), "card": "default", **fields}
        answer = client.post(path, data=data, headers=headers)
        return answer.status_code, answer.text if answer.status_code != 303 else answer.headers["location"]


def test_the_editor_offers_what_the_card_has_not(served: Served) -> None:
    with served.client("viewer") as client:
        page = client.get("/scorecard").text
    card = served.live.project.scorecards[0]
    for name, part in card.dimensions.items():
        for signal in part.signals:
            assert f'name="s:{name}.{signal}"' in page
            assert f'name="a:{name}.{signal}"' not in page
    assert f'name="a:{IN}"' in page and f'name="x:{OUT}"' in page
    assert 'name="x:onboarding' not in page


def test_what_is_wrong_is_told_with_the_way_to_its_field(served: Served) -> None:
    fields = {
        "s:product_usage.habit": "many",
        "line:0": "80",
        "line:1": "70",
        f"a:{IN}": "-1",
        "d:product_usage": "nan",
    }
    status, page = sent(served, "/scorecard/what-if", fields, part=True)
    assert status == 200
    named = re.findall(r'href="#([^"]+)"', page)
    assert set(named) == {"s:product_usage.habit", "line:0", f"a:{IN}", "d:product_usage"}
    assert "&#39;many&#39; is no number" in page and "above the one before" in page
    card = served.live.project.scorecards[0]
    off = {f"x:product_usage.{signal}": "yes" for signal in card.dimensions["product_usage"].signals}
    status, page = sent(served, "/scorecard/what-if", off)
    assert status == 422 and "none of its signals has" in page
    status, _ = sent(served, "/scorecard/publish", off)
    assert status == 422 and served.live.project.scorecards[0] == card


def test_signals_are_taken_in_and_out(served: Served) -> None:
    before = served.live.project
    status, page = sent(served, "/scorecard/what-if", {f"a:{IN}": "2", f"x:{OUT}": "yes"})
    assert status == 200 and f'name="a:{IN}" value="2"' in page and f'name="x:{OUT}" value="yes"' in page
    status, where = sent(served, "/scorecard/publish", {f"a:{IN}": "2", f"x:{OUT}": "yes"})
    assert status == 303, where
    project = parse_project((served.folder / FILE_NAME).read_text(encoding="utf-8"), FILE_NAME)
    usage = project.scorecards[0].dimensions["product_usage"].signals
    assert usage["steady_weeks"].weight == 2 and "depth" not in usage
    assert served.live.project.version(served.live.project.scorecards[0]) != before.version(before.scorecards[0])
    with served.client("viewer") as client:
        page = client.get("/scorecard").text
        score = client.get("/account/score", params={"id": "acc_0001"}).text
        older = re.search(r'href="(/scorecard\?card=default&amp;version=[^"]+)"', page)
        assert older is not None
        back = client.get(older[1].replace("&amp;", "&")).text
    assert f'name="s:{IN}"' in page and f'name="a:{OUT}"' in page
    assert "Steady weeks" in score
    # the way back: what was taken in is to go, what was taken out has its weight again
    assert re.search(rf'name="x:{IN}" value="yes" checked', back)
    assert re.search(rf'name="a:{OUT}" value="[0-9.]+"', back)


ACTIVE, HABIT, DEPTH = "product_usage.active_user_ratio", "product_usage.habit", "product_usage.core_actions"


def test_scalings_and_windows_are_tried_published_compared_and_taken_up_again(served: Served) -> None:
    before = served.live.project
    own = before.scorecards[0]
    fields = {
        f"k:{ACTIVE}": "range",
        f"lo:{ACTIVE}": "0.9",
        f"hi:{ACTIVE}": "0.1",
        f"di:{ACTIVE}": "more",
        f"k:{HABIT}": "percentile",
        f"co:{HABIT}": "plan",
        f"k:{DEPTH}": "steps",
        f"st:{DEPTH}": "0: 10, 5.5: 60; 20: 100",
        "w:velocity": "14",
        "w:grace": "0.7",
    }
    status, page = sent(served, "/scorecard/what-if", fields, part=True)
    assert status == 200, page
    written = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    assert written[f"k:{ACTIVE}"] == "range" and (written[f"lo:{ACTIVE}"], written[f"hi:{ACTIVE}"]) == ("0.1", "0.9")
    assert written[f"st:{DEPTH}"] == "0: 10, 5.5: 60, 20: 100" and written[f"co:{HABIT}"] == "plan"
    assert (written["w:velocity"], written["w:grace"]) == ("14", "0.7") and "w:usage" not in written
    status, where = sent(served, "/scorecard/publish", {**written, "csrf": served.csrf("admin")})
    assert status == 303, where
    text = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    card = parse_project(text, FILE_NAME).scorecards[0]
    signals = card.dimensions["product_usage"].signals
    assert signals["active_user_ratio"].scaling.short == {"range": [0.1, 0.9]}
    assert signals["habit"].scaling.short == {"percentile": "plan"}
    assert signals["core_actions"].scaling.short == {"steps": {0: 10, 5.5: 60, 20: 100}}
    assert (card.windows.velocity, card.windows.grace, card.windows.usage) == (14, 0.7, own.windows.usage)
    # what was tried is what is scored with
    version = served.live.project.version(served.live.project.scorecards[0])
    assert f"Publish as version {version}" in page
    assert "makes the scores" in where.replace("%20", " ")
    compared = served.live.read(lambda store: what_if(store, before, served.live.project))
    stored = dict(
        served.live.read(
            lambda store: store.engine.rows(
                "SELECT n.account_id, s.score / 100.0 FROM scores AS s INNER JOIN account_ids AS n "
                'ON n.account = s.account WHERE s."day" = (SELECT max("day") FROM scores)'
            )
        )
    )
    assert compared.moved
    assert all(abs(stored[one.account_id] - (one.score_then or 0)) < 0.006 for one in compared.moved if one.score_then)
    with served.client("viewer") as client:
        page = client.get("/scorecard").text
        older = re.search(r'href="(/scorecard\?card=default&amp;version=[^"]+)"', page)
        assert older is not None
        back = client.get(older[1].replace("&amp;", "&")).text
    assert "range 0.1 to 0.9, more is better" in page and 'id="w:velocity" name="w:velocity" value="14"' in page
    assert "dimensions.product_usage.signals.active_user_ratio.scaling.kind" in back
    assert "windows.velocity" in back
    assert f'id="w:velocity" name="w:velocity" value="{own.windows.velocity}"' in back
    picked = back.partition(f'id="k:{ACTIVE}"')[2].partition("</select>")[0]
    assert f'value="{own.dimensions["product_usage"].signals["active_user_ratio"].scaling.kind}" selected' in picked


def test_a_scaling_that_is_none_is_told(served: Served) -> None:
    for wrong, field in (
        ({f"k:{ACTIVE}": "own"}, f"k:{ACTIVE}"),
        ({f"k:{HABIT}": "peak"}, f"k:{HABIT}"),
        ({f"k:{HABIT}": "magic"}, f"k:{HABIT}"),
        ({f"k:{HABIT}": "range", f"lo:{HABIT}": "1", f"hi:{HABIT}": "1"}, f"k:{HABIT}"),
        ({f"k:{HABIT}": "range", f"lo:{HABIT}": "", f"hi:{HABIT}": "<b>"}, f"k:{HABIT}"),
        ({f"k:{HABIT}": "range", f"lo:{HABIT}": "nan", f"hi:{HABIT}": "1"}, f"k:{HABIT}"),
        ({f"k:{HABIT}": "steps", f"st:{HABIT}": "5, 6"}, f"k:{HABIT}"),
        ({f"k:{HABIT}": "steps", f"st:{HABIT}": "5: 101"}, f"k:{HABIT}"),
        ({f"k:{HABIT}": "steps"}, f"k:{HABIT}"),
        ({f"k:{HABIT}": "percentile", f"co:{HABIT}": "arr"}, f"k:{HABIT}"),
        ({"w:velocity": "0"}, "w:velocity"),
        ({"w:velocity": "many"}, "w:velocity"),
        ({"w:recent": "200"}, "w:recent"),
        ({"w:grace": "2"}, "w:grace"),
    ):
        status, page = sent(served, "/scorecard/what-if", wrong, part=True)
        assert status == 200 and re.findall(r'href="#([^"]+)"', page) == [field], (wrong, page)
        assert "<b>" not in page


def test_a_compared_card_is_the_one_that_is_published(served: Served) -> None:
    """Among the cards that the file makes and the what-if makes there is no difference in numbers."""
    from weatherglass.jobs.project.publishing import Exchange

    project = served.live.project
    card = project.scorecards[0]
    signal = "product_usage.active_days"
    other = changed(project, card.name, {}, {}, None, Exchange({signal: 1.0}))
    found = served.live.read(lambda store: what_if(store, project, other))
    assert found.accounts > 50
    sent(served, "/scorecard/publish", {"card": card.name, f"a:{signal}": "1"})
    assert served.live.project.version(served.live.project.scorecards[0]) == other.version(other.scorecards[0])


def test_a_signal_comes_back_with_the_scaling_it_had(served: Served) -> None:
    fields = {f"k:{HABIT}": "range", f"lo:{HABIT}": "8", f"hi:{HABIT}": "1", f"s:{HABIT}": "0.3"}
    assert sent(served, "/scorecard/publish", fields)[0] == 303
    had = served.live.project
    assert sent(served, "/scorecard/publish", {f"x:{HABIT}": "yes"})[0] == 303
    assert "habit" not in served.live.project.scorecards[0].dimensions["product_usage"].signals
    version = had.version(had.scorecards[0])
    with served.client("admin") as client:
        back = client.get("/scorecard", params={"card": "default", "version": version}).text
    names = (f"a:{HABIT}", f"lo:{HABIT}", f"hi:{HABIT}")
    found = {name: re.search(rf'name="{name}"[^>]* value="([^"]*)"', back) for name in names}
    again = {name: one[1] for name, one in found.items() if one}
    assert again == {f"a:{HABIT}": "0.3", f"lo:{HABIT}": "8", f"hi:{HABIT}": "1"}
    picked = back.partition(f'id="k:{HABIT}"')[2].partition("</select>")[0]
    assert 'value="range" selected' in picked
    status, page = sent(served, "/scorecard/what-if", {**again, f"k:{HABIT}": "range"})
    assert status == 200 and f"Publish as version {version}" in page
    written = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    assert sent(served, "/scorecard/publish", {**written, "csrf": served.csrf("admin")})[0] == 303
    text = (served.folder / FILE_NAME).read_text(encoding="utf-8")
    card = parse_project(text, FILE_NAME).scorecards[0]
    assert card == had.scorecards[0]
    assert card.dimensions["product_usage"].signals["habit"].scaling.short == {"range": [8.0, 1.0]}
    assert served.live.project.version(served.live.project.scorecards[0]) == version


def test_a_signal_that_comes_in_may_have_a_scaling_of_its_own(served: Served) -> None:
    signal = "engagement_trends.tenure"
    assert "tenure" not in served.live.project.scorecards[0].dimensions["engagement_trends"].signals
    fields = {f"a:{signal}": "1", f"k:{signal}": "peak"}
    status, page = sent(served, "/scorecard/what-if", fields, part=True)
    assert status == 200 and re.findall(r'href="#([^"]+)"', page) == [f"k:{signal}"]
    fields = {f"a:{signal}": "1", f"k:{signal}": "steps", f"st:{signal}": "0: 10, 100: 90"}
    assert sent(served, "/scorecard/publish", fields)[0] == 303
    made = served.live.project.scorecards[0].dimensions["engagement_trends"].signals["tenure"]
    assert made.scaling.short == {"steps": {0: 10, 100: 90}}
