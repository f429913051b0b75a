"""Where a reader of a format puts what it finds, until texts, answers and losses are put together."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from votek.datasets.limits import Limits
from votek.datasets.schema import map_columns
from votek.datasets.table import Options, RawRow, RawRows, assemble, excerpt
from votek.datatypes import Dataset, Refusal, TaskType
from votek.errors import FileError, InputError
from votek.imports.labels import ImportedAnswer, ImportedLabels
from votek.imports.losses import LossBook
from votek.imports.shaping import GivenAnswer, latest, moment, shaped, shown, task_of

__all__ = ["Draft", "ReadOptions"]

MAX_NAME = 150
MAX_COMMENT = 10_000
_SIGNS = re.compile("[\0\ud800-\udfff]")
"""What no database and no file can carry."""
_ID, _TEXT = "id", "text"


@dataclass(frozen=True)
class ReadOptions:
    """What a reader is told besides the file; None means: the file decides.

    `text`, `id`, `label`, `time`: columns or fields. `who`: a column, or the name of whoever gave all answers that
    name nobody. `question`: which of several questions is read. `task`: what kind of answers these are.
    """

    text: str | None = None
    id: str | None = None
    label: str | None = None
    who: str | None = None
    time: str | None = None
    question: str | None = None
    task: TaskType | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True)
class _Text:
    row: int
    id: str
    text: str
    fields: Mapping[str, str]


class Draft:
    """Texts and answers in the order of the file.

    `multi`: the file says that several labels may be chosen. `undecided`: it does not tell labels from written
    answers, so that how many there are and how long they are decides. `nobody`: the name of whoever is not named.
    """

    def __init__(self, options: ReadOptions, limits: Limits) -> None:
        self.options, self.limits = options, limits
        self.losses = LossBook()
        self.known_labels: list[str] = []
        self.multi = self.undecided = False
        self.nobody = (options.who or "").strip()
        self.has_texts = True
        self.own_ids = False
        self.details: dict[str, Any] = {}
        self._texts: dict[str, _Text] = {}
        self._by_text: dict[str, str] = {}
        self._refused: list[Refusal] = []
        self._given: list[GivenAnswer] = []
        self._no_place: set[str] = set()

    # ------------------------------------------------------------ what a reader calls

    def refuse(self, row: int, reason: str, what: str = "") -> None:
        """This row cannot be used."""
        self._refused.append(Refusal(row, reason, excerpt(what)))

    def no_place(self, row: int, names: Iterable[str]) -> None:
        """Fields of these names are not kept; each name counts once."""
        for name in names:
            if name not in self._no_place:
                self._no_place.add(name)
                self.losses.add("field", row, name)

    def add_text(
        self, row: int, text: Any, *, id: Any = None, fields: Mapping[str, str] | None = None, merge: bool = True
    ) -> str | None:
        """The item of a text, made when it is new; None where the row is refused.

        Rows with the same id are about one text, and with `merge` those with the same text where there are no ids.
        """
        if not isinstance(text, str):
            self.refuse(row, "There is no text.", str(text) if text is not None else "")
            return None
        key = str(id) if id not in (None, "") else None
        self.own_ids |= key is not None
        item = key or (self._by_text.get(text) if merge else None) or self._free_id(row)
        known = self._texts.get(item)
        if known is not None and known.text != text:
            self.refuse(row, f"The id {excerpt(item)!r} stands for another text in row {known.row:,}.", text)
            return None
        if known is None:
            self._texts[item] = _Text(row, item, text, dict(fields or {}))
            self._by_text.setdefault(text, item)
        return item

    def add_answer(
        self,
        row: int,
        item: str,
        *,
        who: Any = "",
        labels: Sequence[str] | None = None,
        text: str | None = None,
        question: str = "",
        time: Any = None,
        comment: str = "",
        flagged: bool = False,
    ) -> None:
        """One person's answer: `labels` chosen, a `text` written, or a skip where both are None."""
        if (labels is not None and not labels) or (text is not None and not text.strip()):
            self.losses.add("empty", row)
            return
        if any(_SIGNS.search(one) for one in [*(labels or ()), text or ""]):
            self.losses.add("signs", row, text or ", ".join(labels or ()))
            return
        chosen = tuple(dict.fromkeys(labels)) if labels is not None else None
        answer = ImportedAnswer(
            item=item,
            who=self._name(who),
            kind="skip" if chosen is None and text is None else "label",
            value=chosen if chosen is not None else text,
            row=row,
            time=self._time(row, time),
            comment=_SIGNS.sub("\ufffd", comment).strip()[:MAX_COMMENT],
            flagged=flagged,
        )
        self._given.append(GivenAnswer(question, answer, chosen))

    # ------------------------------------------------------------ put together

    def finished(self, *, tool: str, title: str, why: str, name: str) -> ImportedLabels:
        """The labels of the file.

        Raises:
            FileError: no text can be used.
            InputError: the chosen question is not there.
        """
        question, questions = self._question()
        mine = [one for one in self._given if one.question in (question, "")]
        for one in self._given:
            if one.question not in (question, ""):
                self.losses.add("question", one.answer.row, f"{one.question}: {shown(one.answer.value)}")
        task = self.options.task or task_of(mine, multi=self.multi, undecided=self.undecided)
        answers = latest([found for one in mine if (found := shaped(one, task, self.losses)) is not None], self.losses)
        dataset = self._dataset(name)
        usable = set(dataset.ids)
        kept = [answer for answer in answers if answer.item in usable]
        for refusal in dataset.refusals:
            self.losses.add("refused", refusal.row, refusal.reason)
        return ImportedLabels(
            tool=tool,
            title=title,
            why=why,
            dataset=dataset,
            answers=tuple(kept),
            task=task,
            labels=() if task == "text" else self._label_names(kept),
            losses=self.losses.losses(),
            own_ids=self.own_ids,
            has_texts=self.has_texts,
            question=question,
            questions=questions,
            details=dict(self.details),
        )

    def _free_id(self, row: int) -> str:
        if str(row) not in self._texts:
            return str(row)
        free, place = f"row {row}", 2  # the files of an archive each count their rows from 1
        while free in self._texts:
            free, place = f"row {row} ({place})", place + 1
        return free

    def _name(self, who: Any) -> str:
        name = "" if who is None else "".join(sign for sign in str(who) if sign.isprintable()).strip()
        return name[:MAX_NAME] or self.nobody[:MAX_NAME]

    def _time(self, row: int, given: Any) -> dt.datetime | None:
        if given in (None, ""):
            return None
        found = moment(given)
        if found is None:
            self.losses.add("time", row, str(given))
        return found

    def _question(self) -> tuple[str, tuple[str, ...]]:
        """The question to read: the one that was chosen, else the one with most answers, labels before texts."""
        counts = Counter(one.question for one in self._given if one.question)
        names = tuple(counts)
        wanted = self.options.question
        if wanted is not None:
            if wanted not in names:
                raise InputError(
                    f"There is no question {wanted!r} in the file; there are: {', '.join(names) or 'none'}."
                )
            return wanted, names
        chosen = {one.question for one in self._given if one.labels is not None}
        return max(names, key=lambda name: (name in chosen, counts[name]), default=""), names

    def _label_names(self, answers: Sequence[ImportedAnswer]) -> tuple[str, ...]:
        names = {name.strip(): None for name in self.known_labels if name.strip() and not _SIGNS.search(name)}
        for answer in answers:
            if answer.value is not None:
                names |= dict.fromkeys([answer.value] if isinstance(answer.value, str) else answer.value)
        return tuple(names)

    def _dataset(self, name: str) -> Dataset:
        fields = list(dict.fromkeys(key for one in self._texts.values() for key in one.fields))
        names = {key: f"{key} (field)" if key in (_ID, _TEXT) else key for key in fields}
        columns = [_ID, _TEXT, *names.values()]
        options = Options(limits=self.limits)
        try:
            table = assemble(RawRows(columns, self._rows(fields), self.details), name=name, options=options)
        except FileError as error:
            raise FileError(f"{name}: {error}") from None
        return map_columns(table, text=_TEXT, id=_ID, limits=self.limits)

    def _rows(self, fields: Sequence[str]) -> Iterator[RawRow]:
        yield from self._refused
        for one in self._texts.values():
            yield one.row, [one.id, one.text, *(one.fields.get(key, "") for key in fields)]
