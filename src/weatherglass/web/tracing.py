"""Traces by OpenTelemetry, where the standard variables ask for them and its packages are installed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

ASKING = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether traces are asked for."""
    off = (
        environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none"
    )
    return not off and any(environment.get(name) for name in ASKING)


class Traces:
    """Wraps an ASGI application: each request is a span, one that goes on a trace where the asker has begun it.

    Errors: ImportError, which says what to install.
    """

    def __init__(self, app: ASGIApp) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            raise ImportError("traces are asked for: `pip install weatherglass[otel]`, or unset OTEL_*") from None

        self._app = app
        named = {} if "OTEL_SERVICE_NAME" in os.environ else {"service.name": "weatherglass"}
        self._provider: TracerProvider = TracerProvider(resource=Resource.create(named))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("weatherglass")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            self._provider.shutdown()
            return
        from opentelemetry import propagate
        from opentelemetry.trace import SpanKind

        came_with = propagate.extract(dict(Headers(scope=scope)))
        with self._tracer.start_as_current_span(scope["method"], came_with, kind=SpanKind.SERVER) as span:
            await self._app(scope, receive, _noting(span, send))
            _describe(span, scope)


def _noting(span: Span, send: Send) -> Send:
    from opentelemetry.trace import StatusCode

    async def noted(message: Message) -> None:
        if message["type"] == "http.response.start":
            span.set_attribute("http.response.status_code", message["status"])
            if message["status"] >= 500:
                span.set_status(StatusCode.ERROR)
        await send(message)

    return noted


def _describe(span: Span, scope: Scope) -> None:
    # the pattern and not the path: an account's id is nobody else's business
    pattern = getattr(scope.get("route"), "path", None)
    span.set_attribute("http.request.method", scope["method"])
    span.set_attribute("weatherglass.request_id", str(scope.get("request_id", "")))
    if pattern:
        route = f"{scope.get('root_path', '')}{pattern}"
        span.set_attribute("http.route", route)
        span.update_name(f"{scope['method']} {route}")
