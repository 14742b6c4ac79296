"""The API does what its OpenAPI document says, whatever is asked: no 5xx, no answer that is not documented."""

from __future__ import annotations

from typing import Any

import schemathesis
from effort import SLOW
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method
from starlette.types import ASGIApp, Receive, Scope, Send

from api.conftest import Site
from weatherglass.web.api.application import described, description

OUTSIDE = {("post", "/load"), ("post", "/jobs"), ("post", "/channels/test")}
CASES = 30 if SLOW else 10
"""Of each operation; in a slow run besides every boundary of every parameter, which are hundreds."""


class Forwarded:
    """The application of the site, which is there only when the tests run."""

    target: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.target(scope, receive, send)
            return
        # a client for each request would start and stop the whole service
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})


app = Forwarded()
schema = schemathesis.openapi.from_dict(description(described()))
schema.app = app
schema.config.phases.coverage.enabled = SLOW


def test_the_document_is_the_one_that_is_served(site: Site) -> None:
    assert site.get("/openapi.json") == description(described())


def sent_elsewhere(operation: Any) -> bool:
    """What reads or writes any path on this disk, or sends to any address, is asked for our own in other tests."""
    return (operation.operation.method, operation.operation.path) in OUTSIDE


@schema.exclude(sent_elsewhere).parametrize()
@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_every_answer_is_as_documented(case: Any, site: Site) -> None:
    app.target = site.client.app
    case.call_and_validate(
        headers=site.headers("local"), excluded_checks=[positive_data_acceptance, unsupported_method]
    )
