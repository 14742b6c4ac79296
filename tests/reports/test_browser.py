"""The page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reports.company import LETTERS, build
from weatherglass.reports.page import render
from weatherglass.reports.palette import contrast

THEMES = ("light", "dark")


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1280, **options: Any) -> Iterator[Page]:
    """The page of a file; afterwards: nothing went wrong, and nothing but the file was asked for."""
    troubles: list[str] = []
    asked: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    yield page
    assert troubles == []
    assert asked == [path.as_uri()]
    context.close()


@pytest.fixture(scope="module")
def file(html: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


def names(page: Page) -> list[str]:
    return page.locator("table.roster tbody tr:not([hidden]) th").all_inner_texts()


def scores(page: Page) -> list[float | None]:
    cells = page.locator("table.roster tbody tr:not([hidden]) td:nth-child(3)")
    raw = cells.evaluate_all("cells => cells.map((cell) => cell.dataset.v)")
    return [float(text) if text else None for text in raw]


@pytest.mark.parametrize(
    ("width", "theme"), [(1280, "light"), (768, "light"), (390, "light"), (390, "dark"), (320, "light")]
)
def test_no_sideways_scroll(browser: Browser, file: Path, width: int, theme: Any) -> None:
    with opened(browser, file, width, color_scheme=theme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = page.evaluate(
            """width => [...document.querySelectorAll("main *, header *")].filter((node) => {
                const box = node.getBoundingClientRect();
                return box.width && box.right > width + 1 && !node.closest(".scroll") && !node.closest("svg");
            }).map((node) => node.outerHTML.slice(0, 80))""",
            width,
        )
        assert wide == []


def test_sorting_by_mouse(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        head = page.locator("table.roster th[data-key=score]")
        assert head.get_attribute("aria-sort") == "ascending"
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == "descending"
        found = scores(page)
        known = [score for score in found if score is not None]
        assert known == sorted(known, reverse=True)
        assert found[len(known) :] == [None] * (len(found) - len(known)), "unscored accounts stand last"
        page.locator("table.roster th[data-key=name] button").click()
        assert page.locator("table.roster th[aria-sort]").count() == 1
        assert names(page) == sorted(names(page), key=str.casefold)


def test_sorting_by_keyboard(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        page.locator("form.filters button[type=reset]").focus()
        page.keyboard.press("Tab")  # the table's own scroll area
        for key in ("name", "tier", "score", "change", "coverage", "confidence", "revenue"):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('th').dataset.key") == key
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "the focused head is marked"
        page.keyboard.press("Enter")
        head = page.locator("table.roster th[data-key=revenue]")
        assert head.get_attribute("aria-sort") == "ascending"
        page.keyboard.press("Space")
        assert head.get_attribute("aria-sort") == "descending"
        cells = page.locator("table.roster tbody td:nth-child(7)")
        found = [float(text) for text in cells.evaluate_all("cells => cells.map((cell) => cell.dataset.v)") if text]
        assert found == sorted(found, reverse=True)


def test_filtering(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        whole = len(names(page))
        page.locator("select[name=tier]").select_option("Red")
        reds = len(names(page))
        assert 0 < reds < whole
        assert page.locator("form.filters output").inner_text() == f"{reds} of {whole} shown"
        page.locator("input[name=find]").fill("legal")
        assert 0 < len(names(page)) < reds
        assert all("Legal" in name for name in names(page))
        page.locator("table.roster th[data-key=name] button").click()
        assert names(page) == sorted(names(page), key=str.casefold)
        page.locator("button[type=reset]").click()
        page.wait_for_function(f"document.querySelectorAll('table.roster tbody tr:not([hidden])').length == {whole}")


def test_complete_without_script(browser: Browser, file: Path) -> None:
    with opened(browser, file, java_script_enabled=False) as page:
        assert page.locator("table.roster tbody tr").count() == 148
        assert not page.locator("form.filters").is_visible()
        assert page.locator("table.roster th button").count() == 0
        assert page.locator("article").count() == 20


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ladder", ["colours", "letters"])
def test_contrast_as_drawn(browser: Browser, file: Path, tmp_path: Path, theme: Any, ladder: str) -> None:
    if ladder == "letters":
        file = tmp_path / "letters.html"
        file.write_text(render(build(accounts=60, ladder=LETTERS)), encoding="utf-8")
    with opened(browser, file, color_scheme=theme) as page:
        drawn = page.evaluate(
            """() => {
                const ground = (node) => {
                    for (; node; node = node.parentElement) {
                        const colour = getComputedStyle(node).backgroundColor;
                        if (!/, 0\\)$/.test(colour)) return colour;
                    }
                    return "rgb(255, 255, 255)";
                };
                const seen = new Map();
                for (const node of document.querySelectorAll(".badge, p, dt, dd, th, td, a, li, h1, h2, h3, .quiet")) {
                    const pair = [getComputedStyle(node).color, ground(node)];
                    seen.set(String(pair), [...pair, node.className || node.tagName]);
                }
                return [...seen.values()];
            }"""
        )
        assert len({what for *_, what in drawn if str(what).startswith("badge")}) == (4 if ladder == "colours" else 6)
        for ink, ground, what in drawn:
            assert contrast(hexed(ink), hexed(ground)) >= 4.5, (what, ink, ground)


def hexed(colour: str) -> str:
    parts = colour[colour.index("(") + 1 : -1].split(",")
    return "#" + "".join(f"{int(part):02x}" for part in parts[:3])


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    bad = ("<img src=x onerror=document.title='hit'>", "\"><script>document.title='hit'</script>", "W" * 10_000)
    path = tmp_path / "hostile.html"
    path.write_text(render(build(accounts=12, unscored=0, names=dict(enumerate(bad * 4)))), encoding="utf-8")
    with opened(browser, path, 390) as page:
        assert "hit" not in page.title()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_prints_on_paper_in_light_colours(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "small.html"
    file.write_text(render(build(accounts=20, worst=2)), encoding="utf-8")
    with opened(browser, file, 704, color_scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator("form.filters").is_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.scroll.tall')).overflow") == "visible"
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
