"""The bytes of a file: opened through its compression, tried to the end, told apart by their beginning."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Literal, cast

import zstandard

from weatherglass.sources.errors import SourceError

Compression = Literal["none", "gzip", "zstd"]

HEAD = 1 << 20
"""So many bytes are looked at to know a file's header or its first record."""
_CHUNK = 1 << 20

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)


@contextmanager
def opened(path: Path, compression: Compression) -> Iterator[BinaryIO]:
    """The uncompressed bytes of a file. Raises `SourceError` where they cannot be had, also while they are read."""
    try:
        with path.open("rb") as raw:
            if compression == "gzip":
                with gzip.GzipFile(fileobj=raw) as unzipped:
                    yield cast(BinaryIO, unzipped)
            elif compression == "zstd":
                reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
                yield cast(BinaryIO, reader)
            else:
                yield raw
    except _BROKEN as error:
        raise damaged(path, compression) from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}", file=str(path)) from error


def head(path: Path, compression: Compression) -> bytes:
    """The first bytes of a file, at most `HEAD`; fewer only where there are fewer."""
    with opened(path, compression) as source:
        parts: list[bytes] = []
        missing = HEAD
        while missing and (part := source.read(missing)):
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


def verify(path: Path, compression: Compression) -> None:
    """Decompress a file to its end, as the engine accepts some that were cut off or damaged. Raises `SourceError`."""
    if compression == "gzip":
        with opened(path, compression) as source:
            while source.read(_CHUNK):
                pass
    elif compression == "zstd":
        _verify_frames(path)


def _verify_frames(path: Path) -> None:
    try:
        with path.open("rb") as raw:
            decompressor, whole, rest = zstandard.ZstdDecompressor().decompressobj(), True, b""
            while chunk := rest or raw.read(_CHUNK):
                decompressor.decompress(chunk)
                whole, rest = decompressor.eof, decompressor.unused_data
                if whole:
                    decompressor = zstandard.ZstdDecompressor().decompressobj()
            if not whole:
                raise EOFError
    except _BROKEN as error:
        raise damaged(path, "zstd") from error


def damaged(path: Path, compression: Compression) -> SourceError:
    """The error of a compressed file that is cut off or not what it says it is."""
    kind = {"gzip": "gzip", "zstd": "Zstandard"}[compression]
    return SourceError(
        f"{path}: not a whole {kind} file: it is cut off or damaged; copy or export it again", file=str(path)
    )


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
            with opened(path, compression) as source, copy.open("wb") as target:
                while chunk := source.read(_CHUNK):
                    target.write(decoder.decode(chunk).encode())
                target.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as error:
            raise SourceError(f"{path}: starts as UTF-16 but is not; save the file as UTF-8", file=str(path)) from error
        yield copy, "none"
