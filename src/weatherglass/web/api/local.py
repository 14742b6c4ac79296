"""The command line's way in: whoever may read the project's folder may ask the service that serves it."""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path

from weatherglass.state import Actor
from weatherglass.state.actor import command_line
from weatherglass.state.secret import new

FILE = "service.json"


@dataclass(frozen=True)
class Running:
    """A service that says it runs: where, and the token that its folder's owner may use."""

    url: str
    token: str
    process: int


class Local:
    """A token that lives as long as the process, written where only the folder's owner can read it."""

    def __init__(self, folder: Path | None = None) -> None:
        """folder: the store's; without one the token is known to nobody."""
        self._file = None if folder is None else folder / FILE
        self._token = new("wl")
        self.actor: Actor = command_line("command line")

    def is_it(self, token: str) -> bool:
        return hmac.compare_digest(self._token.encode(), token.encode("utf-8", "surrogatepass"))

    def announce(self, url: str) -> None:
        """Say where the service runs."""
        if self._file is None:
            return
        text = json.dumps({"url": url, "token": self._token, "process": os.getpid()})
        new_file = self._file.with_suffix(".new")
        new_file.unlink(missing_ok=True)
        handle = os.open(new_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        new_file.replace(self._file)

    def withdraw(self) -> None:
        if self._file is not None:
            self._file.unlink(missing_ok=True)


def running(folder: Path) -> Running | None:
    """The service of a store's folder; None where none says that it runs."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Running(str(found["url"]), str(found["token"]), int(found["process"]))
    except (OSError, ValueError, KeyError):
        return None
