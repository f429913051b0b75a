"""A real HTTP server that speaks OpenAI's protocol around a tiny language model, and can be told to fail.

In a test: `with serve(folder) as server: ... server.url, server.calls, server.faults`. From a shell:
`python -m tests.scoring.server --model FOLDER --port 0 [--key KEY] [--reply copy]`; it prints its address.

Reason for the length: both routes, the model behind them and every fault belong to one server.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

__all__ = ["ModelServer", "serve"]

MODEL = "tiny"
STATUS = {"429", "500", "502", "503", "504", "400", "401", "403", "404"}


class TinyModel:
    """One forward pass for every question; nothing is shared with the code under test."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer, logging

        logging.disable_progress_bar()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForCausalLM.from_pretrained(folder).eval()

    def next_logs(self, ids: list[int]) -> Any:
        """Log-probabilities after every token, float64 (tokens, vocabulary)."""
        import torch

        with torch.inference_mode():
            return self.model(torch.tensor([ids])).logits[0].double().log_softmax(-1)

    def echo(self, text: str) -> dict[str, Any]:
        """The tokens of a text with their log-probabilities, as completions with echo give them."""
        encoded = self.tokenizer(text, return_offsets_mapping=True)
        ids, spans = encoded["input_ids"], encoded["offset_mapping"]
        logs = self.next_logs(ids)
        values = [None, *(float(logs[at - 1, ids[at]]) for at in range(1, len(ids)))]
        tokens = [text[begin:end] if end > begin else "<begin>" for begin, end in spans]
        return {
            "tokens": tokens,
            "token_logprobs": values,
            "text_offset": [begin for begin, _ in spans],
            "top_logprobs": None,
        }

    def write(self, prompt: str, most: int, stop: list[str]) -> tuple[str, list[str], list[float]]:
        """The greedy continuation."""
        ids = list(self.tokenizer(prompt)["input_ids"])
        begin, pieces, values = len(ids), [], []
        for _ in range(most):
            row = self.next_logs(ids)[-1]
            ids.append(int(row.argmax()))
            text = self.tokenizer.decode(ids[begin:], clean_up_tokenization_spaces=False)
            piece = text[len("".join(pieces)) :]
            if any(mark in piece for mark in stop):
                break
            pieces.append(piece)
            values.append(float(row[ids[-1]]))
        return "".join(pieces), pieces, values

    def top(self, prompt: str, count: int, bias: float) -> list[dict[str, Any]]:
        """The likeliest next tokens; `bias` is added to the logits of single capital letters."""
        import torch

        row = self.next_logs(list(self.tokenizer(prompt)["input_ids"]))[-1].clone()
        for letter in "ABCDEFGHIJKLMNOPQRST":
            row[self.tokenizer.convert_tokens_to_ids(letter)] += bias
        values, ids = torch.topk(row.log_softmax(-1), count)
        return [
            {"token": self.tokenizer.decode([token]), "logprob": value, "bytes": None}
            for value, token in zip(values.tolist(), ids.tolist(), strict=True)
        ]


@dataclass
class ModelServer:
    """What the server does and what it has seen. Everything may be changed while it runs.

    `faults`: one name per call to come, "" for none; then every `fail_every`-th call answers 500 (0: none).
    `reply`: "model" writes what the model writes, "copy" the answer of the last demonstration.
    `logprobs`: whether the endpoint gives log-probabilities; `echoes`: whether it repeats the prompt.
    """

    model: TinyModel
    key: str | None = None
    url: str = ""
    reply: str = "model"
    logprobs: bool = True
    echoes: bool = True
    faults: list[str] = field(default_factory=list)
    fail_every: int = 0
    delay: float = 0.0
    retry_after: str = "0"
    bias: float = 9.0
    calls: list[dict[str, Any]] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def answered(self) -> list[dict[str, Any]]:
        """The calls that got a good answer."""
        return [call for call in self.calls if call["status"] == 200]

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/v1/completions", self._completions, methods=["POST"]),
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/models", self._models),
                Route("/control", self._control, methods=["GET", "POST"]),
                Route("/moved/{rest:path}", self._moved, methods=["POST"]),
            ]
        )

    async def _models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    async def _moved(self, request: Request) -> Response:
        return Response(status_code=307, headers={"location": "http://127.0.0.2:9/v1/" + request.path_params["rest"]})

    async def _control(self, request: Request) -> Response:
        """What was asked so far; a POST changes the fields of its JSON body."""
        if request.method == "POST":
            for name, value in (await request.json()).items():
                setattr(self, name, value)
        return JSONResponse({"calls": self.calls, "busiest": self.busiest})

    async def _completions(self, request: Request) -> Response:
        return await self._answer(request, self._complete)

    async def _chat(self, request: Request) -> Response:
        return await self._answer(request, self._talk)

    async def _answer(self, request: Request, work: Any) -> Response:
        body = await request.json()
        call = {"path": request.url.path, "body": body, "key": request.headers.get("authorization"), "status": 0}
        with self._lock:
            self.calls.append(call)
            number = len(self.calls)
            fault = self.faults.pop(0) if self.faults else ""
            if not fault and self.fail_every and number % self.fail_every == 0:
                fault = "500"
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        try:
            response = await run_in_threadpool(self._respond, call, fault, work)
        finally:
            with self._lock:
                self.busy -= 1
        call["status"] = -1 if fault in ("truncated", "malformed", "html") else response.status_code
        return response

    def _respond(self, call: dict[str, Any], fault: str, work: Any) -> Response:
        time.sleep(self.delay + (3.0 if fault == "slow" else 0.0))
        if self.key is not None and call["key"] != f"Bearer {self.key}":
            return _error(401, f"Incorrect API key provided: {call['key']}", "invalid_api_key")
        if fault in STATUS:
            headers = {"retry-after": self.retry_after} if fault in ("429", "503") else {}
            return _error(int(fault), f"told to answer {fault} to {call['key']}", "fault", headers)
        if fault == "quota":
            return _error(429, "You exceeded your current quota", "insufficient_quota")
        if call["body"]["model"] != MODEL:
            return _error(404, f"The model `{call['body']['model']}` does not exist", "model_not_found")
        if fault == "html":
            return Response("<html><body>Welcome</body></html>", media_type="text/html")
        content = json.dumps(work(call["body"])).encode()
        if fault == "malformed":
            return Response(content[: len(content) // 2], media_type="application/json")
        if fault == "truncated":
            return _cut_off(content)
        return Response(content, media_type="application/json")

    def _complete(self, body: dict[str, Any]) -> dict[str, Any]:
        prompts = [body["prompt"]] if isinstance(body["prompt"], str) else body["prompt"]
        choices = []
        for index, prompt in enumerate(prompts):
            choice: dict[str, Any] = {"index": index, "finish_reason": "length", "logprobs": None}
            if body.get("echo") and self.echoes:
                choice |= {"text": prompt, "logprobs": self.model.echo(prompt)}
            else:
                most = body.get("max_tokens", 16) or 1
                text, pieces, values = self.model.write(prompt, most, body.get("stop") or [])
                choice |= {"text": text, "logprobs": {"tokens": pieces, "token_logprobs": values}}
            if not self.logprobs or body.get("logprobs") is None:
                choice["logprobs"] = None
            choices.append(choice)
        choices.reverse()  # the order in the answer is not promised
        return {"id": "c", "object": "text_completion", "created": 0, "model": MODEL, "choices": choices}

    def _talk(self, body: dict[str, Any]) -> dict[str, Any]:
        prompt = "\n\n".join(message["content"] for message in body["messages"])
        top = body.get("top_logprobs") or 0
        if self.reply == "copy" and not top:
            text = (re.findall(r"Label: (.+)", prompt) or ["I cannot say"])[-1]
            echo = self.model.echo(prompt + " " + text)
            first = next(at for at, begin in enumerate(echo["text_offset"]) if begin >= len(prompt))
            pieces, values = echo["tokens"][first:], echo["token_logprobs"][first:]
        else:
            text, pieces, values = self.model.write(prompt, body.get("max_tokens", 16), body.get("stop") or [])
        content = [
            {"token": piece, "logprob": value, "bytes": None, "top_logprobs": []}
            for piece, value in zip(pieces, values, strict=True)
        ]
        if top:
            likeliest = self.model.top(prompt, top, self.bias)
            content = [{**likeliest[0], "top_logprobs": likeliest}]
            text = likeliest[0]["token"]
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": text},
            "logprobs": {"content": content} if self.logprobs and body.get("logprobs") else None,
        }
        return {"id": "c", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice]}


def _error(status: int, message: str, code: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"message": message, "type": "error", "code": code}}, status, headers=headers)


def _cut_off(content: bytes) -> Response:
    async def half() -> Any:
        yield content[: len(content) // 2]

    return StreamingResponse(half(), headers={"content-length": str(len(content))}, media_type="application/json")


@contextlib.contextmanager
def serve(folder: Path, **settings: Any) -> Iterator[ModelServer]:
    """A server in a thread of this process, on a free port of the loopback address."""
    made = ModelServer(TinyModel(folder), **settings)
    server = uvicorn.Server(uvicorn.Config(made.app(), host="127.0.0.1", port=0, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    try:
        yield made
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


def main() -> None:
    """Serve from a shell until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key")
    parser.add_argument("--reply", default="model", choices=["model", "copy"])
    given = parser.parse_args()
    if not (given.model / "config.json").exists():
        from tests.scoring.language_model import build_language_model

        build_language_model(given.model)
    made = ModelServer(TinyModel(given.model), key=given.key, reply=given.reply)
    config = uvicorn.Config(made.app(), host="127.0.0.1", port=given.port, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    print(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1", flush=True)
    thread.join()


if __name__ == "__main__":
    main()
