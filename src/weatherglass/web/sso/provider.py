"""The provider: what it says of itself, its keys, and what it gives for a code."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from weatherglass.actions.channels.outgoing import ask
from weatherglass.actions.channels.result import Failed
from weatherglass.web.sso.refused import Refused

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

WELL_KNOWN = "/.well-known/openid-configuration"
MOST_BYTES = 1_000_000
KEPT_SECONDS = 3600.0
"""How long what the provider says of itself is believed."""
AGAIN_SECONDS = 10.0
"""Between two looks for a key that is not known, or for a provider that does not answer."""
TIMEOUT = 5.0
"""Seconds that it may take to answer: somebody sits before the screen."""
Facts = dict[str, Any]


@dataclass
class _Kept:
    value: Any = None
    at: float = float("-inf")


@dataclass
class Provider:
    """One provider. Safe from any thread. private: it may lie in a private network, and be spoken to without TLS."""

    issuer: str
    client_id: str
    client_secret: str
    private: bool
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock, repr=False)
    _facts: _Kept = field(default_factory=_Kept, repr=False)
    _failed: _Kept = field(default_factory=_Kept, repr=False)
    _keys: _Kept = field(default_factory=_Kept, repr=False)

    def facts(self) -> Facts:
        """Its metadata (OpenID Connect Discovery). Errors: Refused."""
        with self._lock:
            if self.clock() - self._facts.at > KEPT_SECONDS:
                # who knocks while it is away must not keep everybody waiting
                if self.clock() - self._failed.at < AGAIN_SECONDS:
                    raise Refused(self._failed.value)
                try:
                    self._facts = _Kept(self._discovered(), self.clock())
                except Refused as error:
                    self._failed = _Kept(str(error), self.clock())
                    raise
            found: Facts = self._facts.value
        return found

    def _discovered(self) -> Facts:
        said = self._get(self.issuer.rstrip("/") + WELL_KNOWN)
        if said.get("issuer") != self.issuer:
            raise Refused(f"the provider says that it is {said.get('issuer')!r}, and not {self.issuer!r}")
        return said

    def address(self, name: str) -> str:
        """One of its addresses. Errors: Refused."""
        found = self.facts().get(name)
        if not isinstance(found, str) or not self._may(found):
            raise Refused(f"the provider names no {name} that may be used")
        return found

    def keys(self, *, fresh: bool = False) -> KeySet:
        """The keys that it signs with. fresh: it may have new ones. Errors: Refused."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        where = self.address("jwks_uri")
        with self._lock:
            age = self.clock() - self._keys.at
            if age > KEPT_SECONDS or (fresh and age > AGAIN_SECONDS):
                try:
                    self._keys = _Kept(KeySet.import_key_set(self._get(where)), self.clock())  # type: ignore[arg-type]
                except (JoseError, KeyError, TypeError, ValueError) as error:
                    raise Refused(f"the provider's keys cannot be read: {error}") from None
            found: KeySet = self._keys.value
        return found

    def tokens(self, code: str, verifier: str, redirect: str) -> Facts:
        """What it gives for a code. Errors: Refused."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        ways = self.facts().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if not self.client_secret:
            form["client_id"] = self.client_id
        elif "client_secret_basic" in ways:
            pair = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        return self._ask("POST", self.address("token_endpoint"), urlencode(form).encode(), headers)

    def person(self, access_token: str) -> Facts:
        """What it tells of who holds a token. Errors: Refused."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return self._ask("GET", self.address("userinfo_endpoint"), None, headers)

    def _get(self, url: str) -> Facts:
        if not self._may(url):
            raise Refused(f"{url} is no https address")
        return self._ask("GET", url, None, {})

    def _may(self, url: str) -> bool:
        return urlsplit(url).scheme in ({"https", "http"} if self.private else {"https"})

    def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Facts:
        told = {**headers, "Accept": "application/json"}
        try:
            answer = ask(method, url, body, told, private=self.private, timeout=TIMEOUT, most=MOST_BYTES)
            said = json.loads(answer.body)
        except Failed as error:
            why = str(error)
            if "private network" in why:
                why = f"{urlsplit(url).hostname} lies in a private network; WEATHERGLASS_OIDC_PRIVATE=1 allows it"
            raise Refused(f"the provider does not answer: {why}") from None
        except (ValueError, RecursionError):
            raise Refused("the provider answers with no JSON") from None
        if not isinstance(said, dict):
            raise Refused("the provider answers with no JSON object")
        return said
