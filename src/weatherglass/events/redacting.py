"""What is never written down, taken out of messages and rows: members by name, and e-mail addresses."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import msgspec

from weatherglass.events.table import Table
from weatherglass.events.tables import ACCOUNTS, BY_NAME

EMAIL = re.compile(r"[\w.!#$%'*+^`{|}~-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
"""An address within a text, also as it stands in a URL. The lengths are those of mail, and keep the search quick."""
MARKS = ("@", "%40")
"""A text with neither has no address in it."""
KNOWN = 10_000
"""Addresses whose digests are at hand."""
PREFIX = "email_"
DIGITS = 32
"""Hex digits of a digest: 128 bits."""

_ENVELOPE = frozenset(
    {
        *("type", "event", "name", "batch", "context", "properties", "traits", "writekey", "api_key", "token"),
        *("userid", "anonymousid", "previousid", "groupid", "messageid", "distinct_id", "uuid"),
        *("timestamp", "originaltimestamp", "sentat", "receivedat"),
    }
)
"""Members of a call itself; what stands inside of them is what people say."""


class Redactor:
    """Takes out what one project does not want to have. To do it twice is to do it once."""

    def __init__(self, names: tuple[str, ...], key: bytes | None) -> None:
        """names: in lower case. key: that of the digests; None leaves addresses as they are."""
        self.names = frozenset(names)
        self._key = key
        # the same people come again and again
        self._address = lru_cache(KNOWN)(self._of_address)

    @property
    def fingerprint(self) -> str:
        """Another text for another way of redacting, without the key."""
        known = "" if self._key is None else self._digest("fingerprint")
        return f"{sorted(self.names)} {known}"

    def text(self, text: str) -> str:
        """A text with digests in the place of addresses."""
        if self._key is None or not any(mark in text for mark in MARKS):
            return text
        return EMAIL.sub(lambda found: self._address(found[0]), text)

    def value(self, said: Any) -> Any:
        """A decoded JSON value without the members that are left out, at any depth."""
        if isinstance(said, str):
            return self.text(said)
        if isinstance(said, dict):
            return {self.text(name): self.value(part) for name, part in said.items() if name.lower() not in self.names}
        if isinstance(said, list):
            return [self.value(part) for part in said]
        return said

    def object(self, text: str) -> str:
        """The same for a JSON text; what is none is redacted as text."""
        try:
            return msgspec.json.encode(self.value(msgspec.json.decode(text))).decode()
        except msgspec.MsgspecError:
            return self.text(text)

    def body(self, kind: str, body: bytes) -> bytes:
        """What came through a door, such as `track`, `batch`, `posthog` or `tickets`.

        Errors: msgspec.MsgspecError for what is no JSON, RecursionError for what is nested too deeply.
        """
        said, table = msgspec.json.decode(body), BY_NAME.get(kind)
        if table is not None:
            rows = [self._row(table, row) for row in said] if isinstance(said, list) else self._row(table, said)
            return msgspec.json.encode(rows)
        if isinstance(said, list):
            return msgspec.json.encode([self._call(kind, call) for call in said])
        return msgspec.json.encode(self._call(kind, said))

    def leaves_out(self, table: Table, column: str) -> bool:
        """Whether a column of a table is left out: it is named, or one of its other names is."""
        found = table.column(column)
        return not found.required and not self.names.isdisjoint((found.name, *found.aliases))

    def _row(self, table: Table, row: Any) -> Any:
        if not isinstance(row, dict):
            return self.value(row)
        out = {name for one in table.columns if self.leaves_out(table, one.name) for name in (one.name, *one.aliases)}
        needed = {name for one in table.columns if one.required for name in (one.name, *one.aliases)}
        kept = {
            name: part
            for name, part in row.items()
            if name.lower() in needed or (name.lower() not in out and name.lower() not in self.names)
        }
        told = {self.text(name): self.value(part) for name, part in kept.items()}
        return {**told, **_owners(kept)} if table is ACCOUNTS else told

    def _call(self, kind: str, call: Any) -> Any:
        if not isinstance(call, dict):
            return self.value(call)
        told = {
            name: self.value(part)
            for name, part in call.items()
            if name.lower() in _ENVELOPE or name.lower() not in self.names
        }
        batch = call.get("batch")
        if isinstance(batch, list):
            told["batch"] = [self._call("", one) for one in batch]
        if str(call.get("type", kind)).lower() == "group" and isinstance(call.get("traits"), dict):
            told["traits"] |= _owners(call["traits"], told["traits"])
        if call.get("event") == "$groupidentify":
            self._keep_owners_of_group(call, told)
        return told

    def _keep_owners_of_group(self, call: Mapping[str, Any], told: dict[str, Any]) -> None:
        properties = call.get("properties")
        said = properties.get("$group_set") if isinstance(properties, dict) else None
        if isinstance(said, dict):
            told["properties"]["$group_set"] |= _owners(said, told["properties"]["$group_set"])

    def _of_address(self, address: str) -> str:
        plain = unquote(address) if "%40" in address and "@" not in address else address
        return PREFIX + self._digest(unicodedata.normalize("NFC", plain).casefold())

    def _digest(self, text: str) -> str:
        assert self._key is not None, "asked for only where there is a key"
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:DIGITS]


def _owners(row: Mapping[str, Any], among: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The owner that a row of accounts names: one of ours, whom tasks and alerts have to find."""
    owner = ACCOUNTS.column("owner")
    names = {owner.name, *owner.aliases}
    return {name: part for name, part in row.items() if name.lower() in names and (among is None or name in among)}
