"""Scripts and styles: read once, named by what is in them so that browsers may keep them, sent compressed."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from weatherglass.reports import palette

KINDS = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
NAMES = (
    "app.css",
    "app.js",
    "charts.js",
    "icon.svg",
    "vendor/htmx.min.js",
    "vendor/echarts.common.min.js",
)
TIERS = "tiers.css"
MOST_TIERS = 8
"""How many tiers have colours of their own."""


@dataclass(frozen=True)
class Asset:
    """One file."""

    content: bytes
    packed: bytes
    digest: str
    kind: str


@cache
def asset(name: str) -> Asset | None:
    """A file by its name; None where there is none."""
    if name in NAMES:
        content = files("weatherglass.web").joinpath("static", *name.split("/")).read_bytes()
    elif name.startswith("tiers-") and name in {f"tiers-{count}.css" for count in range(1, MOST_TIERS + 1)}:
        content = palette.css(int(name[6:-4])).encode()
    else:
        return None
    kind = KINDS[name.rpartition(".")[2]]
    packed = gzip.compress(content, 6, mtime=0)
    return Asset(content, packed, hashlib.sha256(content).hexdigest()[:12], kind)


def address(name: str) -> str:
    """Where a file is, with what is in it as part of the address."""
    found = asset(name)
    assert found is not None, name
    return f"/static/{name}?v={found.digest}"


def _send(request: Request) -> Response:
    found = asset(request.path_params["name"])
    if found is None:
        return PlainTextResponse("there is no such file\n", 404)
    kept = request.query_params.get("v") == found.digest
    headers = {
        "content-type": found.kind,
        "cache-control": "public, max-age=31536000, immutable" if kept else "no-cache",
        "vary": "accept-encoding",
        "etag": f'"{found.digest}"',
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers={**headers, "content-encoding": "gzip"})
    return Response(found.content, headers=headers)


def routes() -> list[Route]:
    """All files, known to everyone: they say nothing about anyone."""
    return [Route("/static/{name:path}", _send)]
