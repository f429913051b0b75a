"""The only door to transformers and torch in scoring: a causal language model on this machine."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from votek.embeddings.digests import folder_digest
from votek.embeddings.weights import check_model_folder
from votek.errors import ModelError, ScoringError
from votek.scoring.model_folder import model_folder

__all__ = ["LocalModel"]

_BATCH = 16
"""Continuations of one prompt computed at once. Batches never mix prompts, so that a score depends on its own alone."""

_FAILURES = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError, EOFError)


class LocalModel:
    """A causal language model in fp32, by folder or by name; loads at the first text it sees.

    A name is looked for in the local model cache, and fetched unless HF_HUB_OFFLINE is set. Code that comes
    with a model is never run.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = model_folder(name)

    @property
    def digest(self) -> str:
        """SHA-256 over the model's files."""
        return folder_digest(self.folder)

    def log_probabilities(self, prompt: str, continuations: Sequence[str], *, item: str) -> list[list[float]]:
        """Log-probability (natural) of each token of each continuation after the prompt.

        Prompt and continuation are tokenised as one text. The continuation's tokens are those that reach beyond the
        prompt; one that holds the end of the prompt as well counts as a whole. `item`: whose prompt it is, for
        messages.

        Raises:
            ScoringError: a text is longer than the model reads (nothing is ever cut), or the model fails.
        """
        model = _load(self.name, self.folder)
        cut = [model.cut(prompt, continuation, item=item) for continuation in continuations]
        with _telling(self.name):
            return model.tokens_after(cut)

    def write(self, prompt: str, *, most: int, item: str) -> tuple[list[str], list[float]]:
        """The greedy continuation in pieces, one a token, and the log-probability of each.

        Ends after a line that holds something, at the model's end mark, or after `most` tokens.
        """
        model = _load(self.name, self.folder)
        tokens = model.tokens(prompt, more=most, item=item)
        with _telling(self.name):
            return model.write(tokens, most)


@dataclass(frozen=True)
class _Cut:
    """A text as token ids; those from `start` on are the continuation's."""

    ids: list[int]
    start: int


class _Loaded:
    """Model and tokenizer in memory."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self.name, self.model, self.tokenizer = name, model, tokenizer
        settings = model.config.get_text_config()
        # Newer versions of the library call a model's memory of what it has read by another name.
        self._memory = "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"
        self.longest: int | None = getattr(settings, "max_position_embeddings", None)
        ends = model.generation_config.eos_token_id if model.generation_config else None
        ends = settings.eos_token_id if ends is None else ends
        self.ends = {ends} if isinstance(ends, int) else set(ends or ())

    def cut(self, prompt: str, continuation: str, *, item: str) -> _Cut:
        encoded = self.tokenizer(prompt + continuation, return_offsets_mapping=True, verbose=False)
        ids, spans = encoded["input_ids"], encoded["offset_mapping"]
        own = [at for at, (begin, end) in enumerate(spans) if end > len(prompt) and end > begin]
        if not own or own[0] == 0:
            raise ScoringError(
                f"The prompt of item {item!r} is empty, so nothing stands before its answer. Add an instruction or end "
                "the query template with words of its own."
            )
        self._fits(len(ids), item)
        return _Cut(ids[: own[-1] + 1], own[0])

    def tokens(self, prompt: str, *, more: int, item: str) -> list[int]:
        ids: list[int] = self.tokenizer(prompt, verbose=False)["input_ids"]
        if ids and ids[-1] in self.ends:
            ids = ids[:-1]
        if not ids:
            raise ScoringError(f"The prompt of item {item!r} is empty. Add an instruction or a query template.")
        self._fits(len(ids) + more, item)
        return ids

    def _fits(self, size: int, item: str) -> None:
        if self.longest is not None and size > self.longest:
            raise ScoringError(
                f"With its answer, the prompt of item {item!r} has {size:,} tokens, and {self.name!r} reads "
                f"{self.longest:,}. Nothing is cut off: lower the number of demonstrations or set a token budget with "
                "the prompts, or use a model that reads more."
            )

    def tokens_after(self, cut: Sequence[_Cut]) -> list[list[float]]:
        import torch

        shared = min(_common([one.ids for one in cut]), min(one.start for one in cut))
        with torch.inference_mode():
            past, last = self._prefix(cut[0].ids[:shared])
            if past is None:
                shared = 0
            found: list[list[float]] = []
            for start in range(0, len(cut), _BATCH):
                found += self._batch(cut[start : start + _BATCH], shared, past, last)
        return found

    def _prefix(self, ids: list[int]) -> tuple[Any, Any]:
        """What all texts begin with is computed once, where the model's memory of it can be copied."""
        from transformers import DynamicCache

        if not ids:
            return None, None
        logits, past = self._run([ids], None)
        return (past, _logs(logits[0, -1])) if type(past) is DynamicCache else (None, None)

    def _batch(self, cut: Sequence[_Cut], shared: int, past: Any, last: Any) -> list[list[float]]:
        rest = [one.ids[shared:-1] for one in cut]
        width = max(map(len, rest))
        logits: Any = None
        if width:
            # Padding stands after every token that is read, and a causal model does not look ahead.
            rows = [ids + [0] * (width - len(ids)) for ids in rest]
            memory = copy.deepcopy(past)
            if memory is not None:
                memory.batch_repeat_interleave(len(rows))
            logits, _ = self._run(rows, memory)
        found = []
        for at, one in enumerate(cut):
            logs = []
            for place in range(one.start, len(one.ids)):
                row = last if place == shared and last is not None else _logs(logits[at, place - 1 - shared])
                logs.append(float(row[one.ids[place]]))
            found.append(logs)
        return found

    def write(self, ids: list[int], most: int) -> tuple[list[str], list[float]]:
        import torch

        made: list[int] = []
        pieces: list[str] = []
        logs: list[float] = []
        with torch.inference_mode():
            step, past, written = ids, None, ""
            for _ in range(most):
                logits, past = self._run([step], past)
                row = _logs(logits[0, -1])
                token = int(row.argmax())
                if token in self.ends:
                    break
                made.append(token)
                logs.append(float(row[token]))
                now = self.tokenizer.decode(made, skip_special_tokens=True, clean_up_tokenization_spaces=False)
                pieces.append(now[len(written) :])
                written = now
                if "\n" in written.lstrip():
                    break
                step = [token] if past is not None else ids + made
        return pieces, logs

    def _run(self, rows: list[list[int]], memory: Any) -> tuple[Any, Any]:
        """Logits of the rows (padded to one length), after what `memory` holds; and the memory after them."""
        import torch

        tokens = torch.tensor(rows, dtype=torch.long, device=self.model.device)
        done = self.model(tokens, use_cache=True, **{self._memory: memory})
        return done.logits, done.get(self._memory)

    def looks_ahead(self) -> bool:
        """Whether what the model says of a token depends on those after it."""
        import torch

        with torch.inference_mode():
            one, other = (self._run([ids], None)[0][0, 0] for ids in ([1, 2], [1, 3]))
        return not torch.allclose(one, other, atol=1e-4, equal_nan=True)


def _common(rows: Sequence[list[int]]) -> int:
    """Tokens that all rows begin with."""
    least, most = min(rows), max(rows)
    for at, token in enumerate(least):
        if at == len(most) or most[at] != token:
            return at
    return len(least)


def _logs(logits: Any) -> Any:
    """Log-softmax in double precision."""
    return logits.double().log_softmax(dim=-1)


@lru_cache(maxsize=1)
def _load(name: str, folder: Path) -> _Loaded:
    check_model_folder(name, folder)
    with _quiet():
        import torch
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM, AutoTokenizer

        asked = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(folder), **asked)
            model, report = AutoModelForCausalLM.from_pretrained(
                str(folder), dtype=torch.float32, output_loading_info=True, use_safetensors=True, **asked
            )
        except (*_FAILURES, SafetensorError) as error:
            raise ModelError(
                f"The language model {name!r} in {folder} cannot be loaded: {_line(error)}. It must be a whole folder "
                "of a causal language model (config.json, tokenizer, weights)."
            ) from error
    if report["missing_keys"] or report["mismatched_keys"]:
        raise _not_causal(name, "parts of it have no weights in the folder")
    if not tokenizer.is_fast:
        raise ModelError(f"The tokenizer of {name!r} tells no positions of its tokens. Save it with a tokenizer.json.")
    model = model.eval().to("cuda" if torch.cuda.is_available() else "cpu")
    loaded = _Loaded(name, model, tokenizer)
    with _telling(name):
        ahead = loaded.looks_ahead()
    if ahead:  # it would read the answer before it scores it
        raise _not_causal(name, "what it says of a token depends on those after it")
    return loaded


def _not_causal(name: str, why: str) -> ModelError:
    return ModelError(
        f"{name!r} is not a causal language model: {why}. Models that embed texts or fill in gaps cannot score "
        "answers; give one that continues a text."
    )


@contextmanager
def _telling(name: str) -> Iterator[None]:
    """Turn what goes wrong inside the model into one line."""
    try:
        yield
    except (RuntimeError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise ScoringError(
            f"The language model {name!r} failed: {_line(error)}. Use shorter prompts, a smaller model, or another one."
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars or notes of other libraries while a model loads; their setting is put back afterwards."""
    from transformers.utils import logging

    shown, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
