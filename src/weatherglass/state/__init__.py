"""The small state: what people decide and what the service remembers, in SQLite or PostgreSQL."""

from weatherglass.state.actor import Actor, Scope
from weatherglass.state.errors import NotFound, StateError, Taken, TooMany, Unfit
from weatherglass.state.state import State, locate

__all__ = ["Actor", "NotFound", "Scope", "State", "StateError", "Taken", "TooMany", "Unfit", "locate"]
