"""The project file `weatherglass.yml` as typed, versioned, immutable objects."""

from weatherglass.config.catalogue import DIMENSION_OF, DIMENSIONS, SIGNALS
from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.mapping import ColumnMapping, Sources, TableMapping
from weatherglass.config.milestone import Milestone
from weatherglass.config.outcomes import OutcomeRules
from weatherglass.config.presets import PRESETS
from weatherglass.config.product import Product
from weatherglass.config.project import Project
from weatherglass.config.reading import DEFAULT_PROJECT, FILE_NAME, parse_project, read_project
from weatherglass.config.rule import Rule
from weatherglass.config.scaling import Scaling
from weatherglass.config.scorecard import Corrections, Dimension, Scorecard, Signal
from weatherglass.config.template import template
from weatherglass.config.tiers import TIER_PRESETS, UNSCORED, Tiers
from weatherglass.config.windows import Windows

__all__ = [
    "DEFAULT_PROJECT",
    "DIMENSIONS",
    "DIMENSION_OF",
    "FILE_NAME",
    "PRESETS",
    "SIGNALS",
    "TIER_PRESETS",
    "UNSCORED",
    "ColumnMapping",
    "ConfigError",
    "Corrections",
    "Dimension",
    "Milestone",
    "Mistake",
    "OutcomeRules",
    "Product",
    "Project",
    "Rule",
    "Scaling",
    "Scorecard",
    "Signal",
    "Sources",
    "TableMapping",
    "Tiers",
    "Windows",
    "parse_project",
    "read_project",
    "template",
]
