"""What others have said of a person who is erased: their address and id in properties, traits and texts of others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weatherglass.engine.dialect import identifier, literal
from weatherglass.state.naming import SHORT

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB

TEXTS = {
    **dict.fromkeys(("accounts", "users", "invoices", "subscriptions", "milestones"), ("traits",)),
    **dict.fromkeys(("tickets", "interactions"), ("text", "traits")),
    "surveys": ("comment", "traits"),
    "outcomes": ("reason", "traits"),
}
"""Where somebody may be mentioned, by table."""
SHORTEST_ADDRESS = 6
EMAIL_OF_EVENT = (
    "unnest([json_extract_string(properties, '$.email'), json_extract_string(properties, '$.\"$set\".email')])"
)
"""The address that a person's own event names, as `identify` calls do."""


@dataclass(frozen=True)
class Mentions:
    """Texts that mean one person; none are looked for where there are none."""

    texts: tuple[str, ...]

    @classmethod
    def of(cls, user_id: str, addresses: set[str]) -> Mentions:
        """Those that are nobody else's: ids that are short, or numbers, occur in other words and numbers."""
        known = {one for one in addresses if "@" in one and len(one) >= SHORTEST_ADDRESS}
        if len(user_id) >= SHORT and not user_id.isdigit():
            known.add(user_id)
        # of two of which one begins with the other, the longer goes first
        return cls(tuple(sorted(known, key=lambda text: (-len(text), text))))

    def within(self, column: str) -> str:
        """The condition that a column mentions them."""
        cell = identifier(column)
        found = [f"contains(lower({cell}), {literal(text.lower())})" for text in self.texts]
        return f"coalesce({' OR '.join(found) or 'false'}, false)"

    def without(self, column: str, instead: str) -> str:
        """The column with another text in their place, as an expression."""
        cell, put = identifier(column), literal(rf"\1{instead}")
        for text in self.texts:
            # RE2 has no look-behind: what stands before goes into the answer
            pattern = rf"(?i)(^|[^0-9A-Za-z_]){_plain(text)}" + (r"\b" if text[-1].isalnum() else "")
            cell = f"regexp_replace({cell}, {literal(pattern)}, {put}, 'g')"
        return cell

    def forget(self, engine: DuckDB, instead: str) -> int:
        """Take them out of the facts; how many rows had them."""
        changed = 0
        for table, columns in TEXTS.items() if self.texts else ():
            where = " OR ".join(map(self.within, columns))
            told = ", ".join(f"{identifier(name)} = {self.without(name, instead)}" for name in columns)
            changed += int(engine.row(f"SELECT count(*) FROM {table} WHERE {where}")[0])
            engine.execute(f"UPDATE {table} SET {told} WHERE {where}")
        return changed


def _plain(text: str) -> str:
    """A pattern of RE2 that a text stands for itself in."""
    return re.sub(r"([^0-9A-Za-z_\x80-\U0010ffff])", r"\\\1", text)
