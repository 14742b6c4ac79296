"""Files that a form brings: written to a folder of their own while they are looked at, and taken away afterwards."""

from __future__ import annotations

import mmap
import re
import shutil
import tempfile
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

from starlette.requests import Request

from weatherglass.web.pages.forms import URLENCODED, BadForm, Form, kind
from weatherglass.web.pages.forms import read as read_plain

MULTIPART = "multipart/form-data"
MOST_BYTES = 256 * 2**20
"""Of all files of a form; larger ones are loaded on the command line, which reads them where they are."""
MOST_FILES = 40
MOST_FIELD_BYTES = 64 * 1024
LONGEST_NAME = 150
_PIECE = 1 << 20
_ODD = re.compile(r"[\x00-\x1f\x7f/\\]")


class Upload(Form):
    """A form with files. Close it: they are there no longer than that."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.files: list[Path] = []

    def put(self, name: str, value: str) -> None:
        super().__init__([*self._pairs, (name, value)])

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


async def read(request: Request) -> Upload:
    """The form of a request. Errors: BadForm, and then nothing is left of it."""
    upload = Upload(Path(tempfile.mkdtemp(prefix="weatherglass-upload-")))
    try:
        if kind(request) == URLENCODED:
            # a browser's form always comes with files; what else asks is answered like any form
            for name, value in (await read_plain(request)).items():
                upload.put(name, value)
            return upload
        boundary = _boundary(request.headers.get("content-type", ""))
        body = upload.folder / "body"
        with body.open("wb") as file:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_BYTES:
                    raise BadForm(
                        f"these files are larger than {MOST_BYTES >> 20} MB together: send fewer at a time, "
                        "or load them with `weatherglass load`"
                    )
                file.write(chunk)
        if size:
            _split(upload, body, boundary)
        body.unlink()
    except BaseException:
        upload.close()
        raise
    return upload


def _boundary(content_type: str) -> bytes:
    header = Message()
    header["content-type"] = content_type
    found = header.get_boundary()
    if header.get_content_type() != MULTIPART or not found:
        raise BadForm(f"files come as {MULTIPART}")
    return b"--" + found.encode("utf-8", "surrogateescape")


def _split(upload: Upload, body: Path, boundary: bytes) -> None:
    with body.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        at = text.find(boundary)
        while at >= 0 and text[at + len(boundary) : at + len(boundary) + 2] == b"\r\n":
            head = at + len(boundary) + 2
            begin = text.find(b"\r\n\r\n", head)
            following = text.find(b"\r\n" + boundary, max(begin, head))
            if begin < 0 or following < 0:
                raise BadForm("the form ends too early: send it again")
            _take(upload, text, head, (begin + 4, max(begin + 4, following)))
            at = following + 2


def _take(upload: Upload, text: mmap.mmap, head: int, part: tuple[int, int]) -> None:
    begin, end = part
    said = BytesHeaderParser().parsebytes(text[head:begin])
    name = said.get_param("name", "", "content-disposition")
    given = said.get_filename()
    if given is None:
        if end - begin > MOST_FIELD_BYTES:
            raise BadForm("a field of the form is too long")
        upload.put(str(name), text[begin:end].decode("utf-8", "replace").replace("\x00", ""))
    elif given:
        _write(upload, _named(given), text, part)


def _named(given: str) -> str:
    """A name of a file and of nothing else: what stands before a slash is the sender's folder."""
    name = _ODD.sub("", given.replace("\\", "/").rpartition("/")[2]).lstrip(".")[-LONGEST_NAME:]
    if not name:
        raise BadForm("a file has no name")
    return name


def _write(upload: Upload, name: str, text: mmap.mmap, part: tuple[int, int]) -> None:
    if len(upload.files) >= MOST_FILES:
        raise BadForm(f"these are more than {MOST_FILES} files: send fewer at a time, or load their folder")
    path = upload.folder / "files" / name
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        raise BadForm(f"there are two files named {name}: a table is known by its file's name")
    with path.open("wb") as file:
        for at in range(part[0], part[1], _PIECE):
            file.write(text[at : min(at + _PIECE, part[1])])
    upload.files.append(path)
