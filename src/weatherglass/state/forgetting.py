"""Taking an account out of what was told and done about it."""

from __future__ import annotations

import sqlalchemy as sa

from weatherglass.state.tables import decisions, episodes, members, notes, opinions, outbox, runs, task_comments, tasks


def forget_account(connection: sa.Connection, account_id: str) -> int:
    """Its episodes, tasks, runs of plays, memberships, opinions, decisions and notes, and all messages of them.

    How many rows it was.
    """
    streams = [
        f"audience:{name}:{account_id}"[:400] for name in _numbers(connection, members.c.audience, members, account_id)
    ]
    for kind, table in (("alert", episodes), ("task", tasks)):
        streams += [f"{kind}:{number}" for number in _numbers(connection, table.c.id, table, account_id)]
    mine = sa.select(tasks.c.id).where(tasks.c.account_id == account_id)
    gone = connection.execute(task_comments.delete().where(task_comments.c.task.in_(mine))).rowcount
    for table in (tasks, runs, episodes, members, opinions, decisions, notes):
        gone += connection.execute(table.delete().where(table.c.account_id == account_id)).rowcount
    gone += connection.execute(outbox.delete().where(outbox.c.stream.in_(streams))).rowcount
    # what said that it left an audience is of an account that is no member any more
    ended = outbox.c.stream.startswith("audience:") & outbox.c.stream.endswith(f":{account_id}"[:300], autoescape=True)
    return int(gone + connection.execute(outbox.delete().where(ended)).rowcount)


def _numbers(connection: sa.Connection, column: sa.Column[object], table: sa.Table, account_id: str) -> list[object]:
    return list(connection.execute(sa.select(column).where(table.c.account_id == account_id)).scalars())
