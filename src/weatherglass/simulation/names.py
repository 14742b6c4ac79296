"""Names that read like a customer list and belong to nobody."""

from __future__ import annotations

import numpy as np


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words(
    "Harbor Larch Wren Tarn Moss Thistle Copper Quill Fern Lark Amber Birch Cinder Clover Dapple Drift Ember Fable "
    "Finch Flint Gale Garnet Glimmer Hazel Heron Holly Indigo Iron Ivy Juniper Kestrel Linden Lupin Maple "
    "Marble Marlow "
    "Merrow Nettle Nimbus Opal Otter Pebble Petrel Pine Plover Quarry Raven Rowan Rush Saffron Sedge Shale Sorrel "
    "Sparrow Tidal Umber Velvet Willow Winter Yarrow"
)
_SECOND = _words(
    "bridge field hollow water gate ford mere wick stead haven brook crest dale fall glen grove heath hill holt hurst "
    "knoll land lea marsh mead moor mount nook pool port quay reach ridge rise row shaw shore side spring stone stow "
    "strand terrace thorpe top town vale view ward way well wharf wood worth yard bank bay beck cove"
)
_KINDS = (
    ("Logistics", "logistics"),
    ("Freight", "logistics"),
    ("Clinics", "healthcare"),
    ("Dental Care", "healthcare"),
    ("Diagnostics", "healthcare"),
    ("Robotics", "manufacturing"),
    ("Castings", "manufacturing"),
    ("Packaging", "manufacturing"),
    ("Instruments", "manufacturing"),
    ("Foods", "food"),
    ("Bakeries", "food"),
    ("Breweries", "food"),
    ("Media", "media"),
    ("Printworks", "media"),
    ("Studios", "media"),
    ("Accounting", "professional services"),
    ("Legal", "professional services"),
    ("Consulting", "professional services"),
    ("Architects", "professional services"),
    ("Insurance", "finance"),
    ("Credit Union", "finance"),
    ("Lending", "finance"),
    ("Outfitters", "retail"),
    ("Furniture", "retail"),
    ("Garden Centres", "retail"),
    ("Travel", "travel"),
    ("Hotels", "travel"),
    ("Events", "travel"),
    ("Energy", "energy"),
    ("Solar", "energy"),
    ("Water Works", "energy"),
    ("Academy", "education"),
    ("Schools Trust", "education"),
    ("Council", "public sector"),
    ("Housing Trust", "public sector"),
    ("Software", "software"),
    ("Analytics", "software"),
    ("Networks", "software"),
    ("Builders", "construction"),
    ("Civil Works", "construction"),
)
_GIVEN = _words(
    "Ada Amara Anders Asha Beatriz Bram Carmen Chidi Dalia Daniel Elif Emeka Esra Farah Felix Freya Gita Hana Hugo "
    "Imani Ines Ivo Jana Jonas Kaito Kofi Laila Lena Leo Luca Maren Mateo Mei Milo Nadia Noor Olga Omar Paula Priya "
    "Quinn Rafael Rosa Ruben Sana Sofia Tariq Tessa Ursula Viktor Wanda Yara Yusuf Zoe"
)
_FAMILY = _words(
    "Abara Ahlberg Almeida Andersen Banerjee Bauer Belmonte Brandt Castro Chandra Costa Dahl Demir Diallo Duarte "
    "Eriksen Falk Ferrari Fujita Garcia Grant Haddad Hansen Holm Ibarra Ito Jansen Kamau Keller Khan Kowalski Larsen "
    "Lindqvist Lopez Marin Mensah Moreau Nakamura Novak Okafor Olsen Patel Petrov Quiroga Reyes Rossi Sato Silva "
    "Tanaka Torres Ueda Varga Weber Yilmaz Zimmer"
)


def company_names(count: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """`count` different (name, industry) pairs, such as ("Wrenhollow Clinics", "healthcare").

    There are about 144,000 of them; beyond that a number follows the name.
    """
    every = len(_FIRST) * len(_SECOND) * len(_KINDS)
    order = rng.permutation(every)
    found = []
    for number in range(count):
        place, kind = divmod(int(order[number % every]), len(_KINDS))
        first, second = divmod(place, len(_SECOND))
        words, industry = _KINDS[kind]
        name = f"{_FIRST[first]}{_SECOND[second]} {words}"
        found.append((name if number < every else f"{name} {number // every + 1}", industry))
    return found


def person_names(count: int, rng: np.random.Generator) -> list[str]:
    """`count` names of people; the same name may come twice, as it does in life."""
    given = rng.integers(0, len(_GIVEN), count)
    family = rng.integers(0, len(_FAMILY), count)
    return [f"{_GIVEN[first]} {_FAMILY[last]}" for first, last in zip(given.tolist(), family.tolist(), strict=True)]


def domain(company: str) -> str:
    """The mail domain of a company, under the top level that is reserved for examples."""
    return company.lower().replace(" ", "-") + ".example"
