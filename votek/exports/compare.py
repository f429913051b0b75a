"""What differs between two manifests, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

__all__ = ["compare"]

_VOLATILE = frozenset({"created", "export"})
_LIST_DIFFERENCES = 10
_SHOWN = 60
_ABSENT = object()


def compare(manifest_a: Mapping[str, Any], manifest_b: Mapping[str, Any]) -> list[str]:
    """One line per difference, empty when both describe the same set.

    When something was made (`created`) and in which file it stands (`export`) are not differences. Of a list,
    the first ten differing places are named and the rest counted.

    >>> compare({"model": {"digest": "a"}, "created": 1}, {"model": {"digest": "b"}, "created": 2})
    ["model.digest: 'a' against 'b'"]
    """
    return list(_differences("", manifest_a, manifest_b))


def _differences(path: str, a: Any, b: Any) -> Iterator[str]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in dict.fromkeys([*a, *b]):
            if key not in _VOLATILE:
                yield from _differences(f"{path}.{key}" if path else key, a.get(key, _ABSENT), b.get(key, _ABSENT))
    elif isinstance(a, list | tuple) and isinstance(b, list | tuple):
        if len(a) != len(b):
            yield f"{path}: {len(a)} entries against {len(b)}"
        found = 0
        for place, (left, right) in enumerate(zip_longest(a, b, fillvalue=_ABSENT)):
            lines = list(_differences(f"{path}[{place}]", left, right))
            found += bool(lines)
            if found <= _LIST_DIFFERENCES:
                yield from lines
        if found > _LIST_DIFFERENCES:
            yield f"{path}: {found - _LIST_DIFFERENCES} more entries differ"
    elif a is not b and (a != b or isinstance(a, bool) is not isinstance(b, bool)):
        yield f"{path}: {_shown(a)} against {_shown(b)}"


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
