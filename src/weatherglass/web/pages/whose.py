"""Whose accounts, alerts or tasks a page is about: mine, my team's, one owner's, everyone's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from weatherglass.state.people import Person
from weatherglass.web.pages.visit import Visit

Which = Literal["mine", "team", "owner", "all"]


@dataclass(frozen=True)
class Whose:
    """What was chosen. The names are those of the owners that are known."""

    which: Which
    names: tuple[str, ...]
    """Whose it is; empty for everyone, and where nobody of those asked for owns anything."""
    owners: Sequence[str]
    mine: tuple[str, ...]
    team: str
    """The name of my team; empty where I am in none."""
    colleagues: tuple[str, ...]
    """My team's owners, mine among them."""

    @property
    def owner(self) -> str:
        return self.names[0] if self.which == "owner" else ""

    @property
    def nobody(self) -> bool:
        """Whether mine or my team's was asked for, and there is no such owner."""
        return self.which in {"mine", "team"} and not self.names

    @property
    def given(self) -> dict[str, str]:
        """The choice as parameters of an address."""
        return {"whose": self.which, "owner": self.owner}


def whose(visit: Visit, owners: Sequence[str]) -> Whose:
    """Who was asked for, among the owners that are known; mine where I own something, if nobody was asked for."""
    person = visit.session.person if visit.session else None
    mine = of_people([person] if person else [], owners)
    team = person.team if person else ""
    people = visit.site.service.state.people.all() if team else []
    colleagues = of_people([one for one in people if one.team == team], owners) if team else ()
    asked, owner = visit.given("whose"), visit.given("owner")
    which: Which = asked if asked in {"mine", "team", "owner", "all"} else "mine" if mine else "all"  # type: ignore[assignment]
    if which == "owner" and not owner:
        which = "all"
    names = {"mine": mine, "team": colleagues, "owner": (owner,), "all": ()}[which]
    return Whose(which, names, owners, mine, team, colleagues)


def of_people(people: Iterable[Person], owners: Sequence[str]) -> tuple[str, ...]:
    """The owners who are these people: accounts name them by address, by name, or by what is before the @."""
    names = {name for person in people for name in called(person)}
    return tuple(one for one in owners if one.casefold().strip() in names)


def called(person: Person) -> set[str]:
    """How an account may name a person as its owner."""
    return {person.email.casefold(), person.name.casefold().strip(), person.email.casefold().partition("@")[0]}
