"""Traces go to a real receiver, by the standard variables."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from weatherglass.web.tracing import Traces, wanted

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ExportTraceServiceRequest]]:
    """What a receiver on this machine has been sent."""
    found: list[ExportTraceServiceRequest] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            found.append(ExportTraceServiceRequest.FromString(plain))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_request_is_a_span_of_the_trace_it_came_with(received: list[ExportTraceServiceRequest]) -> None:
    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("no", 503 if request.path_params["account"] == "bad" else 200)

    routes = [Mount("/api/v1", routes=[Route("/accounts/{account}", answer)])]
    with TestClient(Starlette(routes=routes, middleware=[Middleware(Traces)])) as client:
        client.get("/api/v1/accounts/secret-name", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
        client.get("/api/v1/accounts/bad")
    resources = [one for request in received for one in request.resource_spans]
    spans = [span for one in resources for scope in one.scope_spans for span in scope.spans]
    assert [span.name for span in spans] == ["GET /api/v1/accounts/{account}"] * 2
    assert spans[0].trace_id.hex() == TRACE and spans[0].parent_span_id.hex() == "00f067aa0ba902b7"
    assert spans[1].status.code == 2
    named = {one.key: one.value.string_value for one in resources[0].resource.attributes}
    assert named["service.name"] == "weatherglass" and named["deployment.environment"] == "test"
    assert "secret-name" not in str(received)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, False),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, False),
    ],
)
def test_only_who_asks_is_traced(environment: dict[str, str], expected: bool) -> None:
    assert wanted(environment) == expected
