"""Connections to the outside: each address is checked at the moment it is connected to, and no redirect is followed."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from urllib.parse import urlsplit

from weatherglass.actions.channels.result import Failed

TIMEOUT = 20.0
MOST_ANSWER = 10_000
LONGEST_WAIT = 24 * 3600.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Answer:
    """What came back, its body cut short."""

    status: int
    body: str


def connected(host: str, port: int, *, private: bool, timeout: float = TIMEOUT) -> socket.socket:
    """A connection to a host, at an address that was checked itself: a name cannot turn to another in between.

    Errors: Failed where it has no address that may be used, or none of them answers.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed(f"{host}: there is no such host ({error})") from None
    allowed = [entry for entry in found if private or is_public(str(entry[4][0]))]
    if not allowed:
        raise Failed(f"{host} lies in a private network; the channel must allow_private", final=True)
    why = ""
    for family, kind, protocol, _, address in allowed:
        made = socket.socket(family, kind, protocol)
        made.settimeout(timeout)
        try:
            made.connect(address)
        except OSError as error:
            made.close()
            why = str(error)
        else:
            return made
    raise Failed(f"{host}:{port} cannot be reached: {why}")


def is_public(address: str) -> bool:
    """Whether an address lies in the open internet, also the one inside of an address of IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def post(url: str, body: bytes, headers: dict[str, str], *, private: bool, timeout: float = TIMEOUT) -> Answer:
    """Post a body. Errors: Failed unless the answer is one of success."""
    return ask("POST", url, body, {"Content-Type": "application/json", **headers}, private=private, timeout=timeout)


def ask(
    method: str,
    url: str,
    body: bytes | None,
    headers: dict[str, str],
    *,
    private: bool,
    timeout: float = TIMEOUT,
    most: int = MOST_ANSWER,
) -> Answer:
    """What an address answers, cut after so many bytes. Errors: Failed unless the answer is one of success."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Failed("the address is no http or https address", final=True)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Failed("the address has no such port", final=True) from None
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=timeout)
    try:
        plain = connected(parts.hostname, port, private=private, timeout=timeout)
        secure = parts.scheme == "https"
        connection.sock = _secured(plain, parts.hostname) if secure else plain
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        connection.request(method, path, body, {"Host": host, **headers})
        answer = connection.getresponse()
        told = answer.read(most).decode("utf-8", "replace")
        status, wait = answer.status, _wait(answer.getheader("Retry-After"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Failed(f"{parts.hostname}: {str(error) or type(error).__name__}") from None
    finally:
        connection.close()
    return _judged(Answer(status, told), parts.hostname, wait)


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _judged(answer: Answer, host: str, wait: float | None) -> Answer:
    if 200 <= answer.status < 300:
        return answer
    told = f"{host} answered {answer.status}: {answer.body[:200]}"
    if 300 <= answer.status < 400:
        raise Failed(f"{told} (redirects are not followed)")
    raise Failed(told, wait=wait, gone=answer.status == 410)


def _wait(header: str | None) -> float | None:
    if not header:
        return None
    try:
        asked = float(header) if header.strip().isdigit() else parsedate_to_datetime(header).timestamp() - time()
    except (ValueError, OverflowError):
        return None
    return min(max(asked, 0.0), LONGEST_WAIT)
