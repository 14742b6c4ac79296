"""Changing values in a project file's text and leaving all else as it stands: comments, order, blank lines."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import yaml

from weatherglass.config.document import parse, written
from weatherglass.config.errors import ConfigError, Mistake

Path = tuple[Hashable, ...]
Changes = Mapping[Path, object]
"""Keys and list places from the top of the document, each with its new value."""


def edited(text: str, changes: Changes, name: str) -> str:
    """The text with new values: put in place of what stands there, or added as a new key.

    Errors: ConfigError where a path leads through something that is no mapping or list.
    """
    for path, value in changes.items():
        text = _edited(text, path, flow(value), name)
    return text


def _edited(text: str, path: Path, value: str, name: str) -> str:
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    if root is None or _is_empty(root):
        return f"{text.rstrip()}\n\n{_key(path[0])}: {_nested(path[1:], value)}\n".lstrip()
    node, rest = root, list(path)
    while rest:
        found = _child(node, rest[0])
        if found is None or (len(rest) > 1 and _is_empty(found)):
            break
        node = found
        rest.pop(0)
    if not rest:
        return _replaced(text, node, value)
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError([Mistake(name, ".".join(map(str, path)), "cannot be set: what holds it is no mapping")])
    empty = _child(node, rest[0])
    if empty is not None:
        return _replaced(text, empty, _nested(rest[1:], value))
    return _inserted(text, node, f"{_key(rest[0])}: {_nested(rest[1:], value)}")


def listed(text: str, path: Path, value: object, *, last: bool = False) -> str:
    """The text with a value as the first or last of the list at a path, which is there and not empty."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.BaseLoader)
    for key in path:
        node = None if node is None else _child(node, key)
    assert isinstance(node, yaml.SequenceNode) and node.value, "only lists that hold something come here"
    at, column, end = int(node.start_mark.index), int(node.start_mark.column), _end(node.value[-1])
    if node.flow_style:
        if last:
            return f"{text[:end]}, {flow(value)}{text[end:]}"
        return f"{text[: at + 1]}{flow(value)}, {text[at + 1 :]}"
    if last:
        line = _line(text, end)
        return f"{text[:line].rstrip(chr(10))}\n{' ' * column}- {flow(value)}\n{text[line:]}"
    return f"{text[:at]}- {flow(value)}\n{' ' * column}{text[at:]}"


def removed(text: str, path: Path, name: str) -> str:
    """The text without the key or list place at a path; a block that it leaves empty goes with its key.

    Errors: ConfigError where nothing stands there, or it cannot be taken out by itself.
    """
    path, (start, end) = _cut(text, path)
    new = text[:start] + text[end:]
    if start == end or (parse(new, name).data or {}) != _without(parse(text, name).data, path):
        told = "cannot be taken out by itself here; take it out of the file"
        raise ConfigError([Mistake(name, written(path), told)])
    return new


def _without(data: Any, path: Path) -> Any:
    """The data without what stands at a path."""
    if isinstance(data, list):
        place = path[0] if isinstance(path[0], int) else 0
        rest = [] if len(path) == 1 else [_without(data[place], path[1:])]
        return [*data[:place], *rest, *data[place + 1 :]]
    if len(path) == 1:
        return {key: value for key, value in data.items() if key != path[0]}
    return {**data, path[0]: _without(data[path[0]], path[1:])}


def _cut(text: str, path: Path) -> tuple[Path, tuple[int, int]]:
    """What is to go, and from where to where it stands; nothing where it is not there."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.BaseLoader)
    for key in path[:-1]:
        node = None if node is None else _child(node, key)
    if not isinstance(node, yaml.CollectionNode):
        return path, (0, 0)
    parts = [_entry(place, part) for place, part in enumerate(node.value)]
    at = next((place for place, (key, _, _) in enumerate(parts) if key == str(path[-1])), None)
    if at is None:
        return path, (0, 0)
    if len(parts) == 1 and len(path) > 1 and not node.flow_style:
        return _cut(text, path[:-1])
    _, start, end = parts[at]
    if not node.flow_style:
        return path, (text.rfind("\n", 0, start) + 1, _line(text, end))
    if at == 0 and len(parts) > 1:
        return path, (start, parts[1][1])
    return path, (parts[at - 1][2] if at else start, end)


def _entry(place: int, part: Any) -> tuple[str, int, int]:
    """The key or place of an entry, and where it begins and ends."""
    if isinstance(part, tuple):
        return str(part[0].value), int(part[0].start_mark.index), _end(part[1])
    return str(place), int(part.start_mark.index), _end(part)


def _line(text: str, at: int) -> int:
    """Where the line after a place begins."""
    if at > 0 and text[at - 1] == "\n":
        return at
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _child(node: yaml.Node, key: Hashable) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        child: yaml.Node = node.value[key]
        return child
    return None


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null") and node.style is None


def _replaced(text: str, node: yaml.Node, value: str) -> str:
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        # a block's end mark stands at the next key: what is between is kept
        end = _end(node)
        start = len(text[:start].rstrip(" \n"))
        value = f" {value}"
    space = " " if start == end and text[start - 1 : start] == ":" else ""
    return text[:start] + space + value + text[end:]


def _end(node: yaml.Node) -> int:
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _inserted(text: str, node: yaml.MappingNode, entry: str) -> str:
    if node.flow_style:
        start = int(node.start_mark.index) + 1
        return text[:start] + entry + (", " if node.value else "") + text[start:]
    first = node.value[0][0].start_mark
    at = int(first.index)
    return text[:at] + entry + "\n" + " " * int(first.column) + text[at:]


def _nested(rest: Sequence[Hashable], value: str) -> str:
    for key in reversed(rest):
        value = f"{{{_key(key)}: {value}}}"
    return value


def _key(key: Hashable) -> str:
    number = isinstance(key, (int, float)) and not isinstance(key, bool)
    return flow(key if number else str(key))


def flow(value: object) -> str:
    """A value on one line, as people write it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str) and value.replace("_", "").replace("-", "").isalnum() and not value[0].isdigit():
        return value if value.lower() not in ("null", "true", "false", "yes", "no", "on", "off") else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def card_path(data: Any, place: int) -> Path:
    """Where the card at a place among the project's stands in the file's data; a new section where there is none."""
    if isinstance(data, Mapping) and isinstance(data.get("scorecards"), list) and place < len(data["scorecards"]):
        return ("scorecards", place)
    return ("scorecard",)
