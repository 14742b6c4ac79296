"""What runs SQL. Only this room imports a driver."""

from weatherglass.engine.duckdb import DuckDB
from weatherglass.engine.errors import EngineError

__all__ = ["DuckDB", "EngineError"]
