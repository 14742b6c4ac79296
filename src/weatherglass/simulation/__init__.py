"""Made-up companies: one to look at (`simulate_company`), one to measure with (`simulate_events_parquet`).

What one can know of a simulated company beforehand is written in STORIES.
"""

from __future__ import annotations

from weatherglass.simulation.company import DEFAULT_END, Company, simulate_company
from weatherglass.simulation.history import History, open_history, simulate_day, simulate_events_parquet
from weatherglass.simulation.product import product_settings
from weatherglass.simulation.stories import STORIES, Story
from weatherglass.simulation.writing import Form, write_company

__all__ = [
    "DEFAULT_END",
    "STORIES",
    "Company",
    "Form",
    "History",
    "Story",
    "open_history",
    "product_settings",
    "simulate_company",
    "simulate_day",
    "simulate_events_parquet",
    "write_company",
]
