"""Asking the service that has a project's store open, as whoever may read the project's folder."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from weatherglass.jobs.errors import JobError
from weatherglass.store.store import FOLDER

if TYPE_CHECKING:
    import http.client
    from collections.abc import Callable

FILE = "service.json"
PATIENCE = 3600.0
"""Seconds; a first pass over a large store takes its time."""
Query = dict[str, Any]


class Service:
    """A running service."""

    def __init__(self, url: str, token: str) -> None:
        self._where = urlsplit(url)
        self._token = token

    def get(self, path: str, **query: Any) -> Any:
        return self._json("GET", path, query)

    def post(self, path: str, body: Any) -> Any:
        return self._json("POST", path, {}, body)

    def delete(self, path: str) -> Any:
        return self._json("DELETE", path, {})

    def download(self, path: str, file: IO[bytes], **query: Any) -> None:
        """Write what an address answers with to a file."""
        with self._answer("GET", path, query) as answer:
            while part := answer.read(1 << 20):
                file.write(part)

    def job(self, told: Callable[[str, int, int], None] | None, **asked: Any) -> dict[str, Any]:
        """Have a job done and wait for it; its result. Errors: JobError when it fails."""
        job = self.post("/jobs", asked)
        while job["ended_at"] is None:
            time.sleep(0.2)
            job = self.get(f"/jobs/{job['id']}")
            if told is not None and job["total"]:
                told(job["doing"], job["done"], job["total"])
        if job["state"] != "done":
            raise JobError(f"the service could not do it: {job['error']}")
        result: dict[str, Any] = job["result"]
        return result

    def there(self) -> bool:
        """Whether it answers to our token, so that it is the one which wrote it down."""
        import http.client

        try:
            self.get("/jobs", limit=1)
        except (OSError, http.client.HTTPException, JobError):
            return False
        return True

    def _json(self, method: str, path: str, query: Query, body: Any = None) -> Any:
        with self._answer(method, path, query, body) as answer:
            return json.loads(answer.read())

    @contextmanager
    def _answer(self, method: str, path: str, query: Query, body: Any = None) -> Iterator[http.client.HTTPResponse]:
        import http.client  # where no service runs, which is most often, nobody waits for it

        asked = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        connection = http.client.HTTPConnection(self._where.hostname or "", self._where.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, f"/api/v1{path}?{asked}", content, headers)
            answer = connection.getresponse()
            if answer.status >= 400:
                raise JobError(_told(answer.read()))
            yield answer
        finally:
            connection.close()


def service(project: Path) -> Service | None:
    """The service of a project's folder; None where none runs."""
    try:
        found = json.loads((project / FOLDER / FILE).read_text(encoding="utf-8"))
        running = Service(str(found["url"]), str(found["token"]))
    except (OSError, ValueError, KeyError):
        return None
    return running if running.there() else None


def part(text: str) -> str:
    """A text as a part of an address."""
    return quote(text, safe="")


def plainly(value: Any) -> Any:
    """An answer whose parts are read as attributes."""
    return json.loads(json.dumps(value), object_hook=lambda found: SimpleNamespace(**found))


def _told(body: bytes) -> str:
    try:
        problem = json.loads(body)
        wrong = "; ".join(f"{one['at']}: {one['message']}" for one in problem.get("errors", ()))
        return f"{problem['detail']}{f' ({wrong})' if wrong else ''}"
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:500]
