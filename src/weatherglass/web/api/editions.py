"""Versions of the configuration: by them a change of weatherglass.yml says what it was made from."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header, Path, Response
from pydantic import BaseModel, Field

from weatherglass.web.api.paths import plain
from weatherglass.web.api.problems import Problem
from weatherglass.web.api.service import Service
from weatherglass.web.api.values import Asked

Given = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="The version of the configuration that the change was made from, or `*` for any.",
    ),
]
CHANGING: dict[int | str, dict[str, Any]] = {
    409: {"description": "Something names it, or there is another one."},
    412: {"description": "The configuration has changed since."},
    428: {"description": "It does not say what it was made from."},
}
"""What a change of weatherglass.yml is answered with besides."""


def _anything(if_match: Given = None) -> list[str] | None:
    if if_match is None:
        return None
    versions = [part.strip().removeprefix("W/").strip('"') for part in if_match.split(",")]
    return None if "*" in versions else versions


def _something(if_match: Given = None) -> list[str] | None:
    if if_match is None:
        told = (
            "say what the change was made from: If-Match with the ETag of what you have read, or * for whatever it is"
        )
        raise Problem(428, told)
    return _anything(if_match)


MayMatch = Annotated[list[str] | None, Depends(_anything)]
"""The versions that an addition may be made from; None: any."""
MustMatch = Annotated[list[str] | None, Depends(_something)]
"""The same of a change, which has to say so."""


def _named(name: Annotated[str, Path(min_length=1, max_length=200)]) -> str:
    return plain(name)


Name = Annotated[str, Depends(_named)]
"""The name of a rule, play or channel in a path; `%2F` is a slash."""


class Options(Asked):
    """Options of a rule, play or channel."""

    def given(self) -> dict[str, Any]:
        """Those that were sent, as the file has them; a name is none of them."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"name"})


class Edition(BaseModel):
    """Something of the configuration, and of which version."""

    configuration: str = Field(description="The version of weatherglass.yml; a change names it in If-Match.")


def tagged(response: Response, service: Service) -> str:
    """The version of the configuration, and the tag of an answer that nothing else decides."""
    version = service.configuration.version
    response.headers["ETag"] = f'"{version}"'
    return version
