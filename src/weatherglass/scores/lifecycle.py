"""How far an account is on its way from its first milestones to its own behaviour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weatherglass.signals.windows import Bools, Floats, Ints

LIFECYCLES = ("new", "onboarding", "behavioural")
NEW, ONBOARDING, BEHAVIOURAL = range(3)

BLEND_FROM, BLEND_TO = 60, 90
"""Days of age between which the score moves from milestones to behaviour."""
BEHAVIOURAL_FROM = 28
"""Days of age from which behaviour is scored in a workspace without milestones."""


@dataclass(frozen=True)
class Blend:
    """The share of behaviour `t` (0-1), the stage of life, and whether the account may be scored at all."""

    t: Floats
    stage: npt.NDArray[np.int8]
    open: Bools


def blend(age: Ints, onboarding: Floats | None) -> Blend:
    """`onboarding` is None in a workspace without milestones, NaN while nothing is due or done."""
    if onboarding is None:
        grown = age >= BEHAVIOURAL_FROM
        return Blend(np.ones(age.shape), np.where(grown, BEHAVIOURAL, NEW).astype(np.int8), grown)
    t = np.clip((age - BLEND_FROM) / (BLEND_TO - BLEND_FROM), 0.0, 1.0)
    stage = np.where(age > BLEND_TO, BEHAVIOURAL, ONBOARDING)
    stage = np.where((age < BLEND_FROM) & np.isnan(onboarding), NEW, stage)
    return Blend(t, stage.astype(np.int8), np.ones(age.shape, dtype=np.bool_))
