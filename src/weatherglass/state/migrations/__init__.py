"""Numbered steps that bring a state's tables forward; each is applied once, in order."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import sqlalchemy as sa

from weatherglass.state.database import Database
from weatherglass.state.errors import StateError

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "state_version"
_LOCK = 0x57676C73
"""PostgreSQL's advisory lock: two services that start at once bring one database forward one after the other."""


def newest() -> str:
    """The number of the last step."""
    names = [entry.name[:4] for entry in (files(__name__) / "versions").iterdir() if entry.name[:4].isdigit()]
    return max(names)


def bring_forward(database: Database) -> None:
    """Apply the steps that are missing. Errors: StateError for the state of a newer Weatherglass."""
    with database.reading() as connection:
        if version(connection) == newest():
            return
    with database.writing() as connection:
        if not database.sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        at = version(connection)
        if at is not None and at > newest():
            where = database.url.render_as_string(hide_password=True)
            raise StateError(
                f"{where}: this state was made by a newer Weatherglass (tables of version {at}, this one knows "
                f"{newest()}); upgrade Weatherglass, nothing was changed"
            )
        # Alembic takes a while to import, and is needed once in a version's life
        from alembic import command

        command.upgrade(configuration(connection), "head")


def version(connection: sa.Connection) -> str | None:
    """The number of the last step that was applied; None in an empty database."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(sa.text(f"SELECT max(version_num) FROM {VERSION_TABLE}")).scalar()


def configuration(connection: sa.Connection) -> Config:
    """What Alembic needs to know."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(files(__name__)))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made
