"""Health, readiness, figures, headers and logs."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from api.conftest import ME, PASSWORD, Site
from weatherglass.web import logs


def test_only_health_is_open(site: Site) -> None:
    assert site.client.get("/healthz").status_code == 200
    for path in ("/readyz", "/metrics"):
        assert site.client.get(path).status_code == 401
        assert site.client.get(path, headers={"Authorization": "Bearer wt_x"}).status_code == 401
    ready = site.client.get("/readyz", headers=site.headers("read"))
    assert ready.status_code == 200 and ready.json() == {"ready": True, "why": {}}


def test_the_figures_are_openmetrics_and_name_nobody(site: Site) -> None:
    site.client.get("/api/v1/accounts/acc_0001", headers=site.headers())
    accepted = {**site.headers("read"), "Accept": "application/openmetrics-text; version=1.0.0"}
    answer = site.client.get("/metrics", headers=accepted)
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")
    families = {one.name: one for one in text_string_to_metric_families(answer.text)}  # type: ignore[no-untyped-call]
    assert {"weatherglass_requests", "weatherglass_accounts", "weatherglass_ready"} <= families.keys()
    assert sum(sample.value for sample in families["weatherglass_accounts"].samples) == 24
    assert "acc_0" not in answer.text
    assert 'route="/api/v1/accounts/{account_id}"' in answer.text
    assert site.client.get("/metrics", headers=site.headers("read")).headers["content-type"].startswith("text/plain")


def test_every_answer_has_an_id_and_protecting_headers(site: Site) -> None:
    for path in ("/healthz", "/api/v1/accounts", "/nowhere", "/api/v1/nowhere"):
        answer = site.client.get(path)
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    mine = site.client.get("/api/v1/accounts", headers={"X-Request-Id": "mine-1"})
    assert mine.headers["x-request-id"] == mine.json()["instance"] == "mine-1"
    assert site.client.get("/healthz", headers={"X-Request-Id": "a b\x01"}).headers["x-request-id"] != "a b\x01"


Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged() -> Iterator[Lines]:
    """The lines of the log since the beginning of the test."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    logs.configure(stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_the_log_is_json_with_the_requests_id(site: Site, logged: Lines) -> None:
    site.client.get("/api/v1/accounts", headers={**site.headers(), "X-Request-Id": "seen-1"})
    (line,) = (one for one in logged() if one.get("event") == "answered")
    assert (line["request_id"], line["path"], line["status"]) == ("seen-1", "/api/v1/accounts", 200)
    site.client.get("/api/v1/held/users/somebody", headers=site.headers())
    ours = [one for one in logged() if one["logger"].startswith("weatherglass")]
    assert len(ours) > 1 and "somebody" not in json.dumps(ours)
    assert line["level"] == "info" and line["timestamp"].endswith("Z")


def test_no_secret_is_logged(site: Site, logged: Lines) -> None:
    secret = site.tokens["admin"]
    _, key = site.state.keys.create(ME, "web")
    site.client.get(f"/api/v1/accounts/{secret}", headers=site.headers())
    site.client.post("/api/v1/session", json={"email": "ann@example.com", "password": PASSWORD})
    structlog.get_logger().info("look", authorization=f"Bearer {secret}", body={"password": PASSWORD, "k": [key]})
    logging.getLogger("library").warning("cannot reach postgresql://me:hunter2@db/x with Bearer %s", secret)
    lines = json.dumps(logged())
    assert "look" in lines and "cannot reach" in lines
    for hidden in (secret, key, PASSWORD, "hunter2"):
        assert hidden not in lines
