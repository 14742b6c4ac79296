"""Calendars: one's tasks at an address of one's own, which a calendar application can ask for."""

from __future__ import annotations

from starlette.responses import Response

from weatherglass.actions.icalendar import Entry, icalendar
from weatherglass.state import NotFound
from weatherglass.state.credentials import Credential
from weatherglass.state.people import Person
from weatherglass.state.tasks import Asked
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit
from weatherglass.web.pages.whose import called

MOST = 1000


def calendar_page(visit: Visit) -> Response:
    """How to have one's tasks in a calendar."""
    return _show(visit, "")


def _show(visit: Visit, secret: str) -> Response:
    url = visit.request.url
    address = f"{url.scheme}://{url.netloc}/calendar/{secret}.ics" if secret else ""
    return visit.show("calendar.html", "today", address=address, kept=_mine(visit))


def _mine(visit: Visit) -> list[Credential]:
    """The addresses of who asks, that count."""
    return [
        one
        for one in visit.site.service.state.calendars.all()
        if one.created_by == visit.actor.name and one.revoked_at is None
    ]


def make_calendar(visit: Visit) -> Response:
    """Make an address in place of the one before, or take it away; a new one stands on this page and nowhere again."""
    calendars = visit.site.service.state.calendars
    for one in _mine(visit):
        calendars.revoke(visit.actor, one.id)
    if visit.form.text("do") == "revoke":
        return visit.go("/calendar", "No calendar is served any more.")
    _, secret = calendars.create(visit.actor, f"tasks of {visit.actor.name}"[:200])
    return _show(visit, secret)


def calendar_file(visit: Visit) -> Response:
    """The open tasks of whose address it is, as an iCalendar file. It knows nobody else's, and no session."""
    state = visit.site.service.state
    found = state.calendars.check(str(visit.request.path_params["secret"]))
    person = None if found is None else state.people.by_email(found.created_by)
    if person is None or not person.active:
        raise NotFound("there is no calendar at this address; make one under Today, Tasks")
    tasks = state.tasks
    names = tuple(one for one in tasks.load() if one.casefold().strip() in called(person))
    mine = tasks.search(Asked(assignees=names), 1, MOST)[0] if names else []
    base = visit.site.project.alerts.link.rstrip("/")
    entries = [
        Entry(f"task-{one.id}@weatherglass", one.due_day, one.title, f"{base}/tasks/{one.id}\n{one.text}", one.made_at)
        for one in mine
    ]
    headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(icalendar(entries, _name(person)), media_type="text/calendar", headers=headers)


def _name(person: Person) -> str:
    return f"Tasks of {person.name}"


DOORS = (
    Door("/calendar", calendar_page),
    Door("/calendar", make_calendar, "read", "POST"),
    Door("/calendar/{secret}.ics", calendar_file, "nobody"),
)
