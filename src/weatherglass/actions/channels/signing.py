"""Standard Webhooks signatures: HMAC-SHA256 of id, time and body, one for each secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from weatherglass.actions.channels.result import Failed

PREFIX = "whsec_"


def signed(secrets: list[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; several secrets sign side by side while one replaces another."""
    content = f"{message_id}.{timestamp}.".encode() + body
    digests = [hmac.new(_key(secret), content, hashlib.sha256).digest() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests),
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise Failed("a webhook's secret is whsec_ and 24 to 64 bytes in base64")
    return key
