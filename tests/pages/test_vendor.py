"""Scripts of others are those that were taken, and pages name none from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src" / "weatherglass" / "web"
FOLDERS = (WEB / "static" / "vendor", Path(__file__).parent / "vendor")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_vendored_files_are_what_they_were(folder: Path) -> None:
    for package in json.loads((folder / "vendor.json").read_text(encoding="utf-8")):
        assert package["integrity"].startswith("sha512-")
        assert any("LICENSE" in name for name in package["files"].values())
        for name, digest in package["sha256"].items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_templates_name_nothing_elsewhere_and_run_nothing_inline() -> None:
    for template in (WEB / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert "://" not in text, template.name
        assert not re.search(r"\son[a-z]+=", text), template.name
        assert not re.search(r"\sstyle=", text), template.name
        assert "<style" not in text, template.name
        assert not re.search(r"<script(?! src=\"\{\{ asset)", text), template.name
        assert "|safe" not in text.replace(" ", ""), template.name


def test_every_form_that_changes_something_has_its_token() -> None:
    desk = (WEB / "templates" / "desk.html").read_text(encoding="utf-8")
    place = re.search(r"macro place\(.*?endmacro", desk, re.DOTALL)
    assert place is not None and "csrf" in place[0].split("%}", 1)[1]
    for template in (WEB / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            own = "token(csrf" in form or 'name="csrf"' in form
            assert own or "place(csrf," in form, (template.name, form[:80])
