"""How large an Arrow file says it is when unpacked, read from its messages before anything is unpacked.

A message may hold packed buffers, and each begins with its unpacked size; pyarrow makes room for it without asking. Its
header is a flatbuffer (Arrow columnar format, "Encapsulated message format"), of which only these sizes are read here.
"""

from __future__ import annotations

import struct
from typing import Any

__all__ = ["declared_size"]

_DICTIONARY, _BATCH = 2, 3


def declared_size(content: bytes) -> int:
    """Bytes of all buffers when unpacked. Raises struct.error or ArrowException where the content is damaged."""
    import pyarrow as pa

    start = 8 if content.startswith(b"ARROW1") else 0
    total = 0
    reader = pa.ipc.MessageReader.open_stream(pa.py_buffer(memoryview(content)[start:]))
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return total
        total += _message_size(message)


def _message_size(message: Any) -> int:
    header, body = bytes(message.metadata), message.body
    table = _number("<I", header, 0)
    kind_at, at = _field(header, table, 1), _field(header, table, 2)
    kind = header[kind_at] if kind_at else 0
    if body is None or not at or kind not in (_DICTIONARY, _BATCH):
        return 0
    batch = at + _number("<I", header, at)
    if kind == _DICTIONARY:
        at = _field(header, batch, 1)
        if not at:
            return 0
        batch = at + _number("<I", header, at)
    at = _field(header, batch, 2)
    if not at or not _field(header, batch, 3):
        return int(body.size)
    vector = at + _number("<I", header, at)
    data, size = memoryview(body), 0
    for place in range(_number("<I", header, vector)):
        offset, length = struct.unpack_from("<qq", header, vector + 4 + 16 * place)
        if length >= 8:
            unpacked = struct.unpack_from("<q", data, offset)[0]
            size += length if unpacked < 0 else unpacked
    return size


def _field(header: bytes, table: int, index: int) -> int:
    """Where field number `index` of a flatbuffer table lies; 0 where it is left out."""
    vtable = table - _number("<i", header, table)
    if 4 + 2 * index >= _number("<H", header, vtable):
        return 0
    offset = _number("<H", header, vtable + 4 + 2 * index)
    return table + offset if offset else 0


def _number(form: str, header: bytes, at: int) -> int:
    if at < 0:
        raise struct.error("a place before the beginning")
    return int(struct.unpack_from(form, header, at)[0])
