"""Forms: what a page sends back, and the proof that it was one of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

MOST_BYTES = 256 * 1024
MOST_FIELDS = 500
URLENCODED = "application/x-www-form-urlencoded"


class BadForm(Exception):
    """A form that cannot be read; the message says why."""


class ForeignForm(Exception):
    """A form that was not sent by one of our pages."""


class Form(Mapping[str, str]):
    """Fields by name; of a name that came several times, the last. Values come without spaces around them."""

    def __init__(self, pairs: list[tuple[str, str]] | None = None) -> None:
        self._pairs = pairs or []
        self._last = dict(self._pairs)

    def __getitem__(self, name: str) -> str:
        return self._last[name].strip()

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """All fields, as they came."""
        return list(self._pairs)

    def text(self, name: str) -> str:
        """A field; empty where it did not come."""
        return self.get(name, "")

    def texts(self, name: str) -> list[str]:
        """All values of a field that may come several times, but for empty ones."""
        return [value.strip() for given, value in self._pairs if given == name and value.strip()]

    def lines(self, name: str) -> list[str]:
        """The lines of a field, each once, but for empty ones."""
        return list(dict.fromkeys(line.strip() for line in self.text(name).splitlines() if line.strip()))

    def close(self) -> None:
        """Let go of what came with it."""

    def secret(self, name: str) -> str:
        """A field as it was typed, spaces and all."""
        return self._last.get(name, "")


def kind(request: Request) -> str:
    """How what was sent is written."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read(request: Request) -> Form:
    """The form of a request. Errors: BadForm."""
    if kind(request) != URLENCODED:
        raise BadForm(f"a form comes as {URLENCODED}")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BadForm("the form is too large")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise BadForm("the form cannot be read") from None
    # browsers send a line break as two characters, whatever the page has
    return Form([(name, value.replace("\x00", "").replace("\r\n", "\n")) for name, value in pairs])


def check_origin(request: Request) -> None:
    """Errors: ForeignForm where a browser says that another site has sent the form."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        raise ForeignForm("this form comes from another site")
    origin = request.headers.get("origin")
    if site is None and origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise ForeignForm("this form comes from another site")
