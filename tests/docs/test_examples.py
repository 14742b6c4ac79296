"""Every example of the pages is run, and prints what the page says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import replay

from docs.pages import ROOT, blocks, text

QUICKSTART = ROOT / "examples" / "quickstart"


@pytest.mark.parametrize("page", replay.PAGES)
def test_the_outputs_are_those_of_a_run(page: str) -> None:
    assert replay.replayed(text(f"docs/{page}")) == text(f"docs/{page}"), "run `make docs`"


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(QUICKSTART, tmp_path / "export")
    (tmp_path / "shop").mkdir()
    shutil.copy(QUICKSTART / "weatherglass.yml", tmp_path / "shop")
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("README.md", "python")
    told: dict[str, object] = {}
    exec(code, told)  # noqa: S102 - the example is ours
    (score,) = (row["score"] for row in told["scores"].to_pylist() if row["account_id"] == "C-1009")  # type: ignore[attr-defined]
    assert told["points"] == pytest.approx(score, abs=1e-9)


def test_an_example_that_fails_is_told() -> None:
    with pytest.raises(replay.ExampleError, match="exit code 1"):
        replay.replayed("```console\n$ weatherglass load nowhere\n```\n")


def test_an_edit_of_lines_that_are_not_there_is_told() -> None:
    page = "```yaml shop.yml\nname: Shop\n```\n\n```diff shop.yml\n-name: Mart\n+name: Shop\n```\n"
    with pytest.raises(replay.ExampleError, match="0 times"):
        replay.replayed(page)
