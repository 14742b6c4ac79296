"""Accounts as CSV for spreadsheets: texts that a spreadsheet would take for a formula stay texts."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from weatherglass.engine.dialect import identifier
from weatherglass.jobs.views.choosing import Choice
from weatherglass.jobs.views.standing import ATTRIBUTES, SCORES, Standing

COLUMNS = ("account_id", *ATTRIBUTES, "revenue", *SCORES)
FORMULA = r"^([=+\-@\t\r])"


def spreadsheet(standing: Standing, choice: Choice) -> bytes:
    """The chosen accounts as they stand on the last day. Errors: UnknownAccount where nothing is scored."""
    condition, values = choice.sql()
    columns = ", ".join(map(identifier, COLUMNS))
    table = standing.store.engine.arrow(
        f"SELECT {columns} FROM ({standing.relation(standing.day())}) WHERE {condition} ORDER BY account_id", values
    )
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            harmless = pc.replace_substring_regex(table.column(place), FORMULA, r"'\1")
            table = table.set_column(place, field.name, harmless)
    file = io.BytesIO()
    pa_csv.write_csv(table, file)
    return file.getvalue()
