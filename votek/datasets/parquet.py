"""Parquet: any column type as strings, with the sizes that the file declares checked first."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from votek.datasets.table import Options, RawRow, RawRows
from votek.errors import FileError

__all__ = ["read_parquet"]

_DAMAGED = "the Parquet file is damaged ({}). Copy or write it again."


def read_parquet(content: bytes, options: Options) -> RawRows:
    """Strings as they are, null as "", numbers and dates in their shortest exact form, nested values as JSON.

    Binary columns that are not UTF-8 text (pictures, sounds) are left out, which is noted.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        _check_declared(file.metadata, options)
        names = [field.name for field in file.schema_arrow]
        # Dictionaries stay packed: one long value repeated a million times must not be written out.
        packed = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=packed)
        columns = _columns(file.iter_batches(batch_size=options.first or 65_536), len(names), options)
    except (pa.ArrowException, OSError, OverflowError, UnicodeDecodeError) as error:
        raise FileError(_DAMAGED.format(str(error).splitlines()[0][:200])) from None
    kept = {i: cells for i, cells in enumerate(columns) if cells is not None}
    if not kept:
        raise FileError("the Parquet file has no column of text. Write the texts as a column of strings.")
    notes = [
        f"Column {name!r} holds binary data, not text, and was left out."
        for name, cells in zip(names, columns, strict=True)
        if cells is None
    ]
    return RawRows([names[i] for i in kept], _rows(list(kept.values())), {}, notes)


def _columns(batches: Iterable[Any], width: int, options: Options) -> list[list[str] | None]:
    """The cells of each column; None for a column of binary data."""
    columns: list[list[str] | None] = [[] for _ in range(width)]
    left = options.limits.max_unpacked_bytes
    read = 0
    for batch in batches:
        for i, array in enumerate(batch.columns):
            left -= _expanded_size(array)
            if left < 0:
                raise FileError(_too_large(options.limits.max_unpacked_bytes))
            _check_nested(array, options)
            column, cells = columns[i], _cells(array)
            if column is None or cells is None:
                columns[i] = None
            else:
                column += cells
        read += len(batch)
        if options.first is not None and read >= options.first:
            break
    return columns


def _rows(columns: Sequence[list[str]]) -> Iterator[RawRow]:
    for number, cells in enumerate(zip(*columns, strict=True), start=1):
        yield number, list(cells)


def _check_declared(metadata: Any, options: Options) -> None:
    limits = options.limits
    if metadata.num_rows > limits.max_rows:
        raise FileError(
            f"{metadata.num_rows:,} rows; at most {limits.max_rows:,} can be read. Split the file, "
            "or raise VOTEK_MAX_ROWS."
        )
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if unpacked > limits.max_unpacked_bytes:
        raise FileError(_too_large(limits.max_unpacked_bytes))
    values = sum(group.column(j).num_values for group in groups for j in range(group.num_columns))
    if max(values, metadata.num_rows * metadata.num_columns) > limits.max_cells:
        raise FileError(f"more than {limits.max_cells:,} cells. Leave out columns that are not needed.")


def _too_large(most: int) -> str:
    return (
        f"the Parquet file holds more than {most / 1e6:,.0f} MB when unpacked. Leave out columns that are not needed, "
        "or raise VOTEK_MAX_UNPACKED_MB."
    )


def _expanded_size(array: Any) -> int:
    """Bytes of all values written out, also where the array shares them through a dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(array.type):
        return int(array.nbytes)
    if not len(array.dictionary):
        return 0
    lengths = pc.binary_length(array.dictionary).cast(pa.int64())
    return int(pc.sum(lengths.take(array.indices)).as_py() or 0)


def _check_nested(array: Any, options: Options) -> None:
    """Refuse lists that are far longer as text than in the file: a million zeros take a few bytes there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    limits, kinds = options.limits, (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    inner = array
    while any(is_kind(inner.type) for is_kind in kinds):
        longest = pc.max(pc.list_value_length(inner)).as_py() or 0
        inner = inner.flatten()
        if longest > limits.max_text_chars or len(inner) > limits.max_cells:
            raise FileError(
                f"a column holds lists of up to {longest:,} values, {len(inner):,} in all, which is too long to be "
                "read as text. Leave that column out."
            )


def _cells(array: Any) -> list[str] | None:
    """The values as strings; None for binary data that is no text."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        values = _cells(array.dictionary)
        if values is None:
            return None
        return ["" if index is None else values[index] for index in array.indices.to_pylist()]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _strings(array)
    if any(test(kind) for test in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)):
        try:
            return ["" if value is None else value.decode() for value in array.to_pylist()]
        except UnicodeDecodeError:
            return None
    if _holds_bytes(kind):
        return None
    return [_rendered(value) for value in array.to_pylist()]


def _strings(array: Any) -> list[str]:
    try:
        return ["" if value is None else value for value in array.to_pylist()]
    except UnicodeDecodeError:  # bytes that are not UTF-8 become lone surrogates, whose rows are refused
        import pyarrow as pa

        raw = array.cast(pa.large_binary()).to_pylist()
        return ["" if value is None else value.decode(errors="surrogateescape") for value in raw]


def _holds_bytes(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return True
    return any(_holds_bytes(kind.field(i).type) for i in range(kind.num_fields))


def _rendered(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
