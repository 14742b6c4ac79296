"""An OpenID provider: a server of its own, with real keys, that can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "weatherglass", "a secret: with/signs"
Facts = dict[str, Any]


class OpenID(ThreadingHTTPServer):
    """The provider. What it says can be changed between sign-ins."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.keys = [self.new_key()]
        self.person: Facts = {"sub": "1", "email": "csm@example.com", "email_verified": True, "name": "Cee"}
        self.told: Facts = {}
        """Claims in place of the right ones; None takes one out."""
        self.info: Facts | None = None
        """What the address for asking about people says."""
        self.facts: Facts = {}
        """Metadata in place of the right ones."""
        self.sign: Callable[[Facts], str] = self.signed
        self.asked: list[Facts] = []
        """What came with each way to the provider."""
        self.codes: dict[str, Facts] = {}
        self.fetched = 0
        """How often its keys were asked for."""

    @staticmethod
    def new_key() -> RSAKey:
        return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})

    def signed(self, claims: Facts) -> str:
        key = self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": str(key.kid)}, claims, key)

    def claims(self, asked: Facts) -> Facts:
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        made = {**right, **self.person, **self.told}
        return {name: value for name, value in made.items() if value is not None}


class _Handler(BaseHTTPRequestHandler):
    server: OpenID
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        here = self.server
        if parts.path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys"}
            facts = {"issuer": here.issuer, **{name: f"{here.issuer}/{path}" for name, path in names.items()}}
            self.answer({**facts, "userinfo_endpoint": f"{here.issuer}/info", **here.facts})
        elif parts.path == "/keys":
            here.fetched += 1
            self.answer(KeySet(list(here.keys)).as_dict(private=False))
        elif parts.path == "/info" and self.headers["authorization"] == "Bearer for asking":
            self.answer(here.info or {})
        elif parts.path == "/auth":
            self.authorize(asked)
        else:
            self.answer({"error": "nothing here"}, 404)

    def authorize(self, asked: Facts) -> None:
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code", asked
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        self.server.asked.append(asked)
        code = secrets.token_urlsafe()
        self.server.codes[code] = asked
        where = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.server.codes.pop(form.get("code", ""), None)
        if not self._is_ours(form):
            self.answer({"error": "invalid_client"}, 401)
        elif asked is None or not _fits(form, asked):
            self.answer({"error": "invalid_grant"}, 400)
        else:
            token = self.server.sign(self.server.claims(asked))
            self.answer({"access_token": "for asking", "token_type": "Bearer", "id_token": token})

    def _is_ours(self, form: Facts) -> bool:
        scheme, _, given = self.headers.get("authorization", "").partition(" ")
        if scheme != "Basic":
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        name, _, secret = base64.b64decode(given).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT, SECRET)

    def answer(self, said: object, status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _fits(form: Facts, asked: Facts) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return (form["redirect_uri"], challenge) == (asked["redirect_uri"], asked["code_challenge"])


@contextmanager
def provider() -> Iterator[OpenID]:
    """A provider on a free port."""
    made = OpenID()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
