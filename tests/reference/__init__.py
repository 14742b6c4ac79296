"""The rules of SPEC.md and docs/scoring.md once more: plain, slow, and independent of the product."""

from .card import Card, Milestone, Scaling, Settings, comprehensive, default, four_inputs, init_milestones
from .change import Change, split_change
from .company import Company
from .scoring import score_company

__all__ = [
    "Card",
    "Change",
    "Company",
    "Milestone",
    "Scaling",
    "Settings",
    "comprehensive",
    "default",
    "four_inputs",
    "init_milestones",
    "score_company",
    "split_change",
]
