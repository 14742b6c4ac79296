"""What a job raises when it cannot be done, with what would help."""

from __future__ import annotations


class JobError(Exception):
    """A job that could not be done; the message says why and what would help."""


class NothingToScore(JobError):
    """No account has a dated fact by the day asked for."""


class UnknownAccount(JobError):
    """An account that the workspace does not have, or that has no row on the day."""
