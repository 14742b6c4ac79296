"""The page: material in, one HTML file out that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from weatherglass.reports import palette, wording
from weatherglass.reports.checks import check
from weatherglass.reports.closeup import closeups
from weatherglass.reports.material import UNSCORED, Material
from weatherglass.reports.movers import movers
from weatherglass.reports.portfolio import portfolio
from weatherglass.reports.reading import cards_in_use
from weatherglass.reports.roster import LIMIT, names_of, roster
from weatherglass.reports.summary import figures, summary
from weatherglass.reports.trend import trends


def render(material: Material) -> str:
    """The whole report as the text of one HTML file, which loads nothing from anywhere.

    Raises MaterialError when the material does not fit together.
    """
    check(material)
    names = names_of(material)
    book = portfolio(material)
    script = asset("report.js")
    closer = closeups(material, names)
    return (
        environment()
        .get_template("report.html.jinja")
        .render(
            material=material,
            title=wording.clean(material.workspace) or "Workspace",
            book=book,
            summary=summary(material, book),
            figures=figures(material, book),
            trends=trends(material),
            movers=movers(material, names),
            closeups=closer,
            places={one.account_id: one.number for one in closer},
            roster=roster(material, names),
            roster_limit=LIMIT,
            cards=cards_in_use(material),
            notes=[wording.clean(note, 600) for note in material.data_notes],
            tier_order={**{tier: at for at, tier in enumerate(material.tiers)}, UNSCORED: ""},
            look=lambda tier: _look(material, tier),
            looks=[
                (_look(material, tier), palette.shape(_rank(material, tier), len(material.tiers)))
                for tier in (*material.tiers, UNSCORED)
            ],
            # Markup: these two are files of ours, and numbers
            style=Markup(palette.css(len(material.tiers)) + asset("report.css")),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=policy(script),
        )
    )


def policy(script: str) -> str:
    """Content security policy of a page whose only script is this text: nothing may be loaded or sent."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    loading = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return f"{loading}; base-uri 'none'; form-action 'none'"


def _rank(material: Material, tier: str) -> int | None:
    return material.tiers.index(tier) if tier in material.tiers else None


def _look(material: Material, tier: str) -> str:
    return palette.css_class(_rank(material, tier))


def asset(name: str) -> str:
    return (files("weatherglass.reports") / "templates" / name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("weatherglass.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        label=wording.label,
        day=wording.day,
        money=wording.money,
        money_short=wording.money_short,
        percent=wording.percent,
        whole_change=wording.whole_change,
        moment=wording.moment,
    )
    environment.globals.update(count=wording.count, falls=wording.falls, dash=wording.NONE)
    return environment
