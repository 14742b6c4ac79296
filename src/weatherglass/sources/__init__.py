"""Bytes in, batches of typed rows out: files of every kind as the source tables. No store."""

from weatherglass.sources.errors import Reject, SourceError
from weatherglass.sources.files import SourceFile, discover
from weatherglass.sources.lookups import lookup_among
from weatherglass.sources.matching import ColumnMatch
from weatherglass.sources.preview import FilePreview, preview
from weatherglass.sources.reading import Reading, read

__all__ = [
    "ColumnMatch",
    "FilePreview",
    "Reading",
    "Reject",
    "SourceError",
    "SourceFile",
    "discover",
    "lookup_among",
    "preview",
    "read",
]
