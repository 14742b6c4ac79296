"""The scorecards of the configuration: published with other numbers, and whom each of them is for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from weatherglass.config.presets import PRESETS
from weatherglass.config.project import Project
from weatherglass.config.scorecard import Scorecard
from weatherglass.jobs.project import cards
from weatherglass.jobs.project.cards import MOST_VALUES
from weatherglass.jobs.project.drafting import LONGEST_NAME
from weatherglass.jobs.project.segmenting import segments
from weatherglass.web.api.access import Admin, Reader
from weatherglass.web.api.editions import CHANGING, Edition, MustMatch, Name, tagged
from weatherglass.web.api.scorecards import NumbersAsked
from weatherglass.web.api.service import Service, Serving
from weatherglass.web.api.values import Asked, Told

router = APIRouter(tags=["scorecards"])
Values = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(min_length=1, max_length=MOST_VALUES)]
Where = Annotated[
    dict[str, Values],
    Field(
        min_length=1,
        max_length=20,
        examples=[{"segment": ["enterprise"]}],
        description="The accounts whose columns have one of these values.",
    ),
]


class CardSettings(Told):
    """A scorecard of the configuration."""

    name: str
    version: str = Field(description="What scores made with it name.")
    where: dict[str, list[str]] = Field(description="Whom it is for; empty: all who have no other.")


class CardTold(CardSettings):
    """A scorecard, and how many it is for."""

    accounts: int = Field(description="Those that no scorecard before it is for.")


class CardsTold(Edition):
    """In the order in which they are tried."""

    cards: list[CardTold]


class OneCard(CardSettings, Edition):
    """A scorecard of a version of the configuration, with everything that makes a score."""

    scorecard: dict[str, Any] = Field(description="In the form of weatherglass.yml, every default spelled out.")


class SegmentRequest(Asked):
    """Whom a scorecard is for."""

    where: Where


class CardRequest(SegmentRequest):
    """Another scorecard, for some accounts."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    base: str = Field(default="default", max_length=100, description=f"What it begins with: {', '.join(PRESETS)}.")


@router.get("/cards")
def list_cards(service: Serving, _: Reader) -> CardsTold:
    """The scorecards of the configuration, and whom each of them is for."""
    version, project = service.configuration.version, service.configuration.project
    found = service.live.read(lambda store: segments(store, project))
    told = [CardTold(**_settings(project, one.card).model_dump(), accounts=one.accounts) for one in found]
    return CardsTold(configuration=version, cards=told)


def _settings(project: Project, card: Scorecard) -> CardSettings:
    where = {column: list(values) for column, values in card.where.items()}
    return CardSettings(name=card.name, version=project.version(card), where=where)


def _one(service: Service, name: str, response: Response) -> OneCard:
    version, project = tagged(response, service), service.configuration.project
    card = cards.card_of(project, name)
    told = _settings(project, card).model_dump()
    return OneCard(configuration=version, **told, scorecard=card.model_dump(mode="json"))


@router.post("/cards", status_code=201, responses=CHANGING)
def add_card(service: Serving, by: Admin, asked: CardRequest, versions: MustMatch, response: Response) -> OneCard:
    """Add a scorecard for some accounts, tried before all others; scores follow from the last finished day on."""
    cards.add(service.configuration, by, versions, asked.name, asked.where, asked.base)
    return _one(service, asked.name, response)


@router.get("/cards/{name}")
def get_card(service: Serving, _: Reader, name: Name, response: Response) -> OneCard:
    """One scorecard of the configuration; its ETag is the configuration's version."""
    return _one(service, name, response)


@router.patch("/cards/{name}", responses=CHANGING)
def publish_card(
    service: Serving, by: Admin, name: Name, asked: NumbersAsked, versions: MustMatch, response: Response
) -> OneCard:
    """Publish a scorecard with other numbers; scores follow from the last finished day on. See first what they do."""
    cards.publish(service.configuration, by, versions, name, asked.numbers())
    return _one(service, name, response)


@router.put("/cards/{name}/segment", responses=CHANGING)
def change_segment(
    service: Serving, by: Admin, name: Name, asked: SegmentRequest, versions: MustMatch, response: Response
) -> OneCard:
    """Have a scorecard be for other accounts; scores follow from the last finished day on."""
    cards.mean(service.configuration, by, versions, name, asked.where)
    return _one(service, name, response)


@router.delete("/cards/{name}", responses=CHANGING)
def remove_card(service: Serving, by: Admin, name: Name, versions: MustMatch, response: Response) -> Edition:
    """Take the scorecard of some accounts away, where nothing names it: they have the next that is for them."""
    cards.take_away(service.configuration, by, versions, name)
    return Edition(configuration=tagged(response, service))
