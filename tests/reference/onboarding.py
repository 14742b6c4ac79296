"""New accounts: milestones, the blend from onboarding to behaviour, the lifecycle (section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .card import Milestone
from .numbers import Measured, clamp, reaches
from .view import View


def reached_on(view: View, milestone: Milestone) -> date | None:
    """The earliest of its row in `milestones`, its first mapped event (of any type), its derived fact."""
    days = [row.day for row in view.reached if row.name == milestone.name]
    days += [event.day for event in view.events if event.name in milestone.events]
    derived = derived_day(view, milestone)
    if derived is not None:
        days.append(derived)
    return min(days, default=None)


def derived_day(view: View, milestone: Milestone) -> date | None:
    """The day of the first core action, the second distinct feature or the third distinct active user."""
    if milestone.derived == "first_core_action":
        return min(view.core_on, default=None)
    if milestone.derived == "second_feature":
        return _day_of_distinct(view.uses, 2)
    if milestone.derived == "third_active_user":
        return _day_of_distinct([(event.day, event.user or "") for event in view.activity_of_users], 3)
    return None


def _day_of_distinct(seen: list[tuple[date, str]], count: int) -> date | None:
    """The day on which the `count`-th distinct thing was seen for the first time."""
    first: dict[str, date] = {}
    for day, thing in seen:
        first[thing] = min(day, first.get(thing, day))
    days = sorted(first.values())
    return days[count - 1] if len(days) >= count else None


def onboarding(view: View) -> Measured:
    """100 * done / due by weight; due are those with `due_day` <= age or done already. Null when nothing is."""
    done = due = 0.0
    for milestone in view.settings.milestones:
        is_done = reached_on(view, milestone) is not None
        done += milestone.weight if is_done else 0.0
        due += milestone.weight if is_done or milestone.due_day <= view.age else 0.0
    return Measured(done, due, 100 * done / due if due > 0 else None)


@dataclass(frozen=True)
class Blend:
    """The score of a day and the shares its two halves have in it."""

    score: float | None
    coverage: float
    onboarding: float
    """Share of onboarding in the score."""
    behavioural: float
    """Share of the dimensions."""


def blend(view: View, onboarding: float | None, dimensions: float | None, covered: float) -> Blend:
    """The score out of onboarding and the weighted mean of the dimensions, whose coverage is `covered`."""
    least = view.settings.card.min_coverage
    behavioural = dimensions if reaches(covered, least) else None
    if not view.settings.milestones:
        return Blend(behavioural if view.age >= 28 else None, covered, 0.0, 1.0)
    t = clamp((view.age - 60) / 30, 0.0, 1.0)
    coverage = (1 - t) * (0.0 if onboarding is None else 1.0) + t * covered
    if not reaches(coverage, least):
        return Blend(None, coverage, 0.0, 0.0)
    if onboarding is None or t == 1:
        return Blend(behavioural, coverage, 0.0, 1.0)
    if behavioural is None:
        return Blend(onboarding, coverage, 1.0, 0.0)
    return Blend((1 - t) * onboarding + t * behavioural, coverage, 1 - t, t)


def lifecycle(view: View, onboarding: Measured) -> str:
    """`new`, `onboarding` or `behavioural`."""
    if not view.settings.milestones:
        return "new" if view.age <= 27 else "behavioural"
    if view.age < 60 and onboarding.score is None:
        return "new"
    return "onboarding" if view.age <= 90 else "behavioural"
