"""The configuration of a running service: changed by one at a time, and only from what it was when it was looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from weatherglass.config.errors import ConfigError
from weatherglass.config.reading import FILE_NAME
from weatherglass.state.errors import Unfit

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.jobs.live.store import Live
    from weatherglass.state import Actor, State
    from weatherglass.state.audit import Entry

VERSION = "configuration"
"""The fact of an audit entry that says which version a change has made."""
MOST_LOOKED_AT = 500


class Outdated(Exception):
    """A change that was made from a configuration that has changed since.

    now: the version there is. since: what was changed in between, as far as the audit log knows, the newest first.
    """

    def __init__(self, now: str, since: list[Entry]) -> None:
        last = f", last by {since[0].actor} ({since[0].action}, {since[0].subject.partition(':')[2]})" if since else ""
        super().__init__(
            f"{FILE_NAME} has changed since this was made from it{last}; "
            "look at it as it is now, and send the change again if it is still meant"
        )
        self.now = now
        self.since = since


@dataclass(frozen=True)
class Noted:
    """What the audit log keeps of a change."""

    action: str
    subject: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


Write = Callable[[Path], tuple["Project", Noted] | None]
"""Writes a change into the project's folder; the project that it then is, and what is kept of the change.

None where there was nothing to change. Errors: ConfigError, JobError; the file is as it was then.
"""


class Configuration:
    """The project file of an open store that is served, and all that changes it."""

    def __init__(self, live: Live, state: State, folder: Path | None) -> None:
        self._live = live
        self._state = state
        self._folder = folder
        self._lock = Lock()
        self._behind: tuple[Project, str] | None = None
        """What is used until a change of scores has its turn, and its version."""

    @property
    def project(self) -> Project:
        return self._live.project

    @property
    def folder(self) -> Path:
        """Where the file is. Errors: Unfit for a service without one."""
        if self._folder is None:
            raise Unfit("this service was started without a project's folder, so nothing can be written into its file")
        return self._folder

    @property
    def version(self) -> str:
        """12 hex digits that name the file whose project is used now; empty for a service without one.

        Asked before the project is looked at, it is never newer than what is seen of it.
        """
        with self._lock:
            return self._used()

    def change(
        self, by: Actor, made_from: Collection[str] | None, write: Write, *, scores: bool = False
    ) -> Project | None:
        """Write a change and use it from now on; None where there was nothing to change.

        made_from: the versions it may have been made from; None: any. scores: whether scores change by it, from the
        last finished day on; then they have when this returns.
        Errors: Outdated; Unfit where the file would not be right; it is left as it was then.
        """
        folder = self.folder
        scored: Future[None] | None = None
        with self._lock:
            self._check(made_from)
            used = self.project, self._used()
            try:
                written = write(folder)
            except ConfigError as error:
                raise unfit(error) from None
            except UnicodeDecodeError:
                raise Unfit(f"{FILE_NAME} is not UTF-8; save the file as UTF-8") from None
            if written is None:
                return None
            project, noted = written
            if scores:
                self._behind = used
                scored = self._live.adopt(project)
            else:
                self._live.take_up(project)
            after = {**(noted.after or {}), VERSION: self._written()}
            self._state.audit.add(by, noted.action, noted.subject, before=noted.before, after=after)
        if scored is not None:
            scored.result()
        return project

    def _check(self, made_from: Collection[str] | None) -> None:
        now = self._written()
        if not now:
            raise Unfit(f"{FILE_NAME} cannot be read; see to it in the project's folder")
        if made_from is not None and now not in made_from:
            raise Outdated(now, self._since(made_from, now))

    def _since(self, versions: Collection[str], now: str) -> list[Entry]:
        """The changes after some versions; none where it is the file itself that somebody has edited."""
        found: list[Entry] = []
        for entry in self._state.audit.entries(None, MOST_LOOKED_AT):
            made = (entry.after or {}).get(VERSION)
            if made is None:
                continue
            if made in versions or (not found and made != now):
                return found
            found.append(entry)
        # nobody knows where it began: the last change is all that is certain
        return found[:1]

    def _used(self) -> str:
        if self._behind is not None and self.project is self._behind[0]:
            return self._behind[1]
        return self._written()

    def _written(self) -> str:
        """The version of the file; empty where it cannot be read."""
        if self._folder is None:
            return ""
        try:
            return hashlib.sha256((self._folder / FILE_NAME).read_bytes()).hexdigest()[:12]
        except OSError:
            return ""


def unfit(error: ConfigError) -> Unfit:
    """The mistakes of a configuration, as who asked for it is told of them."""
    return Unfit("; ".join(f"{one.path}: {one.message}" if one.path else one.message for one in error.mistakes))
