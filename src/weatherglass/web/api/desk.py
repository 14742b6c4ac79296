"""What the command line asks the service for while it has the store: loading files, the doctor, the report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import Field

from weatherglass.jobs.incoming.loading import Load, load
from weatherglass.jobs.views.doctor import doctor
from weatherglass.jobs.views.reporting import material
from weatherglass.reports.page import render
from weatherglass.sources.errors import SourceError
from weatherglass.web.api.access import Admin, Reader
from weatherglass.web.api.problems import Problem
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Day, Told

router = APIRouter(tags=["desk"])


class LoadRequest(Asked):
    """Files or folders on the service's disk."""

    paths: list[str] = Field(min_length=1, max_length=10_000, description="Absolute paths.")
    lenient: bool = Field(default=False, description="Leave out rows that cannot be used, and count them.")


class LoadedFile(Told):
    """One file of a load."""

    name: str
    table: str
    rows: int
    new: int
    rejected: int
    reasons: list[tuple[str, int]]
    rejects: list[str]


class Loaded(Told):
    """What a load did; scores follow."""

    files: list[LoadedFile]
    notices: list[str]


@router.post("/load")
def load_files(service: Serving, by: Admin, asked: LoadRequest) -> Loaded:
    """Take files into the store: all of them, or none when one cannot be used."""
    paths = [Path(path) for path in asked.paths]
    if not all(path.is_absolute() and "\x00" not in str(path) for path in paths):
        raise Problem(422, "the service needs absolute paths, on its own disk")
    project = service.live.project

    def work(store: Any) -> Load:
        return load(store, project, paths, lenient=asked.lenient)

    try:
        done = service.live.submit(work).result()
    except SourceError as error:
        raise Problem(422, str(error)) from None
    service.live.finish()
    service.state.audit.add(by, "files loaded", "store", after={"files": len(done.files)})
    return Loaded.model_validate(done)


class Finding(Told):
    """One thing the doctor saw, and what to do about it."""

    state: Literal["good", "note", "bad"]
    what: str
    mend: str


class TableExtent(Told):
    """A table with what it holds."""

    table: str
    rows: int
    first_day: str | None
    last_day: str | None


class Doctor(Told):
    """The state of the data."""

    tables: list[TableExtent]
    events: int
    rolled_up: int
    join_coverage: float | None = Field(description="Share of the events that reach an account.")
    good: bool
    findings: list[Finding]


@router.get("/doctor")
def get_doctor(service: Serving, _: Reader) -> Doctor:
    """What is there, how well events reach accounts, and what is missing."""
    found = service.live.read(lambda store: doctor(store, service.live.project, service.folder))
    tables = [
        TableExtent(
            table=name,
            rows=rows,
            first_day=None if first is None else str(first),
            last_day=None if last is None else str(last),
        )
        for name, rows, first, last in found.tables
    ]
    facts = {name: getattr(found, name) for name in ("events", "rolled_up", "join_coverage", "good")}
    findings = [Finding(**asdict(one)) for one in found.findings]
    return Doctor(tables=tables, findings=findings, **facts)


class ReportQuery(Asked):
    """A day."""

    as_of: Day | None = Field(default=None, description="The last finished day, if not given.")


@router.get("/report", response_class=HTMLResponse)
def get_report(service: Serving, _: Reader, query: Annotated[ReportQuery, Query()]) -> HTMLResponse:
    """The report of a finished day as one HTML page."""
    project = service.live.project
    overrides = service.state.overrides.all()
    known = service.chances()
    text = render(service.live.read(lambda store: material(store, project, query.as_of, overrides, known)))
    # the page carries its own style and script, and asks for nothing else
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})
