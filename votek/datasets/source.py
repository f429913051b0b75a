"""From a path or an upload to bytes: size, gzip, and what the first bytes say they are."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

from votek.datasets.formats import Format, find_format, format_of_ending, formats
from votek.datasets.limits import Limits
from votek.errors import FileError

__all__ = ["Source", "open_source"]

_PART = 1_000_000
_SAFE = 32_000_000
_MOST_RATIO = 100
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"ARROW1\x00\x00", "an Arrow file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    *((b"\x80" + bytes([protocol]), "a Python pickle, which is never opened") for protocol in range(2, 6)),
)


@dataclass(frozen=True)
class Source:
    """The unpacked content of one file, and its format."""

    name: str
    content: bytes
    format: Format
    compressed: bool


def open_source(source: str | Path | bytes, *, name: str | None, format: str | None, limits: Limits) -> Source:
    """Reads and unpacks; raises FileError for what is too large, broken, or not what its name says."""
    wanted = find_format(format) if format else None
    name, content = _load(source, name, limits)
    if not content:
        raise FileError("the file is empty. Give a file with one row per text.")
    compressed = content.startswith(_GZIP)
    inner = name
    if compressed:
        content = _gunzip(content, limits)
        inner = name[:-3] if name.lower().endswith(".gz") else name
        if content.startswith(_GZIP):
            raise FileError("a gzip file inside a gzip file. Unpack it once and give that.")
        if not content:
            raise FileError("the gzip file holds an empty file. Give a file with one row per text.")
    elif name.lower().endswith(".gz"):
        raise FileError("the name ends in .gz, but the content is not gzip. Give the file its real ending.")
    return Source(name, content, _checked(content, wanted or format_of_ending(inner), inner), compressed)


def _load(source: str | Path | bytes, name: str | None, limits: Limits) -> tuple[str, bytes]:
    if isinstance(source, str | Path):
        path = Path(source)
        try:
            size = path.stat().st_size
            if path.is_dir():
                raise FileError("this is a folder. Give a file in it.")
            _check_size(size, limits)
            return name or path.name, path.read_bytes()
        except FileNotFoundError:
            raise FileError(f"there is no such file ({path}). Check the path.") from None
        except OSError as error:
            raise FileError(f"the file cannot be read ({error.strerror or error}). Check its permissions.") from None
    _check_size(len(source), limits)
    return name or "upload", bytes(source)


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.max_bytes:
        raise FileError(
            f"{size / 1e6:,.1f} MB; at most {limits.max_bytes / 1e6:,.0f} MB can be read. "
            "Leave out columns that are not needed, or raise VOTEK_MAX_UPLOAD_MB."
        )


def _gunzip(content: bytes, limits: Limits) -> bytes:
    most = limits.max_unpacked_bytes
    unpacked = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            while len(unpacked) <= most and (part := stream.read(_PART)):
                unpacked += part
                # Text shrinks three to thirty times; what shrinks far more is made to fill the memory.
                if len(unpacked) > _SAFE and len(unpacked) > _MOST_RATIO * len(content):
                    raise FileError(
                        f"the gzip file grows from {len(content):,} to more than {len(unpacked):,} bytes when "
                        "unpacked, which no ordinary text does. Unpack it and give the file inside."
                    )
    except EOFError:
        raise FileError("the gzip file ends too early: it was cut off. Copy or download it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise FileError(f"the gzip file is damaged ({error}). Copy or download it again.") from None
    if len(unpacked) > most:
        raise FileError(
            f"the gzip file holds more than {most / 1e6:,.0f} MB. Leave out columns that are not needed, "
            "or raise VOTEK_MAX_UNPACKED_MB."
        )
    return bytes(unpacked)


def _checked(content: bytes, format: Format | None, name: str) -> Format:
    """The format, unless the first bytes say that it is something else."""
    actual = _binary_format(content)
    if format is None and actual is not None:
        return actual
    if format is None:
        endings = ", ".join(ending for known in formats().values() for ending in known.endings)
        raise FileError(f"the name {name!r} does not tell the format. Choose one, or use an ending of: {endings}.")
    if actual is not None and actual is not format:
        raise FileError(
            f"named or given as {format.title}, but the content is {actual.title}. "
            f"Give it the ending {actual.endings[0]}, or choose {actual.title} as the format."
        )
    return format


def _binary_format(content: bytes) -> Format | None:
    if content.startswith(b"PAR1"):
        return find_format("parquet")
    if content.startswith(b"PARE"):
        raise FileError("the Parquet file is encrypted. Save it without encryption.")
    if content.startswith(_OLE):
        raise FileError(
            "an Excel file that is protected by a password, or of the old .xls kind. "
            "Save it as .xlsx without a password, or as CSV."
        )
    if content.startswith(_ZIP):
        if b"xl/" in content:
            return find_format("xlsx")
        raise FileError("this is a zip archive. Unpack it and give the file inside.")
    for start, what in _FOREIGN:
        if content.startswith(start):
            raise FileError(
                f"this is {what}, not a table of texts. Give CSV, JSONL, JSON, Excel, Parquet or plain text."
            )
    return None
