"""What another scorecard would say: every account scored on one day with both, and how tiers would move."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.project import Project as Configuration
from weatherglass.config.tiers import UNSCORED
from weatherglass.jobs.epochs import Epochs
from weatherglass.jobs.project.publishing import Exchange
from weatherglass.jobs.scoring.run import evaluate
from weatherglass.jobs.views.explaining import last_day
from weatherglass.scores.tiers import NO_ROW

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

Weights = Mapping[str, float]
BINS = tuple(range(0, 101, 5))
MOVERS = 20


@dataclass(frozen=True)
class Moved:
    """An account whose tier would be another."""

    account_id: str
    score: float | None
    score_then: float | None
    tier: str
    tier_then: str


@dataclass(frozen=True)
class WhatIf:
    """The day scored with the scorecard as it is and as it might be; raw tiers, without hysteresis and overrides."""

    as_of: dt.date
    accounts: int
    tiers: dict[str, int]
    tiers_then: dict[str, int]
    flows: dict[tuple[str, str], int]
    distribution: list[int]
    """Accounts in bins of 5 points from 0; 100 is in the last."""
    distribution_then: list[int]
    mean_change: float | None
    """Of the accounts that are scored in both."""
    moved: list[Moved]
    """The largest moves first, at most twenty of each direction."""


def changed(
    project: Project,
    card: str,
    dimensions: Weights,
    signals: Weights,
    lines: list[float] | None,
    exchange: Exchange | None = None,
) -> Project:
    """The project with other weights, tier lines, signals, scalings or windows in one of its cards.

    signals: by `dimension.signal`. Errors: ConfigError where there is no such card, dimension or signal, or the new
    card would be none.
    """
    written = project.model_dump(mode="json")
    mine = next((one for one in written["scorecards"] if one["name"] == card), None)
    if mine is None:
        raise _wrong(f"there is no scorecard {card!r}; there is {', '.join(one.name for one in project.scorecards)}")
    for name, weight in dimensions.items():
        _part(mine["dimensions"], name)["weight"] = weight
    for name, weight in signals.items():
        dimension, _, signal = name.partition(".")
        _part(_part(mine["dimensions"], dimension)["signals"], signal)["weight"] = weight
    others = exchange or Exchange()
    for key in others.removed:
        dimension, _, signal = key.partition(".")
        _part(_part(mine["dimensions"], dimension)["signals"], signal)
        del mine["dimensions"][dimension]["signals"][signal]
    for key, given in others.scalings.items():
        dimension, _, signal = key.partition(".")
        if key not in others.removed and key not in others.added:
            part = _part(_part(mine["dimensions"], dimension)["signals"], signal)
            part["scaling"] = given.model_dump(mode="json")
    mine["windows"].update(others.windows)
    for key, weight in others.added.items():
        dimension, _, signal = key.partition(".")
        held = _part(mine["dimensions"], dimension)["signals"]
        if signal in held:
            raise _wrong(f"the scorecard has {key!r} already: give it another weight among the signals")
        held[signal] = {"weight": weight, "scaling": others.scaling_of(key).model_dump(mode="json")}
    if lines is not None:
        mine["tiers"]["lines"] = lines
    return _project(written)


def _part(parts: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in parts:
        raise _wrong(f"the scorecard has no {name!r}; it has {', '.join(parts)}")
    found: dict[str, Any] = parts[name]
    return found


def _project(written: dict[str, Any]) -> Project:
    import json

    return Configuration.from_json(json.dumps(written))


def _wrong(told: str) -> ConfigError:
    return ConfigError([Mistake("what-if", "", told)])


def what_if(store: Store, project: Project, other: Project, as_of: dt.date | None = None) -> WhatIf:
    """Score a day with a project and with another. Errors: UnknownAccount where nothing is scored."""
    day = as_of or last_day(store)
    now, then = _scores(store, project, day), _scores(store, other, day)
    both = [account for account in now if account in then]
    changes = {
        account: then[account][0] - now[account][0]
        for account in both
        if not np.isnan(now[account][0]) and not np.isnan(then[account][0])
    }
    flows = Counter((now[account][1], then[account][1]) for account in both)
    return WhatIf(
        as_of=day,
        accounts=len(both),
        tiers=dict(Counter(now[account][1] for account in both)),
        tiers_then=dict(Counter(then[account][1] for account in both)),
        flows=dict(flows),
        distribution=_distribution(now),
        distribution_then=_distribution(then),
        mean_change=float(np.mean(list(changes.values()))) if changes else None,
        moved=_moved(now, then, changes),
    )


Stand = dict[str, tuple[float, str]]
"""Score and raw tier by account; NaN for an unscored one."""


def _scores(store: Store, project: Project, day: dt.date) -> Stand:
    found: Stand = {}
    for scored in evaluate(store, day, day, None, Epochs.read(store).only(project)):
        names = (*scored.part.block.card.tiers.names, UNSCORED)
        tiers, scores = scored.result.tier[:, 0].tolist(), scored.result.scores.score[:, 0].tolist()
        for account, tier, score in zip(scored.whose.account_ids, tiers, scores, strict=True):
            if tier != NO_ROW:
                found[account] = (score, names[tier])
    return found


def _distribution(stand: Stand) -> list[int]:
    scores = [score for score, _ in stand.values() if not np.isnan(score)]
    return [int(count) for count in np.histogram(scores, BINS)[0]]


def _moved(now: Stand, then: Stand, changes: dict[str, float]) -> list[Moved]:
    crossed = sorted(
        (account for account in now if account in then and now[account][1] != then[account][1]),
        key=lambda account: (changes.get(account, 0.0), account),
    )
    shown = dict.fromkeys([*crossed[:MOVERS], *crossed[-MOVERS:]])
    return [
        Moved(account, _told(now[account][0]), _told(then[account][0]), now[account][1], then[account][1])
        for account in sorted(shown, key=lambda account: -abs(changes.get(account, 0.0)))
    ]


def _told(score: float) -> float | None:
    return None if np.isnan(score) else score
