"""Single sign-on as it is set up: the way to the provider, and who comes back from there."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from weatherglass.jobs.errors import JobError
from weatherglass.state.identities import Identity
from weatherglass.state.people import SCOPE, Role
from weatherglass.web.settings import Settings
from weatherglass.web.sso.pending import Attempt, Pending
from weatherglass.web.sso.provider import Facts, Provider
from weatherglass.web.sso.refused import Refused
from weatherglass.web.sso.tokens import checked

BACK = "/login/sso/done"
"""The path that the provider sends people back to."""
MOST_CHARACTERS = 400
"""Of a subject that is kept as it is."""


@dataclass(frozen=True)
class SignOn:
    """One provider, and what its people may be."""

    provider: Provider
    name: str
    creates: bool
    """Whether who is not known becomes a viewer."""
    role_claim: str
    roles: Mapping[str, Role]
    redirect: str
    only: bool = False
    """Whether there is no other way in: no password."""
    pending: Pending = field(default_factory=Pending)

    def begin(self, following: str, base: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember. base: the address of this service. Errors: Refused."""
        where = self.provider.address("authorization_endpoint")
        attempt = self.pending.begin(following, self.redirect or base.rstrip("/") + BACK)
        asked = {
            "response_type": "code",
            "scope": "openid email profile",
            "client_id": self.provider.client_id,
            "redirect_uri": attempt.redirect,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}", attempt

    def finish(self, said: Mapping[str, str], cookie: str) -> tuple[Identity, str]:
        """Who comes back, and where they want to go. said: the parameters they bring. Errors: Refused."""
        attempt = self.pending.take(said.get("state", ""), cookie)
        if "error" in said:
            why = said.get("error_description") or said["error"]
            raise Refused(f"the provider says: {why[:200]}")
        # a provider that names itself must be the one that was asked (RFC 9207)
        if said.get("iss", self.provider.issuer) != self.provider.issuer:
            raise Refused("another provider has answered")
        given = self.provider.tokens(said.get("code", ""), attempt.verifier, attempt.redirect)
        claims = checked(given.get("id_token"), self.provider, attempt.nonce)
        return self._identity(self._completed(claims, given.get("access_token"))), attempt.following

    def _completed(self, claims: Facts, access_token: object) -> Facts:
        """The claims with what the provider tells only when it is asked."""
        if "email" in claims or not isinstance(access_token, str) or "userinfo_endpoint" not in self.provider.facts():
            return claims
        more = self.provider.person(access_token)
        if more.get("sub") != claims["sub"]:
            raise Refused("the provider tells of somebody else")
        return {**more, **claims}

    def _identity(self, claims: Facts) -> Identity:
        email, verified = claims.get("email"), claims.get("email_verified")
        if not isinstance(email, str) or "@" not in email:
            raise Refused("the provider tells no e-mail address")
        if verified not in (True, "true"):
            raise Refused(f"the provider has not verified the address {email[:320]}")
        name = claims.get("name")
        said = name.strip() if isinstance(name, str) else ""
        # issuer and subject together are one person, for good; an address may become another's
        return Identity(_subject(claims["iss"], claims["sub"]), email, said or email, self._role(claims))

    def _role(self, claims: Facts) -> Role | None:
        """The highest role that one of somebody's groups is; None where none is one."""
        said: Any = claims
        for part in self.role_claim.split(".") if self.role_claim else ():
            said = said.get(part) if isinstance(said, dict) else None
        groups = [said] if isinstance(said, str) else said if isinstance(said, list) and self.role_claim else []
        found = [self.roles[one] for one in groups if isinstance(one, str) and one in self.roles]
        return max(found, key=list(SCOPE).index, default=None)


def _subject(issuer: str, subject: str) -> str:
    whole = f"{issuer} {subject}"
    if len(whole) <= MOST_CHARACTERS and whole.isprintable():
        return whole
    return "sha256 " + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def sign_on(settings: Settings) -> SignOn | None:
    """Single sign-on, where it is set up. Errors: JobError where it is set up by halves."""
    if not settings.oidc_issuer:
        if settings.oidc_only:
            raise JobError(
                "WEATHERGLASS_OIDC_ONLY=1 leaves no way in without WEATHERGLASS_OIDC_ISSUER: set both, or neither"
            )
        return None
    if not settings.oidc_client_id:
        raise JobError("WEATHERGLASS_OIDC_ISSUER is set, and WEATHERGLASS_OIDC_CLIENT_ID is not: set both, or neither")
    private = bool(settings.oidc_private)
    if not settings.oidc_issuer.startswith("https://") and not private:
        raise JobError(f"WEATHERGLASS_OIDC_ISSUER={settings.oidc_issuer!r} must be an https address")
    if importlib.util.find_spec("joserfc") is None:
        raise JobError("single sign-on needs joserfc; `pip install 'weatherglass[oidc]'`")
    provider = Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, private)
    roles, creates = _roles(settings.oidc_roles), bool(settings.oidc_create)
    given = (settings.oidc_role_claim, roles, settings.oidc_redirect, bool(settings.oidc_only))
    return SignOn(provider, settings.oidc_name, creates, *given)


def _roles(text: str) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        group, _, role = part.rpartition("=")
        known = next((one for one in SCOPE if one == role), None)
        if not group or known is None:
            raise JobError(f"WEATHERGLASS_OIDC_ROLES: {part!r} must be group=role, and a role is {', '.join(SCOPE)}")
        found[group] = known
    return found
