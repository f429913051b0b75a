"""A killed run goes on where it was; an endpoint that fails half its calls loses no finished score."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from votek.errors import ScoringError
from votek.scoring import open_scorer

ROOT = Path(__file__).resolve().parents[2]
COUNT = 60
PROGRAM = """
import json, sys
from pathlib import Path
from votek.scoring import ModelSettings, Request, open_scorer
given = json.loads(sys.stdin.read())
requests = [
    Request(**{name: tuple(value) if isinstance(value, list) else value for name, value in one.items()})
    for one in given["requests"]
]
scorer = open_scorer(ModelSettings.from_json(given["settings"]), cache=Path(given["folder"]))
for score in scorer.score(requests):
    pass
"""


def start(settings, requests, folder):
    """A process that scores, on its own."""
    asked = [asdict(one) for one in requests]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stdin=subprocess.PIPE, text=True)
    process.stdin.write(json.dumps({"settings": settings.as_json(), "requests": asked, "folder": str(folder)}))
    process.stdin.close()
    return process


def asked_of(server):
    """The prompts asked, in the order of their arrival."""
    return [call["body"]["prompt"][0] for call in server.calls]


def test_a_killed_process_repeats_at_most_what_was_under_way(endpoint, server, requests_of, tmp_path):
    server.delay = 0.03
    settings, requests = endpoint(concurrency=4), requests_of(COUNT)
    for _ in range(3):
        before = len(server.calls)
        process = start(settings, requests, tmp_path)
        deadline = time.monotonic() + 60
        while len(server.calls) < before + 15:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.3)  # the server finishes what it was asked
    found = list(open_scorer(settings, cache=tmp_path).score(requests))
    assert [score.id for score in found] == [request.id for request in requests]
    prompts = asked_of(server)
    assert len(set(prompts)) == COUNT
    assert len(prompts) <= COUNT + 3 * 4
    assert found == list(open_scorer(settings).score(requests))


def test_an_endpoint_that_fails_half_its_calls_loses_no_finished_score(endpoint, server, requests_of, tmp_path):
    server.fail_every = 2
    settings, requests = endpoint(retries=0, concurrency=3), requests_of(40)
    runs = 0
    while True:
        runs += 1
        assert runs < 60
        try:
            found = list(open_scorer(settings, cache=tmp_path).score(requests))
        except ScoringError:
            continue
        break
    assert runs > 3
    answered = [call["body"]["prompt"][0] for call in server.answered]
    assert len(answered) == len(set(answered)) == 40
    server.fail_every = 0
    assert found == list(open_scorer(settings).score(requests))


@pytest.mark.parametrize("way", ["letters", "generate"])
def test_what_chat_models_said_is_kept_too(endpoint, server, requests_of, tmp_path, way):
    settings = endpoint(way=way)
    first = list(open_scorer(settings, cache=tmp_path).score(requests_of(5)))
    before = len(server.calls)
    assert list(open_scorer(settings, cache=tmp_path).score(requests_of(5))) == first
    assert len(server.calls) == before
