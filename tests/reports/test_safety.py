"""The page needs nothing else, runs nothing but its own script, and no name can change that."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest

from reports.company import build
from reports.pages import Node, parse
from weatherglass.reports.material import Card, Driver, Material
from weatherglass.reports.page import render

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></style></script><img src=https://evil.example/x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus=alert(1) '",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eevil txt.exe\u202c \u2066x",
    "شركة المثال للتجارة العالمية",
    "A" * 10_000,
    "new\nline\r\x00\x07\ufeff",
    "]]> --> <!-- &amp; &#x3c;b&#x3e;",
)


@pytest.fixture(scope="module")
def hostile() -> Material:
    bad = HOSTILE[1]
    material = build(accounts=20, unscored=0, names=dict(enumerate(HOSTILE)))
    return replace(
        material,
        workspace=HOSTILE[0] * 500,
        data_notes=(bad, "B" * 10_000),
        cards=(Card(bad, bad),),
        currency='"><',
        worst=tuple(replace(detail, sentences=(bad, "C" * 10_000)) for detail in material.worst),
        drivers={account: Driver(bad, bad, 1.0) for account in material.drivers},
    )


def test_loads_nothing(page: Node, html: str) -> None:
    assert not [node.tag for node in page if node.tag in ("link", "img", "iframe", "object", "embed", "audio", "video")]
    for node in page:
        for name, value in node.attributes.items():
            assert name not in ("src", "srcset", "action", "formaction", "background", "poster", "ping", "data")
            assert not name.startswith("on")
            if name in ("href", "xlink:href"):
                assert value.startswith("#"), value
    style = "".join(str(part) for part in page.one("style").children)
    assert "@import" not in style
    assert set(re.findall(r"url\(([^)]*)\)", style)) == {"#hatch"}
    assert "http://" not in html and "https://" not in html


def test_every_link_leads_somewhere_and_every_label_exists(page: Node) -> None:
    ids = [node.attributes["id"] for node in page if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for node in page:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(node.attributes.get(name, "").split()) <= set(ids)
        if "href" in node.attributes:
            assert node.attributes["href"][1:] in ids


def test_policy_allows_our_script_and_nothing_else(page: Node, html: str) -> None:
    policy = next(node for node in page.all("meta") if node.attributes.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.attributes["content"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == "'unsafe-inline'"
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert html.index("Content-Security-Policy") < html.index("<style")


def test_hostile_names_stay_text(hostile: Material) -> None:
    html = render(hostile)
    page = parse(html)
    assert len(page.all("script")) == 1
    assert len(page.all("img")) == 0
    assert not [name for node in page for name in node.attributes if name.startswith("on") or name == "autofocus"]
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}{% raw %}" in page.text
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\ufeff]", html)


def test_long_names_are_cut(hostile: Material) -> None:
    html = render(hostile)
    assert "A" * 79 + "\N{HORIZONTAL ELLIPSIS}" in html
    for letter in "ABC":
        assert letter * 700 not in html
    assert len(parse(html).one("h1").text) <= 80


def test_names_are_isolated_from_the_direction_around_them(hostile: Material) -> None:
    page = parse(render(hostile))
    arabic = HOSTILE[6]
    holders = [node for node in page if arabic in [child for child in node.children if isinstance(child, str)]]
    inside = {id(node) for bdi in page.all("bdi") for node in bdi}
    assert holders and all(id(node) in inside for node in holders if node.tag != "title")


def test_pictures_have_names(page: Node) -> None:
    for picture in page.all("svg"):
        if picture.attributes.get("role") == "img":
            assert picture.all("title")
        else:
            inner = picture.attributes.get("aria-hidden") == "true" or "field" in picture.attributes.get("class", "")
            assert inner, picture.attributes


def test_same_material_same_page(material: Material, html: str) -> None:
    assert render(material) == html
