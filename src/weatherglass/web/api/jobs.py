"""Jobs: what is done by the clock or on demand, how far it is, and what came of it."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from weatherglass.jobs.backup.backing_up import check_free
from weatherglass.state import ledger as kept
from weatherglass.web.api import paging
from weatherglass.web.api.access import Admin, Reader
from weatherglass.web.api.paths import Number
from weatherglass.web.api.problems import Problem
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["jobs"])


class Job(Told):
    """One piece of work."""

    id: int
    kind: str
    state: Literal["waiting", "running", "done", "failed", "interrupted"]
    asked_by: str
    asked_at: Moment
    began_at: Moment | None
    ended_at: Moment | None
    doing: str
    done: int = Field(description="How much of `total` is done.")
    total: int
    result: dict[str, Any] | None
    error: str | None


class Line(Told):
    """What a job said."""

    at: Moment
    line: str


class JobWithLog(Job):
    """The same with its log."""

    log: list[Line]


class JobRequest(Asked):
    """What is to be done.

    Erase whom clients asked to, forget what is past its days, score every account, publish the snapshot, train
    models again, or write a backup.
    """

    kind: Literal["erasures", "retention", "score", "alerts", "snapshot", "retrain", "backup"]
    file: str | None = Field(default=None, max_length=4000, description="Where the service writes the backup.")


class JobsQuery(Asked):
    """Which jobs."""

    kind: str | None = Field(default=None, max_length=32)
    limit: int = Field(default=50, ge=1, le=500, description="Rows of a page.")
    cursor: str | None = Field(default=None, max_length=1000, description="`next` of the page before.")


@router.get("/jobs")
def list_jobs(service: Serving, _: Reader, query: Annotated[JobsQuery, Query()]) -> paging.Paged[Job]:
    """The ledger, the newest first."""
    found = service.state.ledger.all(paging.number(query.cursor), query.limit + 1, query.kind)
    return paging.of_ids(found, query.limit, Job.model_validate)


@router.post("/jobs", status_code=202)
def ask_job(service: Serving, by: Admin, asked: JobRequest) -> Job:
    """Have something done; one that waits already is that one."""
    options = _options(asked)
    job = service.runner.ask(by, asked.kind, options)
    service.state.audit.add(by, "job asked", f"job:{job.id}", after={"kind": asked.kind})
    return Job.model_validate(job)


def _options(asked: JobRequest) -> dict[str, Any]:
    if asked.kind != "backup":
        return {}
    file = FilePath(asked.file or "")
    if not asked.file or not file.is_absolute() or "\x00" in asked.file:
        raise Problem(422, "a backup needs `file`: an absolute path on the service's disk, such as /backups/monday.tar")
    check_free(file)
    return {"file": str(file)}


@router.get("/jobs/{job}")
def get_job(service: Serving, _: Reader, job: Number) -> JobWithLog:
    """One job, with what it said."""
    found: kept.Job = service.state.ledger.get(job)
    lines = [Line.model_validate(one) for one in service.state.ledger.lines(job)]
    return JobWithLog(**Job.model_validate(found).model_dump(mode="python"), log=lines)
