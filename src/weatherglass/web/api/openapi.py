"""The OpenAPI document made whole: every problem that an operation can answer with, and the headers it minds."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from weatherglass.web.api.idempotency import HEADER, LONGEST_KEY, WRITES
from weatherglass.web.api.problems import MEDIA_TYPE, ProblemDetails

Document = dict[str, Any]

_PROBLEM = {"$ref": "#/components/schemas/ProblemDetails"}
_WRITE_PROBLEMS = (400, 409, 413)


def completed(document: Document) -> Document:
    """The document with problems and headers added to every operation."""
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["ProblemDetails"] = problem
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method.upper(), operation)
    return document


def _complete(path: str, method: str, operation: Document) -> None:
    responses = operation["responses"]
    for status in _problems(path, method, operation):
        responses[str(status)] = _response(status)
    if method == "GET":
        responses["304"] = {"description": "What was answered before still holds (If-None-Match)."}
    if method in WRITES:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)


def _problems(path: str, method: str, operation: Document) -> list[int]:
    found = [422, 500, 503]
    if operation.get("security"):
        found += [401, 403]
    if "{" in path or "as_of" in {part["name"] for part in operation.get("parameters", ())}:
        found.append(404)
    if method in WRITES:
        found += _WRITE_PROBLEMS
    declared = [int(status) for status in operation["responses"] if status.isdigit() and int(status) >= 400]
    return sorted({*found, *declared})


def _response(status: int) -> Document:
    return {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}


_IDEMPOTENCY_KEY = {
    "name": HEADER.title(),
    "in": "header",
    "required": False,
    "description": "Sent again with the same key within a day, the request is done once and answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
}
