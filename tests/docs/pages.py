"""The pages of the project that people read, and the blocks of code in them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {str(file.relative_to(ROOT)): file for file in (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")))}

_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)


def text(page: str) -> str:
    """A page as it is written."""
    return PAGES[page].read_text(encoding="utf-8")


def prose(page: str) -> str:
    """A page without its blocks of code."""
    return _BLOCK.sub("", text(page))


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code of a language."""
    return [body for info, body in _BLOCK.findall(text(page)) if info.split(" ")[0] == language]
