"""The jobs that a service does: what each kind of job is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from weatherglass.jobs.acting.following_up import act
from weatherglass.jobs.backup.backing_up import back_up
from weatherglass.jobs.live import snapshot
from weatherglass.jobs.live.store import today
from weatherglass.jobs.privacy.erasing import Subject, erase_served
from weatherglass.jobs.privacy.forgetting import forget_served
from weatherglass.jobs.schedule.retraining import retrain
from weatherglass.jobs.schedule.running import Options, Task, Work
from weatherglass.jobs.scoring.history import SCORED_TO
from weatherglass.rollups import calendar
from weatherglass.state.actor import SERVICE

if TYPE_CHECKING:
    from weatherglass.jobs.live.store import Live
    from weatherglass.state import State
    from weatherglass.store import Store


def _finished(store: Store) -> str | None:
    """The last day that is over and scored."""
    scored_to = store.setting(SCORED_TO)
    return None if scored_to is None else str(calendar.date(int(scored_to)))


def works(live: Live, state: State, project: Path | None) -> dict[str, Work]:
    """The kinds of jobs of a served store. project: the folder with weatherglass.yml."""

    def score(task: Task, _: Options) -> dict[str, Any]:
        task.progress("scoring every account", 0, 1)
        live.finish().result()
        task.progress("scoring every account", 1, 1)
        return {"accounts": live.newest.table().num_rows, "finished_to": live.read(_finished)}

    def publish(task: Task, _: Options) -> dict[str, Any]:
        task.progress("writing the snapshot", 0, 1)
        memberships = state.plays.memberships()
        path, rows = live.read(lambda store: snapshot.publish(store, state.overrides.all(), memberships))
        task.progress("writing the snapshot", 1, 1)
        return {"file": path.name, "rows": rows}

    def backup(task: Task, options: Options) -> dict[str, Any]:
        live.finish().result()
        target = Path(options["file"])
        made = live.submit(lambda store: back_up(store, state, project, target, task.progress)).result()
        return {"file": str(target), "bytes": made.bytes, "files": made.files}

    def alerts(task: Task, _: Options) -> dict[str, Any]:
        if live.read(_finished) is None:
            task.say("nothing is scored yet, so there is nothing to look at")
            return {"opened": 0, "updated": 0, "closed": 0, "tasks": 0}
        task.progress("looking for alerts", 0, 1)
        done = live.read(lambda store: act(store, state, live.project))
        task.progress("looking for alerts", 1, 1)
        looked = done.looked
        return {"opened": looked.opened, "updated": looked.updated, "closed": looked.closed, "tasks": done.tasks}

    def erasures(task: Task, _: Options) -> dict[str, Any]:
        query = "SELECT DISTINCT user_id FROM erase_requests"
        asked = [user for (user,) in live.read(lambda store: store.engine.rows(query))]
        for place, user in enumerate(asked):
            task.progress("erasing users", place, len(asked))
            erase_served(live, state, Subject("user", user), SERVICE)
        return {"users": len(asked)}

    def retention(task: Task, _: Options) -> dict[str, Any]:
        task.progress("forgetting what is past its days", 0, 1)
        counts = forget_served(live, state, SERVICE, today(live.project))
        task.progress("forgetting what is past its days", 1, 1)
        return dict(counts)

    kinds = {"erasures": erasures, "retention": retention, "score": score, "alerts": alerts}
    if project is not None:
        kinds["retrain"] = lambda task, _: retrain(live, project, task)
    return {**kinds, "snapshot": publish, "backup": backup}
