"""Notes: what people and programs have written of an account."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from weatherglass.jobs.views import account as one_account
from weatherglass.state.notes import LONGEST
from weatherglass.web.api.access import Reader, Writer
from weatherglass.web.api.paths import AccountId, Number
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["notes"])


class Note(Told):
    """What somebody has written of an account."""

    id: int
    account_id: str
    text: str
    author: str
    made_at: Moment


class Notes(Told):
    """The last written first."""

    notes: list[Note]


class NoteRequest(Asked):
    """A note."""

    text: str = Field(min_length=1, max_length=LONGEST)


@router.get("/accounts/{account_id}/notes", responses={404: {}})
def list_notes(service: Serving, _: Reader, account_id: AccountId) -> Notes:
    """What people have written of an account."""
    service.live.read(lambda store: one_account.account(store, account_id))
    return Notes(notes=[Note.model_validate(one) for one in service.state.notes.of(account_id)])


@router.post("/accounts/{account_id}/notes", status_code=201, responses={404: {}})
def add_note(service: Serving, by: Writer, account_id: AccountId, asked: NoteRequest) -> Note:
    """Write something of an account; everybody can read it."""
    service.live.read(lambda store: one_account.account(store, account_id))
    return Note.model_validate(service.state.notes.add(by, account_id, asked.text))


@router.delete("/notes/{note}")
def delete_note(service: Serving, by: Writer, note: Number) -> Note:
    """Take a note of one's own back; an admin may take out anybody's. What it said is answered for the last time."""
    return Note.model_validate(service.state.notes.delete(by, note))
