"""The name of a configuration's content: the same for the same content, however it was written."""

from __future__ import annotations

import hashlib
import json


def content_version(content: object) -> str:
    """First 12 hex digits of the SHA-256 of the content's canonical JSON (sorted keys, no spaces, ASCII)."""
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()[:12]


def canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
