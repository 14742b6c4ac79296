"""What learning refuses."""

from __future__ import annotations


class LearningError(Exception):
    """A message for the user: what is the matter, and what to do."""


class ModelRefused(LearningError):
    """A model file that is damaged, was changed, or is none."""
