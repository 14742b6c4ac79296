"""What to do about an account whose health is lost in one dimension: a first step, until a play says a better one."""

from __future__ import annotations

ADVICE = {
    "product_usage": "Ask the champion what has changed in their work, and offer a session with the team.",
    "engagement_trends": "Call before the next weekly rhythm breaks: ask what the people who stopped needed.",
    "feature_adoption": "Show one feature they pay for and do not use, on their own data.",
    "support_signals": "Read the open tickets with support, and write to the account before they write again.",
    "financial_health": "Ask finance what is overdue, and the sponsor whether the budget holder has changed.",
    "communication": "Set a date: nobody has spoken with them for too long.",
    "relationship": "Find a second friend in the account, before the one there is leaves.",
    "onboarding": "Take the next milestone with them in one sitting.",
    "sentiment": "Answer the last survey in person, whatever it said.",
    "growth": "Look at seats and contract with them before the renewal does.",
    "commercial": "Prepare the renewal: who decides, by when, and against what.",
}
OTHERWISE = "Open the account and read its signals."


def advice(dimension: str) -> str:
    """A first step."""
    return ADVICE.get(dimension, OTHERWISE)
