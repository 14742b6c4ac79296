"""The audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from weatherglass.web.api import paging
from weatherglass.web.api.access import Admin
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["audit"])


class Entry(Told):
    """One change."""

    id: int
    at: Moment
    actor_kind: str
    actor_id: int | None
    actor: str
    action: str
    subject: str = Field(description="What was changed, as kind:id.")
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str


class AuditQuery(Asked):
    """Which entries."""

    action: str | None = Field(default=None, max_length=64)
    limit: int = Field(default=50, ge=1, le=500, description="Rows of a page.")
    cursor: str | None = Field(default=None, max_length=1000, description="`next` of the page before.")


@router.get("/audit")
def list_audit(service: Serving, _: Admin, query: Annotated[AuditQuery, Query()]) -> paging.Paged[Entry]:
    """Everything that people and programs have changed; the newest first."""
    found = service.state.audit.entries(paging.number(query.cursor), query.limit + 1, query.action)
    return paging.of_ids(found, query.limit, Entry.model_validate)
