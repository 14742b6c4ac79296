"""The accounts whose scores moved most over 28 days, and what moved each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weatherglass.reports import wording
from weatherglass.reports.material import Driver, Material, Mover

SHOWN = 10
_OTHERS = 2


@dataclass(frozen=True, slots=True)
class Moved:
    """One account of the list; `before` and `now` are the score's places in percent."""

    account_id: str
    name: str
    before: float
    now: float
    before_text: str
    now_text: str
    change: str
    tier_before: str
    tier_now: str
    driver: str
    driver_points: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movers:
    down: tuple[Moved, ...]
    up: tuple[Moved, ...]


def movers(material: Material, names: Mapping[str, str]) -> Movers:
    """The ten largest of each direction; what did not move is in neither."""
    down = sorted((mover for mover in material.movers if mover.change < 0), key=lambda mover: mover.change)
    up = sorted((mover for mover in material.movers if mover.change > 0), key=lambda mover: -mover.change)
    return Movers(
        down=tuple(_moved(mover, names) for mover in down[:SHOWN]),
        up=tuple(_moved(mover, names) for mover in up[:SHOWN]),
    )


def driver_text(driver: Driver) -> str:
    return f"{wording.label(driver.signal or driver.dimension)} {wording.change(driver.points)}"


def _moved(mover: Mover, names: Mapping[str, str]) -> Moved:
    driver = mover.driver
    return Moved(
        account_id=mover.account_id,
        name=names[mover.account_id],
        before=mover.before,
        now=mover.now,
        before_text=wording.score(mover.before),
        now_text=wording.score(mover.now),
        change=wording.change(mover.change),
        tier_before=mover.tier_before,
        tier_now=mover.tier_now,
        driver="" if driver is None else wording.label(driver.signal or driver.dimension),
        driver_points="" if driver is None else wording.change(driver.points),
        others=tuple(driver_text(other) for other in mover.others[:_OTHERS]),
    )
