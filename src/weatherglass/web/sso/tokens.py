"""ID tokens: whether one is the provider's, for us, of now, and of this very sign-in (OpenID Connect Core, 3.1.3.7)."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import Any

from weatherglass.web.sso.provider import Provider
from weatherglass.web.sso.refused import Refused

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Those whose signature only the provider can make."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""
LONGEST = 10_000


def checked(token: object, provider: Provider, nonce: str, clock: Callable[[], float] = time.time) -> dict[str, Any]:
    """The claims of a token. Errors: Refused."""
    if not isinstance(token, str) or not token or len(token) > LONGEST:
        raise Refused("the provider gave no ID token")
    claims = _signed(token, provider)
    if claims.get("iss") != provider.issuer:
        raise Refused("the ID token is of another issuer")
    audience = claims.get("aud")
    for_whom = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    authorized = claims.get("azp", provider.client_id if len(for_whom) == 1 else None)
    if provider.client_id not in for_whom or authorized != provider.client_id:
        raise Refused("the ID token is for another client")
    now = clock()
    if not _moment(claims, "exp") > now - LEEWAY:
        raise Refused("the ID token has expired")
    if not _moment(claims, "iat") < now + LEEWAY or ("nbf" in claims and not _moment(claims, "nbf") < now + LEEWAY):
        raise Refused("the ID token is of a later time; one of the clocks is wrong")
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), nonce.encode()):
        raise Refused("the ID token is of another sign-in")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise Refused("the ID token names nobody")
    return claims


def _signed(token: str, provider: Provider) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError

    for fresh in (False, True):
        try:
            return dict(jwt.decode(token, provider.keys(fresh=fresh), algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError, TypeError, KeyError):
            # it may be signed with a key that is newer than those we know
            continue
    raise Refused("the ID token is not signed by the provider")


def _moment(claims: dict[str, Any], name: str) -> float:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise Refused(f"the ID token has no {name}")
    return float(found)
