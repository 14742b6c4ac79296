"""The pages in a real browser: each one's main task as a person does it, wide and narrow, light and dark."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.conftest import HOSTILE, ME, PASSWORD, SHOOTING, Served, wait
from weatherglass.web.pages.routes import DOORS

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
ACCOUNT = "/account?id=acc_0001"
DAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
PAGES = {
    "today": "/?whose=all",
    "alerts": "/alerts?whose=all",
    "rules": "/alerts/rules?rule=score_drop",
    "new rule": "/alerts/rules/new?kind=fading",
    "tasks": "/tasks?whose=all",
    "task": "/tasks/1",
    "renewals": "/renewals?whose=all&days=365",
    "plays": "/plays",
    "calendar": "/calendar",
    "portfolio": "/portfolio",
    "filtered": "/portfolio?tier=red&sort=revenue",
    "flow": "/portfolio/flow",
    "overview": "/portfolio/overview?tier=red",
    "movers": "/portfolio/movers",
    "account": ACCOUNT,
    "score": "/account/score?id=acc_0001",
    "beside": "/account/beside?id=acc_0001",
    "by path": "/accounts/acc_0001",
    "change": f"/account/change?id=acc_0001&since={DAY - dt.timedelta(days=60)}&as_of={DAY}",
    "sql": "/account/sql?dimension=product_usage",
    "cohorts": "/cohorts?by=plan",
    "scorecard": "/scorecard",
    "data": "/data",
    "rejects": "/data/rejects",
    "report": "/report",
    "people": "/settings",
    "keys": "/settings/keys",
    "channels": "/settings/channels",
    "playbooks": "/settings/playbooks",
    "new channel": "/settings/channels/new?kind=email",
    "new playbook": "/settings/playbooks/new",
    "segments": "/settings/segments",
    "jobs": "/settings/jobs",
    "audit": "/settings/audit",
    "connect": "/connect",
}
"""Every page, as an admin sees it."""
NO_PAGES = {"/portfolio.csv", "/connect/arrived"}
"""A file, and what htmx alone asks for."""
PARTS = {"filtered", "flow", "overview", "movers", "score", "beside", "by path", "change", "sql", "rejects"}
"""Pages that are parts of others, of which no picture is needed."""
FOLDED = (
    *(ACCOUNT, "/portfolio", "/scorecard", "/?whose=all", "/alerts/rules", "/tasks?whose=all", "/plays", "/settings"),
    *("/settings/playbooks", "/settings/playbooks/new", "/settings/channels/new", "/settings/segments"),
)
"""Pages with more below a heading that opens."""
LOUD = {"error", "warning"}
Scheme = Literal["light", "dark"]
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that look at colours."""


@contextmanager
def opened(
    browser: Browser,
    served: Served,
    role: str | None = "admin",
    width: int = 1280,
    scheme: Scheme = "light",
    refused: str = "",
) -> Iterator[Page]:
    """Someone's browser; afterwards: nothing went wrong in it, and nothing else than the server was asked.

    refused: the status of an answer that is to be refused, as the browser's console says it.
    """
    troubles: list[str] = []
    asked: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=served.url)
    if role:
        cookies: list[Any] = [
            {"name": name, "value": value, "url": served.url} for name, value in served.cookies[role].items()
        ]
        context.add_cookies(cookies)
    page = context.new_page()
    page.on("console", lambda one: troubles.append(f"{one.text} {one.location['url']}") if one.type in LOUD else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: troubles.append(f"dialog: {dialog.message}"))
    try:
        yield page
    finally:
        context.close()
    assert [one for one in troubles if not refused or f"status of {refused}" not in one] == []
    assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == {
        urlsplit(served.url).netloc
    }


def serious(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds that keeps people from using a page. rules: those that are asked; none: all."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = page.evaluate("options => axe.run(document, options)", {"resultTypes": ["violations"], **only})
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:160]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"][:3]
    ]


def drawn(page: Page) -> None:
    """Until every part and every chart is there."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=30_000)
    page.wait_for_function("[...document.querySelectorAll('.chart')].every((one) => one.querySelector('canvas'))")


def test_no_page_is_left_out() -> None:
    there = {urlsplit(path).path for path in PAGES.values()}
    patterns = {door.path for door in DOORS if door.method == "GET" and door.needs != "nobody"} - NO_PAGES
    missing = [
        path
        for path in patterns
        if not any(re.fullmatch(re.sub(r"\{[^}]+\}", ".+", path.replace(".", r"\.")), one) for one in there)
    ]
    assert missing == []


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_can_be_used_by_everyone(browser: Browser, served: Served, width: int) -> None:
    wait(lambda: served.state.ledger.last_done("alerts") is not None and served.state.tasks.queue(None, 1))
    found = {}
    with opened(browser, served, "admin", width) as page:
        for name, path in PAGES.items():
            page.goto(path)
            drawn(page)
            found[name] = looked_at(page, width)
            _keep(page, name, path, width)
    with opened(browser, served, None, width) as page:
        page.goto("/login")
        found["login"] = looked_at(page, width)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def looked_at(page: Page, width: int) -> list[str]:
    """What is wrong with a page in light and in dark."""
    wrong = serious(page)
    page.emulate_media(color_scheme="dark")
    # in the dark the same page has other colours, and nothing else
    wrong += [f"dark: {one}" for one in serious(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    wide = page.evaluate("document.documentElement.scrollWidth")
    return wrong if wide <= width else [*wrong, f"{wide} pixels wide"]


def _keep(page: Page, name: str, path: str, width: int) -> None:
    """A picture for the docs, where WEATHERGLASS_SCREENSHOTS asks for them."""
    schemes: tuple[Scheme, ...] = ("light", "dark") if SHOOTING and name not in PARTS else ()
    for scheme in schemes:
        if (width, scheme) == (1280, "light") or name in {"today", "account"}:
            page.emulate_media(color_scheme=scheme)
            page.goto(path)
            drawn(page)
            _shoot(page, f"{name.replace(' ', '-')}-{width}-{scheme}")
    page.emulate_media(color_scheme="light")


def _shoot(page: Page, name: str) -> None:
    if SHOOTING:
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", scale="css")


def test_open_details_can_be_used_by_everyone_too(browser: Browser, served: Served) -> None:
    with opened(browser, served) as page:
        for path in FOLDED:
            page.goto(path)
            page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
            assert serious(page) == [], path


@pytest.mark.parametrize("width", [1280, 390])
def test_signing_in_and_finding_who_needs_me(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, None, width) as page:
        page.goto("/")
        assert serious(page) == []
        page.get_by_label("E-mail").fill("csm@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Today")).to_be_visible()
        first = page.locator(".needs > li").first
        expect(first.locator(".why p").first).not_to_be_empty()
        name = first.locator("a.account").inner_text()
        first.locator("a.account").click()
        expect(page.locator("h1")).to_have_text(name)


def test_the_list_by_keyboard(browser: Browser, served: Served) -> None:
    with opened(browser, served, "csm") as page:
        page.goto("/?whose=all")
        page.keyboard.press("j")
        page.keyboard.press("j")
        second = page.locator(".needs > li").nth(1).locator("a.account")
        expect(second).to_be_focused()
        name = second.inner_text()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text(name)
        page.keyboard.press("g")
        page.keyboard.press("p")
        expect(page.get_by_role("heading", name="Portfolio", exact=True)).to_be_visible()
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox", name="Find an account")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_sorting_filtering_and_sharing_a_list(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "viewer", width) as page:
        page.goto("/portfolio")
        page.locator("#accounts thead a", has_text="Score").click()
        expect(page.locator("#accounts th[aria-sort]")).to_contain_text("Score")
        page.wait_for_url("**/portfolio?*sort=score*")
        shown = [float(one) for one in page.locator("#accounts td strong").all_inner_texts()]
        assert shown == sorted(shown, reverse=True)
        page.locator("#accounts a", has_text="Next 50").click()
        expect(page.locator("#accounts")).to_contain_text("further on")
        page.locator("select[name=tier]").select_option("red")
        page.get_by_role("form", name="Filters").get_by_role("button", name="Show").click()
        page.wait_for_url("**/portfolio?*tier=red*")
        assert "owner=" not in page.url
        expect(page.locator("#accounts .badge.t0").first).to_be_visible()
        expect(page.locator("#accounts .badge.t2")).to_have_count(0)
        shared = page.url
        with page.expect_download() as file:
            page.locator("#accounts a", has_text="CSV").click()
        assert file.value.suggested_filename == "accounts.csv"
        page.goto(shared)
        expect(page.locator("select[name=tier]")).to_have_value("red")


@pytest.mark.parametrize("width", [1280, 390])
def test_asking_why_a_score_moved(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "viewer", width) as page:
        page.goto(ACCOUNT)
        last = dt.date.fromisoformat(page.get_by_label("To", exact=True).input_value())
        page.get_by_label("From", exact=True).fill(str(last - dt.timedelta(days=90)))
        page.get_by_role("button", name="Split the change").click()
        expect(page.locator("#change")).to_contain_text(str(last.year))
        expect(page.locator("#change .chart canvas")).to_be_visible()
        page.locator("#change summary").click()
        points = [float(one) for one in page.locator("#change [data-points]").evaluate_all(_POINTS)]
        assert points[0] + sum(points[1:-1]) == pytest.approx(points[-1], abs=0.02)
        page.locator(".dim > summary").first.click()
        page.get_by_role("link", name="Show the SQL").first.click()
        expect(page.locator(".sql pre").first).to_contain_text("SELECT")
        page.get_by_role("button", name="Year").click()
        expect(page.get_by_role("button", name="Year")).to_have_attribute("aria-pressed", "true")


_POINTS = "cells => cells.map((cell) => cell.dataset.points)"


@pytest.mark.parametrize("width", [1280, 390])
def test_saving_a_view_and_coming_back_to_it(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "csm", width) as page:
        page.goto("/portfolio?tier=red&sort=revenue")
        page.get_by_text("Save this view").click()
        page.get_by_label("Name", exact=True).fill(f"Red at {width}")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".said")).to_contain_text("is there for you")
        page.get_by_role("link", name="All accounts").first.click()
        page.get_by_role("link", name=f"Red at {width}").click()
        expect(page.locator("select[name=tier]")).to_have_value("red")
        page.get_by_label("From", exact=True).fill(str(DAY - dt.timedelta(days=60)))
        page.locator("#flow").get_by_role("button", name="Show").click()
        expect(page.locator("#flow")).to_contain_text("to a better tier")
        page.get_by_text("Save this view").click()
        page.get_by_role("button", name=f"Take away the view Red at {width}").click()
        expect(page.locator(".said")).to_contain_text("taken away")


def test_dropping_files(browser: Browser, served: Served, tmp_path: Path) -> None:
    rows = "".join(f"dropped,u{number % 3},report_run,{DAY - dt.timedelta(days=number)}\n" for number in range(40))
    (tmp_path / "events.csv").write_text(f"org_id,uid,event_name,ts\n{rows}", encoding="utf-8")
    with opened(browser, served) as page:
        page.goto("/connect")
        page.get_by_label("drop them here").set_input_files(tmp_path / "events.csv")
        page.get_by_role("button", name="Look at them first").click()
        result = page.locator("#dropped")
        expect(result).to_contain_text("is read as events, 40 rows")
        expect(result).to_contain_text("known by another name")
        _shoot(page, "dropped-1280-light")
        assert serious(page) == []
        page.get_by_role("button", name="Load them").click()
        expect(result).to_contain_text("Loaded.", timeout=60_000)
        assert serious(page) == []
    wait(lambda: served.live.newest.of("dropped") is not None)


def test_taking_a_signal_in(browser: Browser, served: Served) -> None:
    with opened(browser, served) as page:
        page.goto("/scorecard")
        page.get_by_text("Add a signal").first.click()
        page.locator("[id='a:product_usage.steady_weeks']").fill("3")
        page.get_by_label("Take Depth out of Product usage").check()
        page.get_by_role("button", name="What would it do?").click()
        expect(page.locator("#what-if")).to_contain_text("Movements", timeout=60_000)
        page.get_by_label("Green from").fill("20")
        page.get_by_role("button", name="What would it do?").click()
        mistake = page.locator("#what-if").get_by_role("link")
        expect(mistake).to_have_count(1)
        assert serious(page) == []
        mistake.click()
        assert page.evaluate("location.hash").startswith("#line")


@pytest.mark.parametrize("width", [1280, 390])
def test_scaling_a_signal_otherwise(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "admin", width) as page:
        page.goto("/scorecard")
        item = page.locator("li", has=page.locator("[id='k:product_usage.habit']"))
        item.locator("summary").click()
        expect(item.get_by_label("Habit scores 0 at")).to_be_hidden()
        item.get_by_label("Scaling of Habit").select_option("range")
        item.get_by_label("Habit scores 0 at").fill("0")
        item.get_by_label("Habit scores 100 at").fill("0")
        page.get_by_text("Windows: how far back").click()
        page.locator("[id='w:velocity']").fill("21")
        page.get_by_role("button", name="What would it do?").click()
        expect(page.locator("#what-if")).to_contain_text("range takes two different numbers")
        item.get_by_label("Habit scores 100 at").fill("12")
        item.get_by_label("Direction of Habit").select_option("less")
        page.get_by_role("button", name="What would it do?").click()
        expect(page.locator("#what-if")).to_contain_text("Publish as version", timeout=60_000)
        assert page.locator("#what-if input[name='lo:product_usage.habit']").input_value() == "12"
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_taking_a_segment_away(browser: Browser, served: Served) -> None:
    with opened(browser, served) as page:
        page.goto("/settings/segments")
        page.get_by_label("Name of its scorecard").fill("Old ones")
        page.get_by_label("Values, one a line").last.fill("none such")
        page.get_by_role("button", name="Add the segment").click()
        expect(page.locator(".said")).to_contain_text("from the last finished day on", timeout=60_000)
        assert serious(page) == []
        page.get_by_role("button", name="Take away: Old ones").click()
        expect(page.locator(".said")).to_contain_text("is taken away", timeout=60_000)


@pytest.mark.parametrize("width", [1280, 390])
def test_setting_a_tier_and_taking_it_back(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "csm", width) as page:
        page.goto("/account?id=acc_0004")
        page.get_by_label("Show it as").select_option("green")
        page.get_by_label("Because").fill("Spoke to them: the team is on holiday")
        page.get_by_role("button", name="Set the tier").click()
        expect(page.locator(".said")).to_contain_text("Shown as green")
        expect(page.locator(".hero .held")).to_be_visible()
        page.get_by_role("button", name="End the override").click()
        expect(page.locator("#override")).to_contain_text("The tier follows the score")
        expect(page.locator(".hero .held")).to_have_count(0)


def test_what_if_and_then_publishing(browser: Browser, served: Served) -> None:
    with opened(browser, served) as page:
        page.goto("/scorecard")
        before = page.locator(".head code").inner_text()
        page.get_by_label("Green from").fill("90")
        page.get_by_role("button", name="What would it do?").click()
        result = page.locator("#what-if")
        expect(result).to_contain_text("Accounts that would change tier")
        expect(result.locator("canvas")).to_be_visible()
        assert serious(page) == []
        result.get_by_role("button", name="Publish as version").click()
        expect(page.locator(".said")).to_contain_text("makes the scores", timeout=60_000)
        assert page.locator(".head code").inner_text() != before
        assert "90" in (served.folder / "weatherglass.yml").read_text(encoding="utf-8")
        page.get_by_role("link", name="Compare and take up again").click()
        expect(page.locator("main")).to_contain_text("tiers.lines")
        expect(page.get_by_label("Green from")).to_have_value("75")
        page.goto("/settings/audit")
        expect(page.locator("main")).to_contain_text("scorecard published")


def test_a_refused_event_is_seen_in_the_debugger(browser: Browser, served: Served) -> None:
    _, secret = served.state.keys.create(ME, "debug <i>key</i>")
    with served.client() as client:
        bad = {"type": "track", "userId": "u"}
        assert client.post("/v1/batch", json={"batch": [bad]}, auth=(secret, "")).status_code == 200
    with opened(browser, served) as page:
        page.goto("/data")
        expect(page.locator("#rejects")).to_contain_text("debug <i>key</i>", timeout=20_000)


@pytest.mark.parametrize("width", [1280, 390])
def test_letting_someone_in_and_making_a_key(browser: Browser, served: Served, width: int) -> None:
    with opened(browser, served, "admin", width) as page:
        page.goto("/settings")
        form = page.locator("form[action='/settings/people']")
        form.get_by_label("Name").fill(f"New {width}")
        form.get_by_label("E-mail").fill(f"new{width}@example.com")
        form.get_by_label("Password").fill(PASSWORD)
        form.get_by_role("button").click()
        expect(page.locator(".said")).to_contain_text(f"New {width} may sign in as viewer")
        page.goto("/settings/keys")
        form = page.locator("form", has=page.locator("input[name='kind'][value='key'] ~ label"))
        for sends in (None, "intake"):
            form.get_by_label("Name").fill(f"Web {sends}")
            if sends is not None:
                form.get_by_label("Sends").select_option(sends)
            form.get_by_role("button").click()
            expect(page.locator("section[role='status'] h2")).to_contain_text(f"Web {sends}")
            secret = page.locator("#secret").inner_text()
            assert secret.startswith("wk_")
            # what is proposed sends no rows
            assert served.state.sends_rows(secret) is (sends == "intake")


def test_the_first_run(browser: Browser, empty: Served) -> None:
    """From the terminal's address to the first account on the page."""
    with opened(browser, empty, None) as page:
        page.goto(f"/setup?code={empty.app.state.codes.setup}")
        assert serious(page) == []
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("E-mail").fill("ada@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("The same again").fill(PASSWORD)
        page.get_by_role("button").click()
        page.get_by_role("button", name="Make a write key").click()
        key = page.locator("#key").inner_text()
        assert empty.state.write_key(key) is not None and not empty.state.sends_rows(key)
        expect(page.locator("#piece-1")).to_contain_text(key)
        with empty.client() as client:
            event = {"userId": "ada", "event": "report_created", "context": {"groupId": "acme"}}
            assert client.post("/v1/track", json=event, auth=(key, "")).status_code == 200
        expect(page.locator("#arrived")).to_contain_text("acme", timeout=30_000)
        page.get_by_role("link", name="acme").click()
        expect(page.locator("h1")).to_have_text("acme")
        for path in ("/", "/portfolio", "/cohorts", "/report", "/scorecard", "/data"):
            page.goto(path)
            assert serious(page) == [], path


def test_hostile_names_do_nothing(browser: Browser, served: Served) -> None:
    with opened(browser, served, "viewer", 390) as page:
        for path in ("/?whose=all", "/portfolio?sort=revenue", "/report", "/cohorts", "/alerts?whose=all", "/plays"):
            page.goto(path)
            drawn(page)
            assert "Northwind" in page.title()
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        for account in HOSTILE:
            page.goto(f"/account?{urlencode({'id': account})}")
            drawn(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, account


def test_the_report_prints(browser: Browser, served: Served) -> None:
    with opened(browser, served, "viewer") as page:
        page.goto("/report")
        drawn(page)
        expect(page.get_by_role("button", name="Print or save as PDF")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.locator(".top")).to_be_hidden()
        expect(page.locator(".head form")).to_be_hidden()
        assert len(page.pdf()) > 10_000


def test_what_charts_say_is_data(browser: Browser, served: Served) -> None:
    with opened(browser, served, "viewer") as page:
        page.goto(ACCOUNT)
        drawn(page)
        facts = json.loads(page.locator("script.chart-facts").first.text_content() or "")
        assert len(facts["days"]) == len(facts["scores"]) == len(facts["tiers"]) > 200
