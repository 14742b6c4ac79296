"""Write keys: who may send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from weatherglass.state import State

KeyId = str
"""The public name of a write key, which may be shown and logged."""


class Keys(Protocol):
    """What knows the write keys."""

    def write_key(self, secret: str) -> KeyId | None:
        """The key that a secret is of; None for a secret that is none. It may have to wait for a database."""
        ...

    def at_hand(self, secret: str) -> KeyId | None:
        """The same without waiting; None where `write_key` has to be asked. Called once a request: keep it fast."""
        ...

    def sends_rows(self, secret: str) -> bool:
        """Whether the key that a secret is of sends rows of tables, and not events only. It may have to wait."""
        ...


class Tokens(Protocol):
    """What knows the API tokens."""

    def token(self, secret: str) -> tuple[str, str] | None:
        """The name and the scope (read, write or admin) of the token that a secret is of; None for a secret of none."""
        ...


class NoTokens:
    """Where there are none."""

    def token(self, secret: str) -> None:
        """None, whatever the secret."""


class StateTokens:
    """The tokens of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def token(self, secret: str) -> tuple[str, str] | None:
        """The name and the scope of a token."""
        found = self._state.tokens.check(secret)
        return None if found is None else (f"{found.name} (token {found.id})", found.scope)


class GivenKeys:
    """The keys of the environment, written as `name=secret,name=secret`, and behind them other keys."""

    def __init__(self, written: str, others: Keys | None = None) -> None:
        pairs = (part.strip().partition("=") for part in written.split(",") if part.strip())
        self._keys = {(secret or name): name for name, _, secret in pairs}
        self._others = others

    def write_key(self, secret: str) -> KeyId | None:
        """The key that a secret is of."""
        found = self._keys.get(secret)
        if found is not None or self._others is None:
            return found
        return self._others.write_key(secret)

    def sends_rows(self, secret: str) -> bool:
        """Whether the key that a secret is of sends rows: those of the environment do."""
        return secret in self._keys or (self._others is not None and self._others.sends_rows(secret))

    def at_hand(self, secret: str) -> KeyId | None:
        """The same without waiting."""
        found = self._keys.get(secret)
        if found is not None or self._others is None:
            return found
        return self._others.at_hand(secret)
