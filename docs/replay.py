"""Runs the examples of a page and writes what they print below them: `make docs`. The tests fail when a page is stale.

All blocks of a page are run in their order, in one folder that is new and has `examples/` in it:
`console` runs the lines that begin with `$` (`console fails` where that is the lesson), `yaml FILE` and `python FILE`
write a file, `diff FILE` edits one, `python` alone is run. Other blocks are left alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
PAGES = ("tutorial.md", "how-to.md")

_BLOCK = re.compile(r"^```(console|diff|python|yaml)\b *(.*?)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
_ENVIRONMENT = {
    **{name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ},
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    "NO_COLOR": "1",
}


class ExampleError(Exception):
    """An example that does not do what its page says."""


def replayed(text: str) -> str:
    """The text of a page with every output as it is now. Errors: `ExampleError` for an example that fails."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "examples").symlink_to(FOLDER.parent / "examples")
        return _BLOCK.sub(lambda block: _run(block, place), text)


def _run(block: re.Match[str], place: Path) -> str:
    language, word, body = block.groups()
    if language == "console":
        body = "\n".join(_console(body, place, fails=word == "fails"))
    elif language == "diff":
        _edit(place / word, body)
    elif word:
        (place / word).parent.mkdir(exist_ok=True)
        (place / word).write_text(body, encoding="utf-8")
    elif language == "python":
        _shell([sys.executable, "-c", body], place, fails=False)
    return f"```{' '.join(filter(None, (language, word)))}\n{body.rstrip()}\n```"


def _console(body: str, place: Path, *, fails: bool) -> list[str]:
    lines: list[str] = []
    for command in (line for line in body.splitlines() if line.startswith("$ ")):
        printed = _shell(["bash", "-c", command.removeprefix("$ ")], place, fails=fails)
        lines += [command, *(line.rstrip() for line in printed.splitlines())]
    return lines


def _shell(command: list[str], place: Path, *, fails: bool) -> str:
    done = subprocess.run(
        command,
        cwd=place,
        env=_ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if (done.returncode != 0) != fails:
        raise ExampleError(f"{command[-1]}\nexit code {done.returncode}\n{done.stdout}")
    return done.stdout


def _edit(file: Path, body: str) -> None:
    """Replace the lines that begin with `-` by those that begin with `+`."""
    old = "".join(f"{line[1:]}\n" for line in body.splitlines() if line.startswith("-"))
    new = "".join(f"{line[1:]}\n" for line in body.splitlines() if line.startswith("+"))
    text = file.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ExampleError(f"{file.name} has these lines {text.count(old)} times:\n{old}")
    file.write_text(text.replace(old, new), encoding="utf-8")


def main() -> None:
    """Write the pages whose outputs have changed, and say which."""
    for page in PAGES:
        file = FOLDER / page
        text = file.read_text(encoding="utf-8")
        new = replayed(text)
        if new != text:
            file.write_text(new, encoding="utf-8")
            sys.stdout.write(f"docs/{page}\n")


if __name__ == "__main__":
    main()
