"""Scores that were paid for once: an append-only file per scorer, by the hash of the prompt."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from votek.errors import StorageError
from votek.scoring.digests import request_key
from votek.scoring.protocol import Done, Request, Score, Scorer
from votek.scoring.streams import ended

__all__ = ["CachedScorer", "ScoreFile"]

SYNC_SECONDS = 1.0


class ScoreFile:
    """One line of JSON per score; any number of threads and processes may add to it.

    A score is handed to the operating system, in one write, before anybody hears of it: a killed process loses
    none. It is forced to the disk once a second and at the end: a power failure loses one second. A line that was
    cut off is passed over, and cannot damage the one after it, as every write begins with a line break.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._scores: dict[str, Score] = {}
        self._read_to = 0
        self._synced = time.monotonic()
        self._lock = threading.Lock()
        self._descriptor = _opened(path)
        self.refresh()

    def refresh(self) -> None:
        """Read what this or another process has added."""
        with self._lock:
            try:
                size = os.fstat(self._descriptor).st_size
                content = b""
                while self._read_to + len(content) < size:
                    part = os.pread(self._descriptor, size - self._read_to - len(content), self._read_to + len(content))
                    if not part:
                        break
                    content += part
            except OSError as error:
                raise _unusable(self.path, error) from error
            whole = content.rfind(b"\n") + 1
            for line in content[:whole].splitlines():
                found = _read(line)
                if found is not None:
                    self._scores[found[0]] = found[1]
            self._read_to += whole

    def get(self, key: str) -> Score | None:
        """The score kept under this key, if any; whose it is (`id`) is not kept."""
        return self._scores.get(key)

    def put(self, key: str, score: Score) -> None:
        """Keep a score.

        Raises:
            StorageError: the file cannot be written.
        """
        line = b"\n" + json.dumps(_value(key, score), ensure_ascii=True, allow_nan=False).encode() + b"\n"
        with self._lock:
            if self._descriptor < 0:  # an answer that came after a cancelled run was closed is kept all the same
                late = _opened(self.path)
                os.write(late, line)
                os.close(late)
                return
            try:
                written = os.write(self._descriptor, line)
                if time.monotonic() - self._synced > SYNC_SECONDS:
                    os.fsync(self._descriptor)
                    self._synced = time.monotonic()
            except OSError as error:
                raise _unusable(self.path, error) from error
            if written < len(line):
                raise StorageError(f"The disk that holds {self.path} is full. Make room, then start again.")
            self._scores[key] = score

    def close(self) -> None:
        """Force everything to the disk and let go of the file."""
        with self._lock:
            if self._descriptor >= 0:
                try:
                    os.fsync(self._descriptor)
                finally:
                    os.close(self._descriptor)
                    self._descriptor = -1


class CachedScorer:
    """Asks `scorer` only what was not asked before; `folder` holds one file of scores per scorer.

    For scorers whose scores depend on the prompt, the labels and the content-free endings alone. Requests with the
    same prompt and labels are asked once. What is finished is kept at once, whatever happens to the others, so that
    a run that was killed repeats at most the calls that were under way.
    """

    def __init__(self, scorer: Scorer, folder: Path) -> None:
        self.scorer = scorer
        self.folder = folder

    @property
    def name(self) -> str:
        """That of the scorer."""
        return self.scorer.name

    @property
    def digest(self) -> str:
        """That of the scorer."""
        return self.scorer.digest

    def missing(self, requests: Sequence[Request]) -> list[Request]:
        """The requests that would be asked: without those whose scores are kept, each prompt once."""
        file = ScoreFile(self._path())
        with closing(file):
            return list(_first_of_each(((request_key(one), one) for one in requests), file).values())

    def score(self, requests: Sequence[Request], *, done: Done | None = None) -> Iterator[Score]:
        """One score per request, in the same order; kept ones cost nothing."""
        file = ScoreFile(self._path())
        with closing(file):
            keys = [request_key(request) for request in requests]
            ask = _first_of_each(zip(keys, requests, strict=True), file)

            def keep(request: Request, score: Score) -> None:
                file.put(request_key(request), score)
                if done is not None:
                    done(request, score)

            with ended(self.scorer.score(list(ask.values()), done=keep)) as answers:
                for key, request in zip(keys, requests, strict=True):
                    asked = ask.pop(key, None)
                    if asked is not None:
                        next(answers)
                    kept = file.get(key)
                    if kept is None:
                        raise RuntimeError(f"the scorer {self.name!r} gave a score without telling of it")
                    answer = replace(kept, id=request.id)
                    if asked is None and done is not None:
                        done(request, answer)
                    yield answer

    def _path(self) -> Path:
        return self.folder / f"{self.digest}.jsonl"


def _first_of_each(asked: Iterable[tuple[str, Request]], file: ScoreFile) -> dict[str, Request]:
    """The requests whose scores are not kept, by key; of several with one key the first."""
    missing: dict[str, Request] = {}
    for key, request in asked:
        if file.get(key) is None:
            missing.setdefault(key, request)
    return missing


def _value(key: str, score: Score) -> dict[str, Any]:
    value: dict[str, Any] = {"key": key, "prediction": score.prediction, "confidence": score.confidence}
    value |= {"labels": dict(score.label_scores), "missing": score.missing_mass}
    return value


def _read(line: bytes) -> tuple[str, Score] | None:
    try:
        value = json.loads(line)
        key, scores = str(value["key"]), {str(name): float(found) for name, found in value["labels"].items()}
        numbers = [found for found in (value["confidence"], value["missing"], *scores.values()) if found is not None]
        if not all(math.isfinite(found) for found in numbers):
            return None
        return key, Score("", value["prediction"], value["confidence"], scores, value["missing"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # a line that was cut off: its request is asked again


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The file of scores {path} cannot be used ({error.strerror}). Make its folder writable, or choose another."
    )
