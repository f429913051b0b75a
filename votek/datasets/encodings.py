"""Bytes to text: which encoding, how that is known, and where it does not fit."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass, field

from votek.errors import FileError

__all__ = ["Decoded", "decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 65_536
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_HIGH_LINES = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœžšÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŽŠ‘’‚“”„–—…€£©®™°«»¿¡·§´\xa0•ªº½²³")


@dataclass
class Decoded:
    """The text, the encoding, and how it is known: "given", "byte order mark", "detected" or "assumed"."""

    text: str
    encoding: str
    known_by: str
    notes: list[str] = field(default_factory=list)

    @property
    def details(self) -> dict[str, str]:
        """For `Dataset.details`."""
        return {"encoding": self.encoding, "encoding_known_by": self.known_by}


def decode(content: bytes, encoding: str | None = None) -> Decoded:
    """`content` as text, without its byte order mark and with every line end as it is.

    Tried in turn: the given encoding (nothing else then), a byte order mark, UTF-8, UTF-16 and UTF-32
    without a mark, UTF-8 with a few bad bytes (these become lone surrogates, whose rows are refused
    later), common encodings by their letter statistics, Windows-1252, Latin-1.
    """
    if encoding is not None:
        return _given(content, encoding)
    for mark, name in _MARKS:
        if content.startswith(mark):
            return Decoded(_strictly(content[len(mark) :], name, "its byte order mark says"), name, "byte order mark")
    wide = _wide_without_mark(content)
    if wide is not None:
        return wide
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(content)
    if _looks_binary(content, allowed=0.02):
        raise FileError(_BINARY)
    if "\x1b$" in text[:_SAMPLE] or "\x1b(J" in text[:_SAMPLE]:
        shifted = _attempt(content, "iso2022_jp")
        if shifted is not None:
            return Decoded(shifted, "iso2022_jp", "detected")
    return Decoded(text, "utf-8", "detected")


_BINARY = (
    "this is not a text file: it holds control bytes that no text has. "
    "Save it as CSV, JSONL, Excel or Parquet and give it the ending of its format."
)


def _given(content: bytes, encoding: str) -> Decoded:
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise FileError(
            f"there is no encoding called {encoding!r}. Use a name such as utf-8, utf-16, windows-1252 or shift_jis."
        ) from None
    text = _strictly(content, name, "you chose")
    return Decoded(text.removeprefix("\ufeff"), name, "given")


def _strictly(content: bytes, name: str, why: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(name, errors="replace")
        line = before.count("\n") + 1 if "\n" in before else before.count("\r") + 1
        bad = " ".join(f"{byte:02X}" for byte in content[error.start : max(error.end, error.start + 1)][:4])
        raise FileError(
            f"{why} {name}, but line {line:,} of the file (row {max(line - 1, 1):,} below a header of one line) "
            f"holds the bytes {bad} at position {error.start:,}, which are no {name}. "
            "Choose another encoding, or let it be detected."
        ) from None
    except (UnicodeError, LookupError):  # codecs such as idna or hex, which are no encodings of whole files
        raise FileError(f"the file cannot be read as {name!r}. Choose another encoding.") from None


def _attempt(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return None


def _wide_without_mark(content: bytes) -> Decoded | None:
    sample = content[:_SAMPLE]
    zeros = sample.count(0)
    if not zeros:
        return None
    wide = ("utf-32-le", "utf-32-be") if zeros > len(sample) / 2 else ()
    # With fewer zeros, as in Cyrillic or Chinese, the bytes must also make no sense as UTF-8.
    surely = zeros > len(sample) / 4 or _looks_binary(content, allowed=0.02) or _attempt(content, "utf-8") is None
    for name in (*wide, "utf-16-le", "utf-16-be"):
        text = _attempt(content, name) if surely else None
        if text is not None and _plausible(text):
            return Decoded(text, name, "detected")
    return None


def _plausible(text: str) -> bool:
    start = text[:4096]
    if not any(mark in start for mark in "\n\r,;\t{["):
        return False
    return all(char in "\t\n\r" or unicodedata.category(char) not in ("Cc", "Cn", "Co", "Cs") for char in start)


def _looks_binary(content: bytes, *, allowed: float) -> bool:
    sample = content[:_SAMPLE]
    controls, zeros = len(_CONTROLS.findall(sample)), sample.count(0)
    return (controls >= 2 and controls > allowed * len(sample)) or (zeros >= 8 and zeros > 0.1 * len(sample))


def _not_utf8(content: bytes) -> Decoded:
    if _looks_binary(content, allowed=0):
        raise FileError(_BINARY)
    bad = _bad_utf8_bytes(content)
    if bad is not None:
        text = content.decode("utf-8", errors="surrogateescape")
        note = f"{bad:,} byte(s) are not UTF-8; the rows that hold them are refused."
        return Decoded(text, "utf-8", "detected", [note])
    if _is_western(content):
        text = content.decode("cp1252")
        return Decoded(text, "cp1252", "detected")
    from charset_normalizer import from_bytes

    best = from_bytes(_high_sample(content)).best()
    if best is not None:
        guess = _attempt(content, best.encoding)
        if guess is not None:
            return Decoded(guess.removeprefix("\ufeff"), best.encoding, "detected", [_CHECK])
    for name in ("cp1252", "latin-1"):
        assumed = _attempt(content, name)
        if assumed is not None:
            return Decoded(assumed, name, "assumed", [_CHECK])
    raise FileError(_BINARY)


_CHECK = "The encoding is a guess: look at a text with special characters, and choose another if it is wrong."


def _bad_utf8_bytes(content: bytes) -> int | None:
    """Bytes that are not UTF-8 in a file that clearly is UTF-8 apart from them; None: it is not."""
    good = len(_MULTIBYTE.findall(content))
    if not good:
        return None
    bad = len(re.findall("[\udc80-\udcff]", content.decode("utf-8", errors="surrogateescape")))
    return bad if good >= 4 * bad else None


def _is_western(content: bytes) -> bool:
    """Lone accented letters and typographic marks of Windows-1252, as western languages have them."""
    text = _attempt(content, "cp1252")
    if text is None:
        return False
    runs = _HIGH.findall(content)
    in_long_runs = sum(len(run) for run in runs if len(run) > 2)
    if in_long_runs * 10 > sum(map(len, runs)):
        return False
    return all(char in _WESTERN for char in b"".join(runs).decode("cp1252"))


def _high_sample(content: bytes) -> bytes:
    """The first lines that hold anything but ASCII: only they tell encodings apart."""
    parts: list[bytes] = []
    size = 0
    for found in _HIGH_LINES.finditer(content):
        parts.append(found[0][:_SAMPLE])
        size += len(parts[-1])
        if size >= _SAMPLE:
            break
    return b"".join(parts)
