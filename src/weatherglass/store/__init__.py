"""What is kept: the facts as loaded, their roll-ups and the history of scores, in one folder."""

from weatherglass.store.errors import StoreError
from weatherglass.store.store import Store

__all__ = ["Store", "StoreError"]
