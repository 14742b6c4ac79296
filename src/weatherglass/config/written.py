"""The project as its author wrote it, spelled out to what the models take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weatherglass.config.catalogue import SIGNALS
from weatherglass.config.document import Path
from weatherglass.config.presets import PRESETS
from weatherglass.config.problems import shown, unknown
from weatherglass.config.scorecard import Scorecard
from weatherglass.config.tiers import TIER_PRESETS

_REST = "default"
"""The name of the card that is added for the accounts that no written card is for."""


class Written:
    """A file's data in full form.

    full: what `Project` takes; a part of a wrong type is passed on as it is, for the models to refuse.
    mistakes: (path in the file, message), what is wrong with the short forms themselves.
    """

    def __init__(self, data: Mapping[Any, Any]) -> None:
        self.mistakes: list[tuple[Path, str]] = []
        self._moved: dict[Path, Path] = {}
        # A section left empty, its lines commented out, is a section not given.
        self.full: dict[str, Any] = {
            key: value for key, value in data.items() if value is not None or key not in _SECTIONS
        }
        self._spell_milestones()
        self._spell_sources()
        self._spell_scorecards()

    def path_of(self, loc: tuple[int | str, ...]) -> Path:
        """Where in the file a part of the full form was written."""
        for size in range(len(loc), 0, -1):
            if loc[:size] in self._moved:
                return (*self._moved[loc[:size]], *loc[size:])
        return loc

    def _spell_milestones(self) -> None:
        milestones = self.full.get("milestones")
        if not isinstance(milestones, list):
            return
        self.full["milestones"] = [self._milestone(given, place) for place, given in enumerate(milestones)]

    def _milestone(self, given: object, place: int) -> object:
        if not isinstance(given, Mapping) or {"event", "events"} <= given.keys():
            return given
        full = dict(given)
        if "event" in full:
            self._moved["milestones", place, "events"] = ("milestones", place, "event")
            full["events"] = full.pop("event")
        if full.get("events", "") == []:
            # An empty list is the same as none.
            full["events"] = None
        return full

    def _spell_sources(self) -> None:
        sources = self.full.get("sources")
        if not isinstance(sources, Mapping):
            return
        tables: dict[Any, Any] = {}
        for table, given in sources.items():
            if table == "ignore":
                continue
            single = given is None or isinstance(given, Mapping)
            tables[table] = [given or {}] if single else given
            self._moved["sources", "tables", table] = ("sources", table)
            if single:
                self._moved["sources", "tables", table, 0] = ("sources", table)
        self.full["sources"] = {"ignore": sources.get("ignore"), "tables": tables}

    def _spell_scorecards(self) -> None:
        one, several = self.full.pop("scorecard", None), self.full.get("scorecards")
        if one is not None and several is not None:
            self.mistakes.append((("scorecard",), "give scorecard, or scorecards for several, not both"))
        if several is not None:
            self._spell_several(several)
        elif one is not None:
            self._moved["scorecards", 0] = ("scorecard",)
            if isinstance(one, Mapping) and one.get("where"):
                told = "a single scorecard is every account's; list several under scorecards"
                self.mistakes.append((("scorecard", "where"), told))
                one = {key: value for key, value in one.items() if key != "where"}
            self.full["scorecards"] = [self._card(one, ("scorecard",), named=True)]

    def _spell_several(self, several: object) -> None:
        if not isinstance(several, list):
            return
        cards = [self._card(card, ("scorecards", place), named=False) for place, card in enumerate(several)]
        if not any(isinstance(card, Mapping) and not card.get("where") for card in cards[-1:]):
            taken = {card.get("name") for card in cards if isinstance(card, Mapping)}
            name = _REST if _REST not in taken else "everyone else"
            cards.append(PRESETS["default"].model_copy(update={"name": name}).model_dump())
        self.full["scorecards"] = cards

    def _card(self, given: object, at: Path, *, named: bool) -> object:
        """One card on its base; `named` lets it go by the name of the base."""
        if isinstance(given, str):
            return self._base(given, at).model_dump()
        if not isinstance(given, Mapping):
            return given
        base = self._base(given.get("base", "default"), (*at, "base"))
        card = base.model_dump(exclude=set() if named else {"name"})
        own = {key: value for key, value in given.items() if key != "base"}
        if isinstance(own.get("tiers"), (str, Mapping)):
            own["tiers"] = self._tiers(own["tiers"], card["tiers"], (*at, "tiers"))
        if "seats_unknown" in own and own["seats_unknown"] is None:
            # YAML reads the bare word null as nothing; here it is the name of a choice.
            own["seats_unknown"] = "null"
        return _thinned(_over(card, own))

    def _base(self, name: object, at: Path) -> Scorecard:
        if isinstance(name, str) and name in PRESETS:
            return PRESETS[name]
        self.mistakes.append((at, unknown("scorecard", shown(name).strip("'"), PRESETS, say=True)))
        return PRESETS["default"]

    def _tiers(self, given: object, base: object, at: Path) -> object:
        if isinstance(given, str):
            given = {"preset": given}
        assert isinstance(given, Mapping), "only words and mappings come here"
        name = given.get("preset")
        if isinstance(name, str) and name in TIER_PRESETS:
            base = TIER_PRESETS[name].model_dump()
        elif "preset" in given:
            self.mistakes.append((at, unknown("tier preset", shown(name).strip("'"), TIER_PRESETS, say=True)))
        return _over(base, {key: value for key, value in given.items() if key != "preset"})


_SECTIONS = ("product", "milestones", "scorecard", "scorecards", "sources", "outcomes", "retention", "redact")


def _thinned(card: object) -> object:
    """A card without the signals of its base that are written `off`."""
    dimensions = card.get("dimensions") if isinstance(card, Mapping) else None
    if not isinstance(card, Mapping) or not isinstance(dimensions, Mapping):
        return card
    thinned = {}
    for name, part in dimensions.items():
        signals = part.get("signals") if isinstance(part, Mapping) else None
        if isinstance(signals, Mapping):
            known = SIGNALS.get(str(name), ())
            kept = {key: given for key, given in signals.items() if not (given in (False, "off") and key in known)}
            thinned[name] = {**part, "signals": kept}
        else:
            thinned[name] = part
    return {**card, "dimensions": thinned}


def _over(base: object, given: object) -> object:
    """`given` laid over `base`, key by key; a scaling is replaced whole, an empty section changes nothing."""
    if not isinstance(base, Mapping):
        return given
    if given is None:
        return base
    if not isinstance(given, Mapping):
        return given
    merged = dict(base)
    for key, value in given.items():
        merged[key] = value if key == "scaling" else _over(base.get(key), value)
    return merged
