"""The kinds of archives: what each is called, what may be in it, and how to speak of one that is damaged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from votek.errors import CorruptFileError

__all__ = ["BACKUP", "BUNDLE", "MANIFEST", "Kind", "damaged"]

MANIFEST = "manifest.json"
_SHARED = (
    r"tables/[a-z_]{1,40}\.jsonl|files/datasets/[0-9a-f]{64}\.parquet|files/stages/keys/[0-9A-Za-z_-]{1,200}\.json"
    r"|files/stages/arrays/[0-9a-f]{64}\.npy"
)


@dataclass(frozen=True)
class Kind:
    """A kind of archive.

    `word`: what it is called; `made_by`, `used_by`: the commands that write and read it; `use`, `used`: what the
    second one does with it, and its participle. `manifest`: the name of its manifest, of `most_manifest` bytes at the
    most; `format`: the newest form of it that this program writes. `member`: the names that its members may have.
    """

    word: str
    made_by: str
    used_by: str
    use: str
    used: str
    manifest: str
    most_manifest: int
    format: int
    member: re.Pattern[str]


BACKUP = Kind(
    word="backup",
    made_by="votek backup",
    used_by="votek restore",
    use="restore",
    used="restored",
    manifest=MANIFEST,
    most_manifest=512 * 1024 * 1024,
    format=1,
    member=re.compile(rf"{_SHARED}|files/scores/[0-9A-Za-z_-][0-9A-Za-z_.-]{{0,200}}|files/sample\.made"),
)
BUNDLE = Kind(
    word="bundle",
    made_by="votek bundle",
    used_by="votek open-bundle",
    use="open",
    used="opened",
    manifest="bundle.json",
    most_manifest=16 * 1024 * 1024,
    format=1,
    member=re.compile(_SHARED),
)


def damaged(path: Path, why: object, kind: Kind = BACKUP) -> CorruptFileError:
    """What to tell a person whose archive is not as it was written."""
    return CorruptFileError(
        f"The {kind.word} {path.name} is damaged or was changed: {why}. Nothing was {kind.used}. Take another copy of "
        f"it, or an earlier {kind.word}."
    )
