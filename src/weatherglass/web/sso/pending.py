"""Sign-ins that are under way: from the way to the provider until somebody comes back from there, once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from weatherglass.web.sso.refused import Refused

SECONDS = 600.0
"""How long somebody may take at the provider."""
MOST = 10_000
"""More cannot be under way at once; the oldest is given up for the newest."""


def _new() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Attempt:
    """One sign-in that is under way."""

    following: str
    """Where of ours they want to go."""
    redirect: str
    """Where the provider sends them back to."""
    begun: float
    state: str = field(default_factory=_new)
    nonce: str = field(default_factory=_new)
    verifier: str = field(default_factory=_new)
    cookie: str = field(default_factory=_new)
    """What the browser that began has, so that nobody is signed in by a link that another has begun."""

    @property
    def challenge(self) -> str:
        """The verifier's digest (RFC 7636): who sees the way to the provider cannot trade the code in."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class Pending:
    """All of them. They are kept in memory: a restart lets people begin anew. Safe from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()

    def begin(self, following: str, redirect: str) -> Attempt:
        made = Attempt(following, redirect, self._clock())
        with self._lock:
            self._attempts[made.state] = made
            while len(self._attempts) > MOST:
                self._attempts.popitem(last=False)
        return made

    def take(self, state: str, cookie: str) -> Attempt:
        """The attempt that somebody comes back from, which is over with it. Errors: Refused."""
        with self._lock:
            found = self._attempts.pop(state, None)
        if found is None or self._clock() - found.begun > SECONDS:
            raise Refused("this sign-in is over, or was never begun here: begin anew")
        if not hmac.compare_digest(found.cookie.encode(), cookie.encode("utf-8", "surrogatepass")):
            raise Refused("this sign-in was begun in another browser: begin anew")
        return found
