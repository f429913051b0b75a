"""A table with labels: CSV, TSV, JSON Lines, JSON, Parquet or Excel, one row for each answer."""

from __future__ import annotations

from dataclasses import replace

from votek.datasets.json_cells import NotReadable, parse
from votek.datasets.reading import read_table
from votek.datasets.suggest import LABEL_NAMES, Suggestion, suggest_columns, task_type
from votek.datasets.table import Table, is_blank, listed
from votek.errors import FileError
from votek.imports.draft import Draft
from votek.imports.files import Files
from votek.imports.format import LabelFormat

__all__ = ["FORMAT", "add_table"]

_ID = ("id", "item_id", "text_id", "instance_id", "uid", "uuid", "guid")
_WHO = ("annotator", "annotator_id", "who", "user", "user_id", "worker", "worker_id", "labeler", "rater", "person")
_LABEL = ("label", "labels", "class", "category", "answer")
_NO_LABEL = "-1"
"""What data sets with named labels write where there is none."""
_TIME = ("time", "timestamp", "created_at", "date")


def _looks(files: Files) -> str:
    """A single file that ends like a table."""
    endings = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".parquet", ".pq", ".xlsx", ".xlsm")
    return "it is a table with named columns" if files.kind == "file" and files.named(*endings) else ""


def _read(files: Files, draft: Draft) -> None:
    """One answer for each row that has a label; rows without one are texts that nobody has labelled yet."""
    if len(files.parts) != 1:
        raise FileError("a table is one file. Give the file itself.")
    ((name, content),) = files.parts.items()
    options = draft.options
    add_table(
        read_table(content, name=name, encoding=options.encoding, delimiter=options.delimiter, limits=draft.limits),
        draft,
    )


def add_table(table: Table, draft: Draft, *, names: list[str] | None = None, label: str | None = None) -> None:
    """Put the rows of a table into the draft. `names`: of the labels, where cells of `label` hold their numbers."""
    options = draft.options
    for refusal in table.refusals:
        draft.refuse(refusal.row, refusal.reason, refusal.excerpt)
    who = _column(table, options.who, _WHO)
    time = _column(table, options.time, _TIME)
    if options.time is not None and time is None:
        raise FileError(f"there is no column {options.time!r} for the time; there are: {listed(table.columns)}.")
    found = suggest_columns(_without(table, who, time))
    label = label or options.label or _label_column(found)
    if label is None:
        raise FileError(f"no column looks like labels. Name it with --label; there are: {listed(table.columns)}.")
    id_column = options.id or found.id or _id_of_several(table, found.text, label, who)
    text = options.text or (None if found.text in (label, id_column) else found.text)
    if text is None and id_column is None:
        raise FileError(f"name the column of the text or of its id; there are: {listed(table.columns)}.")
    draft.has_texts = text is not None
    if who is not None:
        draft.nobody = ""
    cells = table.column(label)
    draft.details = {**table.details, "text": text, "id": id_column, "label": label, "who": who, "time": time}
    used = {text, id_column, label, who, time}
    others = [name for name in table.columns if name not in used]
    written = _is_text(cells, draft, names)
    columns = {name: table.column(name) for name in (text, id_column, who, time, *others) if name is not None}
    for at, row in enumerate(table.numbers):
        item = draft.add_text(
            row,
            columns[text or id_column or ""][at],
            id=columns[id_column][at] if id_column else None,
            fields={name: columns[name][at] for name in others},
            merge=who is not None,
        )
        if item is None or is_blank(cells[at]) or (names and cells[at] == _NO_LABEL):
            continue
        draft.add_answer(
            row,
            item,
            who=columns[who][at] if who else "",
            labels=None if written else _labels(cells[at], draft, names),
            text=cells[at] if written else None,
            time=columns[time][at] if time else None,
        )


def _without(table: Table, *names: str | None) -> Table:
    """The table but for who answered and when: neither is a text or a label, however long or often repeated."""
    kept = [at for at, name in enumerate(table.columns) if name not in names]
    return replace(table, columns=tuple(table.columns[at] for at in kept), cells=tuple(table.cells[at] for at in kept))


def _label_column(found: Suggestion) -> str | None:
    """The likely labels, a column of such a name first.

    One that would pass for the text, were it not called a label, is one: the texts are known by their ids then.
    """
    called = next((name for name in found.labels if name.lower() in LABEL_NAMES), None)
    longest = found.text if (found.text or "").lower() in _LABEL else None
    return called or longest or next(iter(found.labels), None)


def _id_of_several(table: Table, text: str | None, label: str, who: str | None) -> str | None:
    """A column of ids that repeat because several people answered: the same id always stands for the same text."""
    name = next((name for name in table.columns if name.lower() in _ID), None)
    if name is None or text in (name, label) or who is None or text is None:
        return name if text in (name, label) else None
    ids, texts = table.column(name), table.column(text)
    return name if len(set(ids)) == len(set(zip(ids, texts, strict=True))) and all(ids) else None


def _column(table: Table, wanted: str | None, usual: tuple[str, ...]) -> str | None:
    """The named column, else one with a usual name."""
    if wanted is not None:
        return wanted if wanted in table.columns else None
    return next((name for name in table.columns if name.lower() in usual), None)


def _is_text(cells: list[str], draft: Draft, names: list[str] | None) -> bool:
    if draft.options.task is not None:
        return draft.options.task == "text"
    return names is None and not any(_listed(cell) for cell in cells) and task_type(cells) == "text"


def _listed(cell: str) -> list[str]:
    """The entries of a cell that holds a JSON list, as Parquet and JSON tables have them."""
    if not cell.startswith("["):
        return []
    try:
        value = parse(cell)
    except NotReadable:
        return []
    return [str(one) for one in value] if isinstance(value, list) else []


def _labels(cell: str, draft: Draft, names: list[str] | None) -> list[str]:
    listed_here = _listed(cell)
    if cell.startswith("[") and (listed_here or cell.strip() == "[]"):
        draft.multi = True
        parts = listed_here
    else:
        parts = cell.split(";") if draft.options.task == "multi" else [cell]
    found = [part.strip() for part in parts if part.strip()]
    return [_named(part, names) for part in found] if names else found


def _named(cell: str, names: list[str]) -> str:
    return names[int(cell)] if cell.isdecimal() and int(cell) < len(names) else cell


FORMAT = LabelFormat(
    name="table",
    title="Table",
    sentence="CSV, TSV, JSON Lines, JSON, Parquet or Excel: a column with the label, one with the text or its id.",
    looks=_looks,
    read=_read,
)
