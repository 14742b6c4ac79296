"""The bytes of a file: read through its compression, tried to the end, told apart by their beginning."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Literal

import zstandard

from weatherglass.sources.errors import SourceError

Compression = Literal["none", "gzip", "zstd"]

HEAD = 1 << 20
"""So many bytes are looked at to know a file's header or its first record."""
_CHUNK = 1 << 20

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)


def chunks(path: Path, compression: Compression) -> Iterator[bytes]:
    """The uncompressed bytes of a file, in pieces. Raises `SourceError`, also midway: for a file that is cut off."""
    try:
        with path.open("rb") as raw:
            if compression == "gzip":
                with gzip.GzipFile(fileobj=raw) as unzipped:
                    yield from iter(lambda: unzipped.read(_CHUNK), b"")
            elif compression == "zstd":
                yield from _frames(raw)
            else:
                yield from iter(lambda: raw.read(_CHUNK), b"")
    except _BROKEN as error:
        raise _damaged(path, compression) from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}", file=str(path)) from error


def _frames(raw: BinaryIO) -> Iterator[bytes]:
    """The frames of a Zstandard file, one after the other; the library's own reader takes a part of one for the end."""
    decompressor, whole, rest = zstandard.ZstdDecompressor().decompressobj(), True, b""
    while chunk := rest or raw.read(_CHUNK):
        yield decompressor.decompress(chunk)
        whole, rest = decompressor.eof, decompressor.unused_data
        if whole:
            decompressor = zstandard.ZstdDecompressor().decompressobj()
    if not whole:
        raise EOFError


def _damaged(path: Path, compression: Compression) -> SourceError:
    kind = {"gzip": "gzip", "zstd": "Zstandard"}[compression]
    told = f"{path}: not a whole {kind} file: it is cut off or damaged; copy or export it again"
    return SourceError(told, file=str(path))


def head(path: Path, compression: Compression) -> bytes:
    """The first bytes of a file, about `HEAD`; fewer only where there are fewer."""
    found = b""
    for chunk in chunks(path, compression):
        found += chunk
        if len(found) >= HEAD:
            break
    return found


def verify(path: Path, compression: Compression) -> None:
    """Decompress a file to its end, as the engine accepts some that were cut off or damaged. Raises `SourceError`."""
    if compression != "none":
        for _ in chunks(path, compression):
            pass


def is_utf16(start: bytes) -> bool:
    """Whether a text starts with the byte order mark of UTF-16."""
    return start.startswith(_UTF16)


@contextmanager
def as_utf8(path: Path, compression: Compression, start: bytes) -> Iterator[tuple[Path, Compression]]:
    """The file itself, or where it is UTF-16 a temporary copy in UTF-8, which the engine can read."""
    if not is_utf16(start):
        yield path, compression
        return
    with TemporaryDirectory(prefix="weatherglass-") as folder:
        copy = Path(folder) / "utf8"
        decoder = codecs.getincrementaldecoder("utf-16")()
        try:
            with copy.open("wb") as target:
                for chunk in chunks(path, compression):
                    target.write(decoder.decode(chunk).encode())
                target.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as error:
            told = f"{path}: starts as UTF-16 but is not; save the file as UTF-8"
            raise SourceError(told, file=str(path)) from error
        yield copy, "none"


def ends_lines_in_one_way(path: Path, compression: Compression) -> bool:
    """Whether the lines of a delimited file all end in LF, or all in CR LF, or all in CR; those in quotes do not count.

    Reads the file to its end, and so verifies it too.
    """
    kinds: set[str] = set()
    quoted = False
    held = b""
    for read in chunks(path, compression):
        chunk = held + read
        held = b"\r" if chunk.endswith(b"\r") else b""
        chunk = chunk[: len(chunk) - len(held)]
        kinds |= _line_ends(chunk, quoted)
        quoted ^= chunk.count(b'"') % 2 == 1
    return len(kinds | ({"cr"} if held else set())) < 2


def _line_ends(chunk: bytes, quoted: bool) -> set[str]:
    """The kinds of line ends in some bytes; `quoted` says whether they begin within quotes."""
    if b"\r" not in chunk:
        # the usual file: nothing to tell apart
        return {"lf"} if b"\n" in chunk else set()
    outside = b"\0".join(chunk.split(b'"')[quoted::2])
    both = outside.count(b"\r\n")
    counts = {"crlf": both, "lf": outside.count(b"\n") - both, "cr": outside.count(b"\r") - both}
    return {kind for kind, count in counts.items() if count}
