"""What is measured: every signal with its meaning."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from weatherglass.scores.words import document
from weatherglass.signals.catalogue import CATALOGUE
from weatherglass.web.api.access import Reader
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Told

router = APIRouter(tags=["signals"])


class Signal(Told):
    """One measured thing."""

    signal: str
    dimension: str
    description: str
    weights: dict[str, float] = Field(description="Its weight within its dimension, by the name of each scorecard.")


class Signals(Told):
    """Every signal there is."""

    signals: list[Signal]


@router.get("/signals")
def list_signals(service: Serving, _: Reader) -> Signals:
    """What is measured, and what it weighs in the scorecards of the configuration."""
    cards = service.live.project.scorecards
    found = []
    for signal in CATALOGUE:
        weights = {}
        for card in cards:
            dimension = card.dimensions.get(signal.dimension)
            if dimension is not None and signal.name in dimension.signals:
                weights[card.name] = dimension.signals[signal.name].weight
        told = document(signal.name, cards[-1])
        found.append(Signal(signal=signal.name, dimension=signal.dimension, description=told, weights=weights))
    return Signals(signals=found)
