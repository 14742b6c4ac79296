"""Exports: scores, signals and accounts as files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import Field
from starlette.background import BackgroundTask

from weatherglass.jobs.views import exporting
from weatherglass.web.api.access import Reader
from weatherglass.web.api.choice import ChoiceQuery
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Day

router = APIRouter(tags=["exports"])

MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()},
    }
}


class ExportQuery(ChoiceQuery):
    """Which accounts, which days, which form."""

    since: Day | None = Field(default=None, description="The first day; `as_of`, if not given.")
    as_of: Day | None = Field(default=None, description="The last day; the last scored one, if not given.")
    format: Literal["csv", "parquet", "arrow"] = "csv"


@router.get("/exports/{what}", response_class=FileResponse, responses=_FILES)
def export(
    service: Serving, _: Reader, what: Literal["scores", "signals", "accounts"], query: Annotated[ExportQuery, Query()]
) -> FileResponse:
    """Score rows, signal rows or accounts, at full precision, in the columns that `weatherglass score --out` writes.

    `accounts` has a row for each account on the last day; accounts are chosen by how they stand on the last scored day.
    """
    handle, name = tempfile.mkstemp(prefix="weatherglass-export-", suffix=f".{query.format}")
    os.close(handle)
    path, choice, days = Path(name), query.choice(), (query.since, query.as_of)

    try:
        known = service.chances()
        service.look(lambda standing: exporting.export(standing, what, path, days, choice, known))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return FileResponse(
        path,
        media_type=MEDIA_TYPES[query.format],
        filename=f"{what}.{query.format}",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
