"""Named parts that every project has, and what a file changes of them, adds to them, or does without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weatherglass.config.frozen import Frozen


def laid_over(data: Any, part: str, switch: str, presets: Mapping[str, Frozen], fixed: str = "") -> Any:
    """The data of an object with its `part` laid over presets; with `switch` off, or an empty list, without them.

    fixed: an option of a preset; what is written under its name with another value takes its place whole.
    """
    if not isinstance(data, Mapping):
        return data
    given = data.get(part, {})
    if given is None or given == []:
        return {**data, part: {}, switch: False}
    if data.get(switch, True) is False:
        return {**data, part: given}
    if part not in data or not isinstance(given, Mapping):
        return data
    merged: dict[Any, Any] = {name: preset.model_dump(exclude_unset=True) for name, preset in presets.items()}
    for name, own in given.items():
        base, value = merged.get(name), own
        changes = (
            isinstance(value, Mapping) and base is not None and value.get(fixed, base.get(fixed)) == base.get(fixed)
        )
        merged[name] = {**base, **value} if changes and base is not None else value
    return {**data, part: merged}
