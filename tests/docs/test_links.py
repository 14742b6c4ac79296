"""Links within the project lead somewhere."""

from __future__ import annotations

import re

import pytest

from docs.pages import PAGES, ROOT, prose, text

_PLACES = ("src/", "tests/", "docs/", "examples/", "benchmarks/", "requirements/")


def _anchors(page: str) -> set[str]:
    """The anchors that headings get: lower case, blanks to dashes, other signs dropped."""
    headings = re.findall(r"^#+ (.*)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_resolve(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (PAGES[page].parent / name).resolve() if name else PAGES[page]
        assert file.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in _anchors(str(file.relative_to(ROOT))), f"{page}: {target}"


@pytest.mark.parametrize("page", PAGES)
def test_paths_that_are_named_exist(page: str) -> None:
    for named in re.findall(r"`([\w./-]+/[\w./-]*)`", prose(page)):
        if named.startswith(_PLACES):
            assert (ROOT / named).exists(), f"{page}: {named}"


def test_every_page_is_found_from_the_index() -> None:
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", text("docs/index.md")))
    assert {page.name for page in ROOT.glob("docs/*.md")} == {*listed, "index.md"}
