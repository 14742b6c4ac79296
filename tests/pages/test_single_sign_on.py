"""Single sign-on: with a real provider over HTTP, and with one that lies in every way it can."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from oidc import CLIENT, SECRET, OpenID, provider

from pages.conftest import ME, PASSWORD, Served, serve
from weatherglass.config import FILE_NAME
from weatherglass.jobs.errors import JobError
from weatherglass.web.settings import Settings
from weatherglass.web.sso.pending import SECONDS, Pending
from weatherglass.web.sso.refused import Refused
from weatherglass.web.sso.sign_on import sign_on

STRANGER = {"sub": "99", "email": "new@example.com", "email_verified": True, "name": "New Person"}


def settings(issuer: str, **more: Any) -> Settings:
    known: dict[str, Any] = {"oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_private": 1}
    return Settings(nightly_hour=24, oidc_issuer=issuer, **{**known, **more})


@pytest.fixture
def openid() -> Iterator[OpenID]:
    with provider() as made:
        yield made


def served_with(folder: Path, made: Settings) -> Iterator[Served]:
    (folder / FILE_NAME).write_text("name: Signed\n", encoding="utf-8")
    yield from serve(folder, settings=made)


@pytest.fixture
def site(openid: OpenID, tmp_path: Path) -> Iterator[Served]:
    """A server whose people are viewer@, csm@ and admin@example.com; strangers are not let in."""
    yield from served_with(tmp_path, settings(openid.issuer, oidc_name="Northwind ID"))


@pytest.fixture
def open_site(openid: OpenID, tmp_path: Path) -> Iterator[Served]:
    """A server that lets strangers in, in the role of their group."""
    more = {"oidc_create": 1, "oidc_role_claim": "realm.groups", "oidc_roles": "cs=csm, heads of cs=admin"}
    yield from served_with(tmp_path, settings(openid.issuer, **more))


def way_back(client: httpx2.Client, following: str = "/portfolio") -> str:
    """Where the provider sends the browser after it was sent there."""
    there = client.get(f"/login/sso?next={following}")
    assert there.status_code == 303, there.text
    back = httpx2.get(there.headers["location"], follow_redirects=False)
    assert back.status_code == 302
    return str(back.headers["location"])


def sign_in(served: Served) -> httpx2.Response:
    with served.client() as client:
        return client.get(way_back(client))


def signed_in_as(served: Served, answer: httpx2.Response) -> str | None:
    cookie = answer.cookies.get("weatherglass_session")
    session = served.state.sessions.of(cookie) if cookie else None
    return None if session is None else session.person.email


def test_somebody_who_is_known_signs_in(site: Served, openid: OpenID) -> None:
    with site.client() as client:
        assert "Sign in with Northwind ID" in client.get("/login").text
        back = way_back(client)
        done = client.get(back)
        assert (done.status_code, done.headers["location"]) == (303, "/portfolio")
        assert client.get("/portfolio").status_code == 200
        cookie = next(one for one in done.headers.get_list("set-cookie") if one.startswith("weatherglass_session"))
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert signed_in_as(site, done) == "csm@example.com"
    asked = openid.asked[0]
    assert len(asked["state"]) >= 40 and len(asked["nonce"]) >= 40 and asked["state"] != asked["nonce"]
    assert asked["redirect_uri"] == f"{site.url}/login/sso/done"
    entries = [entry.action for entry in site.state.audit.entries(None, 5)]
    assert entries[:2] == ["signed in", "identity linked"]
    # from now on the subject says who it is, whatever becomes of the address
    openid.person |= {"email": "married@example.com"}
    assert signed_in_as(site, sign_in(site)) == "csm@example.com"
    # and the old address is not somebody else's way in
    openid.person = {"sub": "2", "email": "csm@example.com", "email_verified": True}
    taken = sign_in(site)
    assert (taken.status_code, signed_in_as(site, taken)) == (403, None)
    assert "signs in as somebody else" in taken.text


def test_where_a_sign_in_leads_is_ours(site: Served) -> None:
    with site.client() as client:
        assert client.get(way_back(client, "https://evil.example/")).headers["location"] == "/"


def test_strangers(site: Served, openid: OpenID) -> None:
    openid.person = STRANGER
    refused = sign_in(site)
    assert refused.status_code == 403 and "Nobody here has the address new@example.com" in refused.text
    assert site.state.people.by_email("new@example.com") is None


def test_strangers_become_viewers_and_groups_roles(open_site: Served, openid: OpenID) -> None:
    openid.person = STRANGER
    people = open_site.state.people

    def role() -> str:
        found = people.by_email("new@example.com")
        assert found is not None
        return found.role

    assert signed_in_as(open_site, sign_in(open_site)) == "new@example.com"
    assert role() == "viewer"
    steps = ((["cs"], "csm"), (["cs", "heads of cs"], "admin"), (["gardeners"], "admin"), ("cs", "csm"))
    for groups, expected in steps:
        openid.person = {**STRANGER, "realm": {"groups": groups}}
        assert signed_in_as(open_site, sign_in(open_site)) == "new@example.com"
        assert role() == expected, groups
    actions = [entry.action for entry in open_site.state.audit.entries(None, 30)]
    assert {"person created", "identity linked", "person changed"} <= set(actions)


def test_the_last_admin_stays_one(open_site: Served, openid: OpenID) -> None:
    openid.person = {"sub": "7", "email": "admin@example.com", "email_verified": True, "realm": {"groups": ["cs"]}}
    refused = sign_in(open_site)
    assert refused.status_code == 403 and "someone has to stay an admin" in refused.text.lower()


def test_who_is_locked_out_stays_out(site: Served, openid: OpenID) -> None:
    person = site.state.people.by_email("csm@example.com")
    assert person is not None
    site.state.people.change(ME, person.id, active=False)
    refused = sign_in(site)
    assert refused.status_code == 403 and "may no longer sign in" in refused.text


NOW = time.time()
LIES: dict[str, tuple[dict[str, Any], str]] = {
    "a wrong nonce": ({"nonce": "another"}, "of another sign-in"),
    "no nonce": ({"nonce": None}, "of another sign-in"),
    "a wrong audience": ({"aud": "another"}, "for another client"),
    "an audience of another's": ({"aud": [CLIENT, "another"], "azp": "another"}, "for another client"),
    "several audiences": ({"aud": [CLIENT, "another"]}, "for another client"),
    "no audience": ({"aud": None}, "for another client"),
    "a wrong issuer": ({"iss": "https://evil.example"}, "of another issuer"),
    "expired": ({"exp": int(NOW) - 3600}, "has expired"),
    "no end": ({"exp": None}, "has no exp"),
    "made tomorrow": ({"iat": int(NOW) + 86_400, "exp": int(NOW) + 90_000}, "of a later time"),
    "an address that is not verified": ({"email_verified": False}, "has not verified"),
    "nothing about the address": ({"email_verified": None}, "has not verified"),
    "no subject": ({"sub": None}, "names nobody"),
}


def test_what_a_token_must_not_say(site: Served, openid: OpenID) -> None:
    for lie, (claims, told) in LIES.items():
        openid.told = claims
        answer = sign_in(site)
        assert (answer.status_code, signed_in_as(site, answer)) == (403, None), lie
        assert told in answer.text, lie
    openid.told = {}
    assert signed_in_as(site, sign_in(site)) == "csm@example.com"


def test_who_must_not_have_signed(site: Served, openid: OpenID) -> None:
    thief, good = OpenID.new_key(), openid.keys[0]

    def unsigned(claims: dict[str, Any]) -> str:
        body = openid.signed(claims).split(".")[1]
        return f"eyJhbGciOiJub25lIn0.{body}."

    def secretly(claims: dict[str, Any]) -> str:
        # the public key taken for a secret that both know
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(good.as_pem(private=False)))

    def tampered(claims: dict[str, Any]) -> str:
        head, _, sign = openid.signed(claims).split(".")
        return ".".join((head, openid.signed({**claims, "email": "admin@example.com"}).split(".")[1], sign))

    lies = (
        lambda claims: jwt.encode({"alg": "RS256", "kid": good.kid}, claims, thief),
        unsigned,
        secretly,
        tampered,
        lambda _: "no token",
        lambda _: "",
    )
    for lie in lies:
        openid.sign = lie
        answer = sign_in(site)
        assert (answer.status_code, signed_in_as(site, answer)) == (403, None)
    openid.sign = openid.signed
    assert signed_in_as(site, sign_in(site)) == "csm@example.com"


def test_a_way_back_is_gone_once(site: Served, openid: OpenID) -> None:
    with site.client() as client:
        back = way_back(client)
        cookies = dict(client.cookies)
        assert client.get(back).status_code == 303
    for again in (cookies, {}):
        with httpx2.Client(base_url=site.url, cookies=again) as replaying:
            answer = replaying.get(back)
            assert answer.status_code == 403 and "is over, or was never begun here" in answer.text
            assert signed_in_as(site, answer) is None
    with site.client() as client:
        made_up = client.get("/login/sso/done?code=a&state=b")
        assert made_up.status_code == 403


def test_nobody_is_signed_in_by_a_link_of_another(site: Served) -> None:
    with site.client() as thief, site.client() as victim:
        way_back(victim)
        answer = victim.get(way_back(thief))
        assert answer.status_code == 403 and "begun in another browser" in answer.text
        assert signed_in_as(site, answer) is None


def test_what_the_provider_says_against_it(site: Served, openid: OpenID) -> None:
    with site.client() as client:
        state = parse_qs(urlsplit(way_back(client)).query)["state"][0]
        said = f"/login/sso/done?state={state}&error=access_denied&error_description=%3Cb%3Eno%3C/b%3E"
        answer = client.get(said)
        assert answer.status_code == 403 and "&lt;b&gt;no" in answer.text and "<b>no" not in answer.text
        code = client.get(way_back(client).replace("code=", "code=x"))
        assert code.status_code == 403 and "invalid_grant" in code.text
        other = client.get(way_back(client) + "&iss=https://evil.example")
        assert other.status_code == 403 and "Another provider has answered" in other.text


def test_new_keys_and_other_ways_to_say_who_we_are(openid: OpenID) -> None:
    made = sign_on(settings(openid.issuer))
    assert made is not None
    now = [0.0]
    made.provider.clock = lambda: now[0]

    def email() -> str:
        where, attempt = made.begin("/", "http://here")
        back = httpx2.get(where, follow_redirects=False).headers["location"]
        said = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        return made.finish(said, attempt.cookie)[0].email

    assert [email(), email()] == ["csm@example.com"] * 2
    assert openid.fetched == 1, "keys are kept"
    openid.keys.append(OpenID.new_key())
    now[0] = 5.0
    with pytest.raises(Refused, match="not signed by the provider"):
        email()
    now[0] = 60.0
    assert email() == "csm@example.com"
    assert openid.fetched == 2, "a key that is not known is looked for, and not all the time"
    openid.facts = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    now[0] = 4000.0
    assert email() == "csm@example.com"


def test_an_address_that_is_told_only_when_asked(site: Served, openid: OpenID) -> None:
    openid.person = {"sub": "5"}
    openid.info = {"sub": "6", "email": "csm@example.com", "email_verified": True}
    assert "tells of somebody else" in sign_in(site).text
    openid.info["sub"] = "5"
    assert signed_in_as(site, sign_in(site)) == "csm@example.com"


def test_a_provider_that_is_not_there_or_another(tmp_path: Path) -> None:
    with provider() as made:
        made.facts = {"issuer": "https://evil.example"}
        for site in served_with(tmp_path, settings(made.issuer)):
            with site.client() as client:
                answer = client.get("/login/sso")
                assert answer.status_code == 502 and "evil.example" in answer.text
                made.facts = {}
                assert client.get("/login/sso").status_code == 502, "it is not asked again at once"


def test_addresses_that_may_not_be_used(openid: OpenID) -> None:
    openid.facts = {"authorization_endpoint": "javascript:alert(1)", "token_endpoint": 7}
    made = sign_on(settings(openid.issuer))
    assert made is not None
    with pytest.raises(Refused, match="names no authorization_endpoint"):
        made.begin("/", "http://here")
    with pytest.raises(Refused, match="names no token_endpoint"):
        made.provider.tokens("code", "verifier", "http://here")


def test_two_long_subjects_are_two_people(open_site: Served, openid: OpenID) -> None:
    for last in ("a", "b"):
        person = {"sub": "x" * 500 + last, "email": f"{last}@example.com", "email_verified": True}
        openid.person = person
        assert signed_in_as(open_site, sign_in(open_site)) == f"{last}@example.com"
        assert signed_in_as(open_site, sign_in(open_site)) == f"{last}@example.com"


def test_a_provider_in_a_private_network_is_not_asked(openid: OpenID) -> None:
    with pytest.raises(JobError, match="must be an https address"):
        sign_on(settings(openid.issuer, oidc_private=0))
    made = sign_on(settings(openid.issuer.replace("http:", "https:"), oidc_private=0))
    assert made is not None
    with pytest.raises(Refused, match="lies in a private network; WEATHERGLASS_OIDC_PRIVATE=1"):
        made.begin("/", "http://here")


@pytest.mark.parametrize(
    ("more", "told"),
    [({"oidc_client_id": ""}, "OIDC_CLIENT_ID"), ({"oidc_roles": "cs=god"}, "a role is viewer, csm, admin")],
)
def test_settings_by_halves(more: dict[str, Any], told: str) -> None:
    with pytest.raises(JobError, match=told):
        sign_on(settings("https://id.example", **more))
    assert sign_on(Settings()) is None


def test_where_passwords_are_off_the_provider_is_the_only_way_in(openid: OpenID, tmp_path: Path) -> None:
    for site in served_with(tmp_path, settings(openid.issuer, oidc_only=1)):
        with site.client() as client:
            page = client.get("/login").text
            assert 'name="password"' not in page and "Sign in with" in page
            form = {"email": "admin@example.com", "password": PASSWORD, "csrf": client.cookies["weatherglass_form"]}
            answer = client.post("/login", data=form)
            assert answer.status_code == 403 and "Passwords are switched off here" in answer.text
            said = {"email": "admin@example.com", "password": PASSWORD}
            refused = client.post("/api/v1/session", json=said)
            assert refused.status_code == 403 and "single sign-on" in refused.json()["detail"]
            assert "weatherglass_session" not in client.cookies
        assert signed_in_as(site, sign_in(site)) is not None


def test_the_first_admin_needs_no_password_where_they_are_off(openid: OpenID, tmp_path: Path) -> None:
    with pytest.raises(JobError, match="WEATHERGLASS_OIDC_ONLY=1 leaves no way in"):
        sign_on(Settings(oidc_only=1))
    made = sign_on(settings(openid.issuer, oidc_only=1))
    assert made is not None and made.only


def test_without_a_provider_there_is_no_button(empty: Served) -> None:
    empty.state.people.create(ME, "a@example.com", "A", "admin")
    with empty.client() as client:
        assert "Sign in with" not in client.get("/login").text
        assert client.get("/login/sso").status_code == client.get("/login/sso/done?state=a").status_code == 404


def test_a_sign_in_does_not_wait_for_ever() -> None:
    now = [0.0]
    pending = Pending(lambda: now[0])
    one, two = pending.begin("/", "r"), pending.begin("/", "r")
    now[0] = SECONDS
    assert pending.take(one.state, one.cookie) is one
    now[0] += 1
    with pytest.raises(Refused, match="is over"):
        pending.take(two.state, two.cookie)
