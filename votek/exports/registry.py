"""The export formats by name, in order of display. To add one, write its file and name it here."""

from __future__ import annotations

from votek.errors import UnknownNameError
from votek.exports import (
    datasets_folder,
    dspy,
    dspy_program,
    haystack,
    inspect_jsonl,
    labelled_csv,
    labelled_jsonl,
    labelled_parquet,
    labelled_xlsx,
    langchain,
    langchain_folder,
    llama_index,
    lm_eval,
    openai_batch_jsonl,
    openai_chat_answered_jsonl,
    openai_chat_jsonl,
    openai_fine_tuning_jsonl,
    pack,
    promptfoo,
    prompts_jsonl,
)
from votek.exports.format import Format

__all__ = ["ALL", "catalogue", "find_format", "formats", "needs_own_prompts", "needs_prompts"]

ALL = "all"
"""The name of everything in one zip file, which is no format of its own."""

_FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        labelled_jsonl.FORMAT,
        labelled_csv.FORMAT,
        labelled_parquet.FORMAT,
        labelled_xlsx.FORMAT,
        datasets_folder.FORMAT,
        prompts_jsonl.FORMAT,
        openai_chat_jsonl.FORMAT,
        openai_chat_answered_jsonl.FORMAT,
        openai_batch_jsonl.FORMAT,
        openai_fine_tuning_jsonl.FORMAT,
        promptfoo.FORMAT,
        lm_eval.FORMAT,
        inspect_jsonl.FORMAT,
        pack.FORMAT,
        langchain_folder.FORMAT,
        langchain.FORMAT,
        dspy_program.FORMAT,
        dspy.FORMAT,
        llama_index.FORMAT,
        haystack.FORMAT,
    )
}
_ALL_SENTENCE = "Every format and its manifest in one zip file; prompts only where there are test items."


def catalogue() -> tuple[Format, ...]:
    """All formats, in order of display."""
    return tuple(_FORMATS.values())


def formats() -> dict[str, str]:
    """Name of each format -> one plain sentence; "all" is every one of them in one zip file."""
    return {name: format.sentence for name, format in _FORMATS.items()} | {ALL: _ALL_SENTENCE}


def needs_prompts(format: str) -> bool:
    """Whether `format` holds prompts or their templates, so that `write` must be given a prompt set."""
    return format == ALL or find_format(format).needs != "labels"


def needs_own_prompts(format: str) -> bool:
    """Whether `format` holds a prompt for each labelled text, so that `write` must be given them as `own`."""
    return format == ALL or find_format(format).needs == "own prompts"


def find_format(name: str) -> Format:
    """The format of this name; UnknownNameError, which lists those there are."""
    if name not in _FORMATS:
        raise UnknownNameError(f"There is no export format {name!r}; choose one of {', '.join(formats())}.")
    return _FORMATS[name]
