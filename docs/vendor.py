"""Fetch the vendored scripts again, as each vendor.json says. Needs npm; nothing else ever does."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FOLDERS = (ROOT / "src/weatherglass/web/static/vendor", ROOT / "tests/pages/vendor")


def main() -> None:
    for place in FOLDERS:
        for package in json.loads((place / "vendor.json").read_text(encoding="utf-8")):
            _fetch(package, place)


def _fetch(package: dict[str, Any], place: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        named = f"{package['package']}@{package['version']}"
        subprocess.run(["npm", "pack", named, "--pack-destination", folder], check=True)  # noqa: S607
        (archive,) = Path(folder).glob("*.tgz")
        _check(archive.read_bytes(), package["integrity"], named)
        _unpack(archive, package["files"], place)


def _check(content: bytes, integrity: str, named: str) -> None:
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != integrity:
        raise SystemExit(f"{named} is not what it was: {found} instead of {integrity}")


def _unpack(archive: Path, files: dict[str, str], place: Path) -> None:
    with tarfile.open(archive) as opened:
        for source, target in files.items():
            member = opened.extractfile(f"package/{source}")
            if member is None:
                raise SystemExit(f"{archive.name} has no {source}")
            (place / target).write_bytes(member.read())


if __name__ == "__main__":
    main()
