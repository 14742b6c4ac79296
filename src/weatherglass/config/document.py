"""A YAML text as plain data, and where in the text each part of it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable
from dataclasses import dataclass, field

import yaml

from weatherglass.config.errors import ConfigError, Mistake

Path = tuple[Hashable, ...]
"""Keys and list places from the top of the document."""

_MOST_PARTS = 50_000
"""More than any real file has; an alias of an alias of an alias can ask for billions."""

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    ".nan": float("nan"),
    ".inf": float("inf"),
    "-.inf": float("-inf"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Document:
    """A parsed YAML text. `mistakes` are those that do not keep the rest from being read, such as a key given twice."""

    name: str
    data: object = None
    places: dict[Path, Place] = field(default_factory=dict)
    """The place of each key and of each list item."""
    mistakes: list[Mistake] = field(default_factory=list)

    def mistake(self, path: Path, message: str) -> Mistake:
        """A mistake at a path, which may be one that is not in the text (a key that is missing)."""
        while path and path not in self.places and isinstance(path[-1], int):
            path = path[:-1]
        known = path
        while known and known not in self.places:
            known = known[:-1]
        place = self.places.get(known, Place(1, 1))
        return Mistake(self.name, written(path), message, place.line, place.column)


def written(path: Path) -> str:
    """A path as people write it: `milestones[2].due_day`."""
    text = ""
    for part in path:
        if text and isinstance(part, int) and not isinstance(part, bool):
            text += f"[{part}]"
        else:
            name = str(part)
            text += ("." if text else "") + (
                name if re.fullmatch(r"[\w-]+", name) else json.dumps(name, ensure_ascii=False)
            )
    return text


def parse(text: str, name: str) -> Document:
    """Read one YAML document.

    Plain words are read as YAML 1.2 does: only true and false are truths, dates and `yes`, `no`, `on`, `off` are texts.
    Raises ConfigError for a text that is not YAML; the rest of the text cannot be read then.
    """
    document = Document(name)
    try:
        # BaseLoader resolves nothing: what a plain word means is decided here, and no tag builds an object.
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        raise ConfigError([_syntax(error, text, name)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        told = f"character U+{ord(text[error.position]):04X} is not allowed in YAML"
        raise ConfigError([Mistake(name, "", told, line)]) from None
    if root is not None:
        document.data = _Builder(document).build(root, (), frozenset())
    return document


def _syntax(error: yaml.MarkedYAMLError, text: str, name: str) -> Mistake:
    mark = error.problem_mark or error.context_mark
    assert mark is not None, "a MarkedYAMLError has a mark"
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    problem = error.problem or "cannot be read"
    if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in problem:
        told = "a tab in the indentation; YAML wants spaces"
    elif "expected a single document" in (error.context or ""):
        told = "a second document (---) in the file; keep one"
    else:
        told = f"not YAML: {problem}" + (f" ({error.context})" if error.context else "") + f", column {mark.column + 1}"
    return Mistake(name, "", told, mark.line + 1, mark.column + 1)


class _Builder:
    """Turns YAML nodes into dicts, lists and scalars, and notes where each was."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._parts = 0

    def build(self, node: yaml.Node, path: Path, above: frozenset[int]) -> object:
        """The data of a node; `above` are the nodes that it is inside of."""
        self._parts += 1
        if id(node) in above or self._parts > _MOST_PARTS:
            told = "an alias inside of itself" if id(node) in above else "too many parts; are aliases nested?"
            raise ConfigError([*self._document.mistakes, self._mistake(node, path, told)])
        if isinstance(node, yaml.MappingNode) and _is_plain(node):
            return self._mapping(node, path, above | {id(node)})
        if isinstance(node, yaml.SequenceNode) and _is_plain(node):
            return self._list(node, path, above | {id(node)})
        if isinstance(node, yaml.ScalarNode) and _is_plain(node):
            return _scalar(node)
        told = f"the tag {node.tag} is not allowed; write a plain value"
        self._document.mistakes.append(self._mistake(node, path, told))
        return None

    def _mapping(self, node: yaml.MappingNode, path: Path, above: frozenset[int]) -> dict[Hashable, object]:
        data: dict[Hashable, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or not _is_plain(key_node):
                self._document.mistakes.append(self._mistake(key_node, path, "a key must be a plain word"))
                continue
            key = _scalar(key_node)
            at = (*path, key)
            if key in data:
                first = self._document.places[at].line
                told = f"given twice, first in line {first}; keep one"
                self._document.mistakes.append(self._mistake(key_node, at, told))
                continue
            if key == "<<":
                told = "merge keys are not supported; write the options out, or give the card a base"
                self._document.mistakes.append(self._mistake(key_node, at, told))
                continue
            self._document.places[at] = _place(key_node)
            data[key] = self.build(value_node, at, above)
        return data

    def _list(self, node: yaml.SequenceNode, path: Path, above: frozenset[int]) -> list[object]:
        items = []
        for index, item in enumerate(node.value):
            self._document.places[(*path, index)] = _place(item)
            items.append(self.build(item, (*path, index), above))
        return items

    def _mistake(self, node: yaml.Node, path: Path, message: str) -> Mistake:
        place = _place(node)
        return Mistake(self._document.name, written(path), message, place.line, place.column)


def _is_plain(node: yaml.Node) -> bool:
    kind = {yaml.MappingNode: "map", yaml.SequenceNode: "seq", yaml.ScalarNode: "str"}[type(node)]
    return bool(node.tag == f"tag:yaml.org,2002:{kind}")


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _scalar(node: yaml.ScalarNode) -> Hashable:
    text: str = node.value
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        # Python refuses to read numbers of thousands of digits, and nothing here counts that far.
        return int(text) if len(text) < 20 else float(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
