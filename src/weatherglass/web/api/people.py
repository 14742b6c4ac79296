"""People: who may sign in, and in which role."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Response
from pydantic import Field

from weatherglass.state import people as kept
from weatherglass.web.api import etags
from weatherglass.web.api.access import Admin
from weatherglass.web.api.paths import Number
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["people"])
Role = Literal["viewer", "csm", "admin"]
IfMatch = Annotated[str | None, Header(max_length=200, description="Only if the person is still as this tag says.")]
_CHANGED: dict[int | str, dict[str, Any]] = {412: {"description": "It has changed since."}}


class Person(Told):
    """Someone who may sign in: viewers read, csms write, admins manage."""

    id: int
    email: str
    name: str
    role: Role
    active: bool = Field(description="Whether they may sign in.")
    created_at: Moment
    last_seen_at: Moment | None
    team: str = Field(description="Whose accounts they see as their team's; empty for none.")


class People(Told):
    """By id."""

    people: list[Person]


class PersonRequest(Asked):
    """Someone new."""

    email: str = Field(min_length=3, max_length=320)
    name: str = Field(min_length=1, max_length=200)
    role: Role
    password: str | None = Field(default=None, max_length=1024, description="Without one, only single sign-on.")


class PersonChange(Asked):
    """What is to be changed; what is not given stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    role: Role | None = None
    active: bool | None = None
    team: str | None = Field(default=None, max_length=200, description="Empty takes the person out of theirs.")
    password: str | None = Field(default=None, max_length=1024)


@router.get("/people")
def list_people(service: Serving, _: Admin) -> People:
    """Everyone, also those who may no longer sign in."""
    return People(people=[Person.model_validate(one) for one in service.state.people.all()])


@router.post("/people", status_code=201)
def create_person(service: Serving, by: Admin, asked: PersonRequest) -> Person:
    """Let someone in."""
    made = service.state.people.create(by, asked.email, asked.name, asked.role, asked.password)
    return Person.model_validate(made)


@router.get("/people/{person}")
def get_person(service: Serving, _: Admin, person: Number) -> Person:
    """One person."""
    return Person.model_validate(service.state.people.get(person))


@router.patch("/people/{person}", responses=_CHANGED)
def change_person(
    service: Serving, by: Admin, person: Number, asked: PersonChange, response: Response, if_match: IfMatch = None
) -> Person:
    """Change a name, a role, a team or a password, or lock someone out. Role and password sign them out everywhere."""
    etags.check(if_match, _body(service.state.people.get(person)))
    if asked.password is not None:
        service.state.people.set_password(by, person, asked.password)
    changes = {"name": asked.name, "role": asked.role, "active": asked.active, "team": asked.team}
    changed = service.state.people.change(by, person, **changes)  # type: ignore[arg-type]
    response.headers["ETag"] = etags.etag(_body(changed))
    return Person.model_validate(changed)


def _body(person: kept.Person) -> bytes:
    """What GET answers, which its tag is made from."""
    return Person.model_validate(person).model_dump_json().encode()
