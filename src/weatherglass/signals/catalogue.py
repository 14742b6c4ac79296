"""Every signal there is, with the dimension it belongs to and its documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.signals.commercial import contract, revenue_kept
from weatherglass.signals.communication import attendance, contact_recency
from weatherglass.signals.engagement_trends import (
    consistency,
    longest_silence,
    pulse,
    pulse_fortnight,
    pulse_quarter,
    recency,
    rhythm,
    slope_half_year,
    slope_month,
    slope_quarter,
    tenure,
    usual_silence,
    velocity,
    weekdays,
)
from weatherglass.signals.feature_adoption import adoption, breadth, breadth_change, breadth_quarter, returning_features
from weatherglass.signals.financial_health import overdue, payment_timeliness
from weatherglass.signals.growth import revenue_growth, seat_growth
from weatherglass.signals.measure import Measure, Seen, Wording
from weatherglass.signals.onboarding import milestones
from weatherglass.signals.product_usage import (
    actions,
    actions_year,
    active_days,
    active_days_quarter,
    active_days_year,
    active_user_ratio,
    active_users,
    core_actions,
    depth,
    habit,
    returning_users,
    session_frequency,
    steady_weeks,
)
from weatherglass.signals.relationship import (
    champion_activity,
    concentration,
    fading_users,
    lost_users,
    main_user,
    multithreading,
)
from weatherglass.signals.scaling import Usage, rescaled, scaled
from weatherglass.signals.sentiment import mood, survey_score
from weatherglass.signals.support_signals import resolution, satisfaction, severity, volume
from weatherglass.signals.windows import Floats

if TYPE_CHECKING:
    from weatherglass.config.scaling import Scaling
    from weatherglass.signals.block import Block


@dataclass(frozen=True)
class Signal:
    """One measured thing: its function, what it is, and how its numbers read.

    `document` names windows in braces, `sentence` and `arithmetic` the value and the baseline too; the arithmetic of a
    product usage signal is that of its scaling. `instead` has other words for numbers that the usual do not fit.
    """

    name: str
    dimension: str
    function: Callable[[Block], Measure | Usage]
    document: str
    sentence: str
    arithmetic: str = ""
    instead: Callable[[Seen], Wording | None] = lambda _: None
    needs: tuple[str, ...] = ()
    """Facts that are read only where a card names a signal that needs them."""
    unsigned: bool = False
    """Whether more of it is better is not known beforehand: a learned curve of it may bend either way."""


_MORE = {"arithmetic": "ARITHMETIC", "instead": "instead", "needs": "NEEDS", "unsigned": "UNSIGNED"}
"""What a signal may have besides, and what its module calls it."""


def _signals(dimension: str, *modules: ModuleType) -> tuple[Signal, ...]:
    names = [module.__name__.rpartition(".")[2] for module in modules]
    return tuple(_signal(name, dimension, module) for name, module in zip(names, modules, strict=True))


def _signal(name: str, dimension: str, module: ModuleType) -> Signal:
    more = {field: getattr(module, shape) for field, shape in _MORE.items() if hasattr(module, shape)}
    return Signal(name, dimension, getattr(module, name), module.DOCUMENT, module.SENTENCE, **more)


CATALOGUE: tuple[Signal, ...] = (
    *_signals("product_usage", active_user_ratio, session_frequency, core_actions, depth, habit),
    *_signals("product_usage", returning_users, active_users, active_days, active_days_quarter, active_days_year),
    *_signals("product_usage", actions, actions_year, steady_weeks),
    *_signals("engagement_trends", velocity, consistency, recency, rhythm, pulse, pulse_fortnight, pulse_quarter),
    *_signals("engagement_trends", longest_silence, usual_silence, weekdays, tenure),
    *_signals("engagement_trends", slope_month, slope_quarter, slope_half_year),
    *_signals("feature_adoption", adoption, returning_features, breadth, breadth_quarter, breadth_change),
    *_signals("support_signals", volume, severity, resolution, satisfaction),
    *_signals("financial_health", payment_timeliness, overdue),
    *_signals("communication", contact_recency, attendance),
    *_signals("relationship", champion_activity, multithreading, fading_users, lost_users, concentration, main_user),
    *_signals("onboarding", milestones),
    *_signals("sentiment", survey_score, mood),
    *_signals("growth", revenue_growth, seat_growth),
    *_signals("commercial", contract, revenue_kept),
)
"""All signals, in the order in which they are shown."""

BY_NAME: dict[str, Signal] = {signal.name: signal for signal in CATALOGUE}
DIMENSIONS: tuple[str, ...] = tuple(dict.fromkeys(signal.dimension for signal in CATALOGUE))
"""All dimensions, in the order of the `dim_` columns."""


def evaluate(block: Block, name: str, scaling: Scaling) -> Measure:
    """A signal's measure under the scaling that the card gives it."""
    result = BY_NAME[name].function(block)
    if isinstance(result, Usage):
        return scaled(block, name, result, scaling)
    if scaling.kind == "own" or result.absent:
        return result
    value = np.where(np.isnan(result.score), np.nan, result.value)
    # where the signal has a score and no value (core actions from nothing), its own rule stands
    score = np.where(np.isnan(value), result.score, rescaled(block, name, value, scaling))
    return Measure(score, result.value, result.baseline)


def ranked_value(block: Block, name: str) -> Floats:
    """What a percentile ranks: the value on the days asked for, NaN where the signal is null."""
    result = BY_NAME[name].function(block)
    if not isinstance(result, Usage):
        return np.where(np.isnan(result.score), np.nan, result.value)
    x = np.asarray(block.last(result.x), dtype=np.float64)
    return np.where(result.ever, x, np.nan)
