"""What is legal in a row beyond what its columns say one by one."""

from __future__ import annotations

SURVEY_SCORES: dict[str, tuple[float, float]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
"""The span of `surveys.score` for each kind of survey."""
