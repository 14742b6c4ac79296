"""Tasks: the queue, one task with what was said of it, and what becomes of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from weatherglass.jobs.views.account import account
from weatherglass.jobs.views.standing import Standing
from weatherglass.state import Unfit
from weatherglass.state.tasks import DONE, DROPPED, OPEN, Asked, Task, Wanted
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.today import day_of, number_of, owners
from weatherglass.web.pages.visit import Visit
from weatherglass.web.pages.whose import Whose, whose

SIZE = 30
STATES = {OPEN: "Open", DONE: "Done", DROPPED: "Dropped"}


def tasks_page(visit: Visit) -> Response:
    """The queue, the most urgent first; or what was done, or dropped."""
    state = visit.asked("state") if visit.asked("state") in STATES else OPEN
    late = visit.asked("late") == "yes" and state == OPEN
    chosen = _whose(visit)
    page = max(1, min(1000, number_of(visit.asked("page"))))
    given = {"state": "" if state == OPEN else state, "late": "yes" if late else ""}
    facts: dict[str, Any] = {"state": state, "states": STATES, "late": late, "whose": chosen, "given": given}
    today = visit.site.today()
    found: list[Task] = []
    total = overdue = 0
    if not chosen.nobody:
        tasks = visit.site.service.state.tasks
        found, total = tasks.search(Asked(state, chosen.names, today if late else None), page, SIZE)
        overdue = tasks.search(Asked(OPEN, chosen.names, today), 1, 1)[1]
    facts |= {"found": found, "total": total, "overdue": overdue, "today": today, "number": page}
    facts |= {"rows": _called(visit, found), "plays": _plays(visit, found), "pages": max(1, -(-total // SIZE))}
    return visit.show("tasks.html", "today", **facts)


def _whose(visit: Visit) -> Whose:
    known = visit.site.remembered("owners", owners)
    return whose(visit, sorted({*known, *filter(None, visit.site.service.state.tasks.load())}))


def _called(visit: Visit, found: list[Task]) -> dict[str, dict[str, Any]]:
    """Who the accounts of tasks are."""

    def read(standing: Standing) -> list[dict[str, Any]]:
        query = "SELECT account_id, name FROM accounts WHERE list_contains(?, account_id)"
        rows: list[dict[str, Any]] = standing.store.engine.arrow(query, [ids]).to_pylist()
        return rows

    ids = sorted({one.account_id for one in found})
    return {row["account_id"]: row for row in visit.site.look(read)} if ids else {}


def _plays(visit: Visit, found: list[Task]) -> dict[int, str]:
    """Run -> the play that it is of."""
    runs = {one.run for one in found if one.run is not None}
    return {run.id: run.play for run in visit.site.service.state.plays.runs() if run.id in runs} if runs else {}


def task_page(visit: Visit) -> Response:
    """One task."""
    tasks = visit.site.service.state.tasks
    one = tasks.get(number_of(str(visit.request.path_params["task"])))
    facts: dict[str, Any] = {"one": one, "comments": tasks.comments(one.id), "states": STATES}
    facts |= {"rows": _called(visit, [one])}
    people = [person.email for person in visit.site.service.state.people.all() if person.active]
    assignees = sorted({*visit.site.remembered("owners", owners), *people, *filter(None, [one.assignee])})
    facts |= {
        "plays": _plays(visit, [one]),
        "assignees": assignees,
        "today": visit.site.today(),
        "whose": _whose(visit),
    }
    return visit.show("task.html", "today", **facts)


def change_task(visit: Visit) -> Response:
    """Take it, give it to somebody, move its day, end it with an outcome, begin it again, or say something of it."""
    form, tasks = visit.form, visit.site.service.state.tasks
    number, done = number_of(form.text("task")), form.text("do")
    if done == "comment":
        tasks.comment(visit.actor, number, form.text("text"))
        return visit.go(f"/tasks/{number}", "It is kept with the task.")
    changes, said = _change(visit, done)
    made = tasks.change(visit.actor, number, changes)
    return visit.go(_back(visit, made), said)


def _change(visit: Visit, done: str) -> tuple[dict[str, Any], str]:
    """What to change, and what to say of it. Errors: Unfit."""
    form = visit.form
    if done == "take":
        return {"assignee": myself(visit)}, "The task is yours."
    if done == "give":
        return {"assignee": form.text("assignee")}, f"It is {form.text('assignee')[:60]}'s."
    if done == "due":
        day = day_of(form.text("due_day"))
        if day is None:
            raise Unfit("choose the day on which it is due")
        return {"due_day": day}, "Its day is moved."
    if done in {DONE, DROPPED}:
        return {"state": done, "outcome": form.text("outcome")}, f"It is {done}."
    if done == OPEN:
        return {"state": OPEN}, "It is open again."
    raise Unfit("choose what is to become of the task")


def myself(visit: Visit) -> str:
    """The name that accounts know me by; without one my address."""
    assert visit.session is not None
    mine = _whose(visit).mine
    return mine[0] if mine else visit.session.person.email


def _back(visit: Visit, made: Task) -> str:
    """The list that the form stood on, or the task's own page."""
    if visit.form.text("from") != "list":
        return f"/tasks/{made.id}"
    given = {name: visit.form.text(name) for name in ("whose", "owner", "page", "state", "late")}
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"/tasks?{asked}" if asked else "/tasks"


def make_task(visit: Visit) -> Response:
    """Give somebody a task about an account."""
    form, account_id = visit.form, visit.form.secret("id")
    visit.site.look(lambda standing: account(standing.store, account_id))
    day = day_of(form.text("due_day"))
    if day is None:
        raise Unfit("choose the day on which it is due")
    assignee = form.text("assignee") or myself(visit)
    made = visit.site.service.state.tasks.make(visit.actor, Wanted(account_id, form.text("title"), assignee, day))
    return visit.go(f"/account?{urlencode({'id': account_id})}", f"A task for {made.assignee[:60]}.")


DOORS = (
    Door("/tasks", tasks_page),
    Door("/tasks/{task:int}", task_page),
    Door("/tasks/change", change_task, "write", "POST"),
    Door("/tasks/new", make_task, "write", "POST"),
)
