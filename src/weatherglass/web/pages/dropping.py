"""Dropping files onto the wizard: what they would be read as, and then loading them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from weatherglass.engine import DuckDB
from weatherglass.jobs.incoming.loading import Load, load
from weatherglass.sources.errors import SourceError
from weatherglass.sources.files import discover
from weatherglass.sources.matching import HOW_FOUND
from weatherglass.sources.preview import FilePreview, preview
from weatherglass.state import Unfit
from weatherglass.web.pages import uploads
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit


def drop(visit: Visit) -> Response:
    """Show what the files would be read as, or load them; they are kept nowhere but in the store."""
    form = visit.form
    assert isinstance(form, uploads.Upload)
    if not form.files:
        raise Unfit("choose at least one file: CSV, TSV, Parquet or JSON lines, also as .gz or .zst")
    if form.text("do") == "load":
        return _load(visit, form)
    try:
        found = _preview(visit, form)
    except SourceError as error:
        return _show(visit, 422, wrong=_told(error, form))
    wrong = any(one.error for one in found)
    return _show(visit, 422 if wrong else 200, previews=found, good=not wrong)


def _preview(visit: Visit, form: uploads.Upload) -> list[FilePreview]:
    project = visit.site.project
    engine = DuckDB()
    try:
        return preview(engine, discover(form.files, project.sources), project.timezone)
    finally:
        engine.close()


def _load(visit: Visit, form: uploads.Upload) -> Response:
    live, project = visit.site.service.live, visit.site.project
    lenient = form.text("lenient") == "yes"

    def work(store: Any) -> Load:
        return load(store, project, form.files, lenient=lenient)

    try:
        done = live.submit(work).result()
    except SourceError as error:
        return _show(visit, 422, wrong=_told(error, form))
    # scores follow by themselves: the list below looks for them
    live.finish()
    visit.site.service.state.audit.add(visit.actor, "files loaded", "store", after={"files": len(done.files)})
    return _show(visit, 200, done=done)


def _told(error: SourceError, form: uploads.Upload) -> str:
    return str(error).replace(f"{form.folder}/files/", "")


def _show(visit: Visit, status: int, **facts: Any) -> Response:
    form = visit.form
    assert isinstance(form, uploads.Upload)
    shown = {"previews": [], "good": False, "done": None, "wrong": "", **facts}
    template = "parts/dropped.html" if visit.partial else "dropped.html"
    return visit.show(
        template,
        "data",
        status,
        **shown,
        how=HOW_FOUND,
        bare=lambda text: str(text).replace(f"{form.folder}/files/", ""),
    )


DOORS = (Door("/connect/files", drop, "admin", "POST", uploads.read),)
