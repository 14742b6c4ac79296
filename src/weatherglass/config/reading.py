"""Reading a project file: its short forms spelled out, its mistakes told with their lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath

from pydantic import ValidationError

from weatherglass.config import document as yaml_text
from weatherglass.config.document import Document
from weatherglass.config.errors import ConfigError, Mistake
from weatherglass.config.problems import explained, shown
from weatherglass.config.project import Project
from weatherglass.config.written import Written

FILE_NAME = "weatherglass.yml"

DEFAULT_PROJECT = Project()
"""What holds where there is no file: the default card, UTC, no milestones."""


def read_project(path: FilePath) -> Project:
    """The project of a file. Raises ConfigError with every mistake in it."""
    try:
        return parse_project(path.read_bytes().decode("utf-8-sig"), str(path))
    except FileNotFoundError:
        raise ConfigError([Mistake(str(path), "", "there is no such file; `weatherglass init` writes one")]) from None
    except UnicodeDecodeError as error:
        told = f"not UTF-8: byte 0x{error.object[error.start]:02X}; save the file as UTF-8"
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError([Mistake(str(path), "", told, line)]) from None
    except OSError as error:
        raise ConfigError([Mistake(str(path), "", f"cannot be read: {error.strerror}")]) from None


def parse_project(text: str, name: str = FILE_NAME) -> Project:
    """The project of a YAML text; `name` is what messages call it. Raises ConfigError with every mistake in it."""
    document = yaml_text.parse(text, name)
    if document.data is None and not document.mistakes:
        return DEFAULT_PROJECT
    if not isinstance(document.data, Mapping):
        told = f"must be a mapping of options such as `timezone: UTC`, not {shown(document.data)}"
        raise ConfigError([*document.mistakes, document.mistake((), told)])
    form = Written(document.data)
    mistakes = [*document.mistakes, *(document.mistake(path, told) for path, told in form.mistakes)]
    project, wrong = _validated(form, document)
    if mistakes or wrong or project is None:
        raise ConfigError([*mistakes, *wrong])
    return project


def _validated(form: Written, document: Document) -> tuple[Project | None, list[Mistake]]:
    try:
        return Project.model_validate(form.full), []
    except ValidationError as error:
        return None, [
            # "[key]" is how pydantic marks a wrong key; the key itself is the part before it.
            document.mistake(form.path_of(tuple(part for part in detail["loc"] if part != "[key]")), explained(detail))
            for detail in error.errors(include_url=False)
        ]
