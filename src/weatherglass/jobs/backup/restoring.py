"""Restoring a backup into a folder: verified before anything is put in place, and never over something newer."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from weatherglass.jobs.backup.backing_up import FORMAT, MANIFEST, STATE
from weatherglass.jobs.errors import JobError
from weatherglass.state import State, locate
from weatherglass.state.dump import load
from weatherglass.store import Store, migrations
from weatherglass.store.compacting import DATABASE
from weatherglass.store.store import FOLDER

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Restored:
    """A backup that was restored."""

    made_at: dt.datetime
    files: int
    bytes: int
    aside: Path | None
    """Where the store that was there before is now."""


def restore(backup: Path, project: Path, *, replace: bool = False) -> Restored:
    """Put a backup into a project's folder; nothing is changed unless all of it is good.

    replace: also where there is a store already, which is set aside, not deleted.
    Errors: JobError for a damaged backup, one of a newer Weatherglass, and a store that is newer than the backup;
    StateError where the state's database is not empty.
    """
    project.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=project) as name:
        room = Path(name)
        manifest = unpack(backup, room)
        made_at = dt.datetime.fromisoformat(manifest["made_at"])
        _check_versions(backup, manifest)
        folder = project / FOLDER
        if Store.exists(project):
            _check_older(folder, made_at, replace=replace)
        aside = _set_aside(folder)
        try:
            _put(room, project, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            if aside is not None:
                aside.replace(folder)
            raise
    files = manifest["files"].values()
    return Restored(made_at, len(files), sum(one["bytes"] for one in files), aside)


def unpack(backup: Path, room: Path) -> dict[str, Any]:
    """Put a backup's files into a folder, each of them as the manifest says, which it returns. Errors: JobError."""
    found: dict[str, dict[str, Any]] = {}
    try:
        with tarfile.open(backup, "r:") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if not member.isreg() or name.is_absolute() or ".." in name.parts:
                    raise JobError(f"{backup}: {member.name!r} has no place in a backup; nothing was changed")
                source = archive.extractfile(member)
                assert source is not None
                target = room / name
                target.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with target.open("wb") as file:
                    while part := source.read(_CHUNK):
                        digest.update(part)
                        file.write(part)
                    os.fsync(file.fileno())
                found[member.name] = {"bytes": member.size, "sha256": digest.hexdigest()}
        manifest: dict[str, Any] = json.loads((room / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, tarfile.TarError, ValueError) as error:
        raise JobError(f"{backup}: this is no backup, or a damaged one: {error}") from None
    del found[MANIFEST]
    if found != manifest.get("files"):
        wrong = [
            name for name in {*found, *manifest.get("files", {})} if found.get(name) != manifest["files"].get(name)
        ]
        raise JobError(f"{backup}: damaged: {', '.join(sorted(wrong)[:3])} is not as it was; nothing was changed")
    return manifest


def _check_versions(backup: Path, manifest: dict[str, Any]) -> None:
    newest = migrations.steps()[-1][0]
    if manifest["format"] > FORMAT or manifest["store_version"] > newest:
        told = f"made by Weatherglass {manifest['weatherglass']}, which is newer; upgrade first, nothing was changed"
        raise JobError(f"{backup}: {told}")


def _check_older(folder: Path, made_at: dt.datetime, *, replace: bool) -> None:
    changed = max(path.stat().st_mtime for path in (folder / DATABASE, *(folder / "intake").glob("*")))
    if dt.datetime.fromtimestamp(changed, dt.UTC) > made_at:
        raise JobError(
            f"{folder}: the store there has changed since the backup was made ({made_at:%Y-%m-%d %H:%M} UTC); move it "
            "away yourself if that is what you want, nothing was changed"
        )
    if not replace:
        raise JobError(f"{folder}: there is a store already; say --replace to set it aside, nothing was changed")


def _set_aside(folder: Path) -> Path | None:
    if not folder.exists() or not any(folder.iterdir()):
        return None
    aside = folder.with_name(f"{folder.name}.before-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}")
    return folder.replace(aside)


def _put(room: Path, project: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()
    (room / "store").replace(folder)
    (folder / "events").mkdir(exist_ok=True)
    with State(locate(folder)) as state:
        load(state, json.loads((room / STATE).read_text(encoding="utf-8")))
    for path in (room / "project").glob("*") if (room / "project").exists() else ():
        if not (project / path.name).exists():
            path.replace(project / path.name)
