"""One self-contained HTML page about a portfolio's health: Arrow and Python in, text out."""

from __future__ import annotations

from weatherglass.reports.material import AccountDetail, Card, Driver, Material, Mover
from weatherglass.reports.page import render
from weatherglass.reports.revenue import revenue_of

__all__ = ["AccountDetail", "Card", "Driver", "Material", "Mover", "render", "revenue_of"]
