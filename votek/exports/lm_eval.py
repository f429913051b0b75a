"""A task folder for EleutherAI's lm-evaluation-harness.

Its own few-shot machinery shows the same demonstrations to all items, or random ones; here every test item has its own.
So a document holds the whole prompt, the task names that column (a column is taken as it is, anything else is read as a
template), and no few-shot examples are added. `task.py` opens the data beside it, wherever the folder lies.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from votek.exports.bundle import ZipWriter
from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import ZIP, Format
from votek.prompts import label_text

__all__ = ["FORMAT"]

_IN_MEMORY = 1 << 24

_TASK_PY = '''\
"""Opens the prompts beside it."""

import json
from pathlib import Path

import datasets


def asked(**_):
    """All of them; the target of those whose answer is not known is empty."""
    return _documents(lambda one: True)


def answered(**_):
    """Those whose answer is known."""
    return _documents(lambda one: one["answer"] is not None)


def _documents(wanted):
    with open(Path(__file__).parent / "prompts.jsonl", encoding="utf-8", newline="\\n") as lines:
        documents = [one for one in map(json.loads, lines) if wanted(one)]
    return {"test": datasets.Dataset.from_list([one | {"target": one["answer"] or ""} for one in documents])}
'''

_TASK_YAML = """\
# {about}
# The demonstrations are part of each prompt, in its order: few-shot examples must stay at 0.
task: {task}
custom_dataset: !function task.{documents}
test_split: test
num_fewshot: 0
output_type: generate_until
doc_to_text: prompt
doc_to_target: target
generation_kwargs:
  until: ["{until}"]
  do_sample: false
filter_list:
  - name: trimmed
    filter:
      - function: remove_whitespace
      - function: take_first
metric_list:
  - metric: {metric}
    aggregation: {aggregation}
    higher_is_better: true
metadata:
  version: 1
"""

_ASKED = {
    "about": "Asks every prompt and keeps the answers (--log_samples); nothing is scored.",
    "task": "votek_prompts",
    "documents": "asked",
    "metric": "bypass",
    "aggregation": "bypass",
}
_SCORED = {
    "about": "Scores, by exact match, the prompts whose right answer is known.",
    "task": "votek_prompts_scored",
    "documents": "answered",
    "metric": "exact_match",
    "aggregation": "mean",
}


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """`votek_prompts` asks all and scores none; `votek_prompts_scored` is there where right answers may go out."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as lines, ZipWriter(out) as folder:
        for line in _lines(request):
            lines.write(line)
        lines.seek(0)
        folder.add("prompts.jsonl", cast(BinaryIO, lines))
        folder.add("task.py", _TASK_PY.encode())
        until = "\\n\\n" if request.task.type == "text" else "\\n"
        folder.add("votek_prompts.yaml", _TASK_YAML.format(**_ASKED, until=until).encode())
        if any(prompt.id in request.answers for prompt in request.prompt_list):
            folder.add("votek_prompts_scored.yaml", _TASK_YAML.format(**_SCORED, until=until).encode())


def _lines(request: ExportRequest) -> Iterator[bytes]:
    for prompt in request.prompt_list:
        answer = request.answers.get(prompt.id)
        record = {
            "id": prompt.id,
            "text": prompt.query,
            "prompt": prompt.text,
            "answer": None if answer is None else label_text(answer),
        }
        yield json_bytes(json_line(record) + "\n")


FORMAT = Format(
    name="lm-eval",
    title="lm-eval task",
    sentence="A task folder for lm-evaluation-harness that asks each test item's own prompt.",
    file="lm-eval-task.zip",
    mime=ZIP,
    group="prompts",
    needs="prompts",
    order="as in the prompt, most similar last unless its settings say otherwise",
    load="unzip FILE -d FOLDER; lm-eval run --include_path FOLDER --tasks votek_prompts --log_samples",
    write=_write,
    answers=True,
)
