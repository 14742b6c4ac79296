"""What a reader has to know about the rules behind the numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from weatherglass.reports import wording
from weatherglass.reports.material import Material


@dataclass(frozen=True, slots=True)
class CardInUse:
    name: str
    version: str
    accounts: int
    """How many accounts of the day were scored with it."""
    ranges: tuple[tuple[str, str], ...]
    """Tier and where it lies, lowest first; empty when its lines are not known."""


def cards_in_use(material: Material) -> tuple[CardInUse, ...]:
    """Every card of the material, then versions that only the score rows name."""
    used = Counter(material.today.column("scorecard_version").to_pylist())
    named = [(card.name, card.version) for card in material.cards]
    seen = {version for _, version in named}
    unnamed = [("", version) for version in sorted(version for version in used if version and version not in seen)]
    return tuple(
        CardInUse(
            name=wording.clean(name),
            version=wording.clean(version),
            accounts=used[version],
            ranges=_ranges(material.tiers, material.lines_of(version)),
        )
        for name, version in (*named, *unnamed)
    )


def _ranges(tiers: tuple[str, ...], lines: tuple[float, ...]) -> tuple[tuple[str, str], ...]:
    if not lines:
        return ()
    edges = (None, *lines, None)
    texts = []
    for tier, low, high in zip(tiers, edges[:-1], edges[1:], strict=True):
        if low is None:
            texts.append((tier, f"below {high:g}"))
        elif high is None:
            texts.append((tier, f"{low:g} and above"))
        else:
            texts.append((tier, f"{low:g} to below {high:g}"))
    return tuple(texts)
