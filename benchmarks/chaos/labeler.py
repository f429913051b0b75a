"""An annotator without a browser: speaks the label routes by the labeler's own rules for sending again.

Like `ui/components/labeler/outbox.js`: at most 50 events a batch, 15 seconds for an answer, one batch under way at a
time, waits of 0.4 s doubling up to 10 s and spread by a quarter, smaller batches where one is refused as too large, a
fresh token where it is refused. What is not acknowledged stays in the outbox, which a reload does not touch.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

__all__ = ["BrowserlessLabeler", "Pressed"]

BATCH = 50
TIMEOUT_SECONDS = 15.0
FIRST_WAIT, LONGEST_WAIT = 0.4, 10.0


@dataclass(frozen=True)
class Pressed:
    """A label that was given; `at`: time.monotonic() when it was due."""

    event_id: str
    item: str
    value: str
    at: float


class BrowserlessLabeler:
    """Holds its queue, gives labels at once, and sends them in a thread of its own until `close`.

    `ask_token`: what the page does when it runs again. `told` maps the id of each acknowledged event to item and
    value; `seconds` holds how long each took from the key to the acknowledgement. `unexpected`: answers that are
    neither an acknowledgement nor a reason to wait. Whoever holds `pausing` keeps the hands off the keys.
    """

    def __init__(self, url: str, *, person: str, ask_token: Callable[[], str], seed: int) -> None:
        address = urlsplit(url)
        self._host, self._port = str(address.hostname), int(address.port or 80)
        self.person = person
        self.ask_token = ask_token
        self.items: list[str] = []
        self.outbox: list[Pressed] = []
        self.given: list[tuple[str, str]] = []
        self.told: dict[str, tuple[str, Any]] = {}
        self.seconds: list[float] = []
        self.unexpected: list[str] = []
        self.failures = 0
        self.refusals = 0
        self.pausing = threading.Lock()
        self._task_version = self._guideline_version = 1
        self._chance = random.Random(seed)
        self._size, self._waits = BATCH, 0
        self._token = ask_token()
        self._wake = threading.Condition()
        self._closed = False
        self._connection: http.client.HTTPConnection | None = None
        self._sender = threading.Thread(target=self._send_until_closed, name=f"outbox-{person}", daemon=True)
        self._sender.start()

    # ------------------------------------------------------------ what a person does

    def open(self) -> str | None:
        """Load the page: take the queue from the server, and give the item to go on with.

        Raises:
            OSError: the server is away or cannot answer now.
        """
        self._token = self.ask_token()
        with self._wake:  # what is acknowledged from now on may or may not be in the answer
            pending = {entry.item for entry in self.outbox}
        status, state = self._ask("GET", "/api/queue", None)
        if status != 200:
            raise OSError(f"the queue cannot be read: {status} {state.get('reason')}")
        self._task_version = state["task"]["version"]
        self._guideline_version = state["guidelines_version"]
        with self._wake:
            todo = [entry["id"] for entry in state["items"] if entry["state"] == "todo"]
            self.items = [item for item in todo if item not in pending]
            return self.items[0] if self.items else None

    @property
    def item(self) -> str | None:
        """The item on the screen."""
        return self.items[0] if self.items else None

    def press(self, value: str, *, due: float | None = None, patience: float = 0.0) -> bool:
        """Label the item on the screen; the next one is there at once. False: none came within `patience` seconds.

        In a team the server hands items out few at a time, so that one may have to wait for its answer.
        """
        with self._wake:
            if not self._wake.wait_for(lambda: self.items, patience):
                return False
            item = self.items.pop(0)
            self.given.append((item, value))
            self.outbox.append(Pressed(uuid.uuid4().hex, item, value, time.monotonic() if due is None else due))
            self._wake.notify_all()
            return True

    def all_saved(self, seconds: float = 60.0) -> bool:
        """Wait until everything is acknowledged; False when that does not happen in time."""
        with self._wake:
            return self._wake.wait_for(lambda: not self.outbox, seconds)

    def saved_so_far(self) -> dict[str, tuple[str, Any]]:
        """A copy of what was acknowledged."""
        with self._wake:
            return dict(self.told)

    def close(self) -> None:
        """Stop sending."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        self._sender.join(TIMEOUT_SECONDS + 1)

    # ------------------------------------------------------------ sending

    def _send_until_closed(self) -> None:
        try:
            self._send_all()
        finally:
            if self._connection is not None:
                self._connection.close()

    def _send_all(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self.outbox or self._closed)
                if self._closed:
                    return
                batch = self.outbox[: self._size]
            try:
                status, answer = self._ask("POST", "/api/labels", self._body(batch))
            except (OSError, http.client.HTTPException, ValueError):
                status, answer = 0, {}
            wait = self._settle(batch, status, answer)
            if wait:
                with self._wake:
                    # As in the browser, a new key sends at once whatever the wait.
                    self._wake.wait(wait)

    def _body(self, batch: list[Pressed]) -> bytes:
        events = [
            {
                "event_id": entry.event_id,
                "item": entry.item,
                "kind": "label",
                "value": entry.value,
                "task_version": self._task_version,
                "guideline_version": self._guideline_version,
            }
            for entry in batch
        ]
        return json.dumps({"token": self._token, "events": events}).encode()

    def _settle(self, batch: list[Pressed], status: int, answer: dict[str, Any]) -> float:
        """Take in an answer; gives how many seconds to wait before the next batch."""
        if status == 200:
            self._acknowledge(batch, answer)
            return 0.0
        if status in (400, 413) and len(batch) > 1:
            self._size = max(1, len(batch) // 4)
            return 0.0
        if status == 401:
            self.refusals += 1
            self._token = self.ask_token()
        elif status not in (0, 503):
            self.unexpected.append(f"{status}: {answer.get('reason')}")
        self.failures += 1
        self._waits += 1
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._waits - 1, 6))
        return wait * self._chance.uniform(0.75, 1.25)

    def _acknowledge(self, batch: list[Pressed], answer: dict[str, Any]) -> None:
        now = time.monotonic()
        accepted = {ack["event_id"] for ack in answer["acknowledged"]}
        rejected = {ack["event_id"]: ack["reason"] for ack in answer["rejected"]}
        with self._wake:
            for entry in batch:
                if entry.event_id in accepted:
                    self.told[entry.event_id] = (entry.item, entry.value)
                    self.seconds.append(now - entry.at)
                elif entry.event_id in rejected:
                    self.unexpected.append(f"{entry.item} was rejected: {rejected[entry.event_id]}")
            done = accepted | set(rejected)
            self.outbox = [entry for entry in self.outbox if entry.event_id not in done]
            self._take_hand(answer.get("hand"))
            self._size, self._waits = BATCH, 0
            self._wake.notify_all()

    def _take_hand(self, hand: dict[str, Any] | None) -> None:
        """What a team's server hands out next comes after what is there."""
        if hand is not None:
            known = {*self.items, *(item for item, _ in self.given)}
            self.items += [item["id"] for item in hand["items"] if item["state"] == "todo" and item["id"] not in known]

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, dict[str, Any]]:
        """(status, answer); each thread that asks has a connection of its own, as long as it lasts."""
        mine = threading.current_thread() is self._sender
        connection = self._connection if mine else None
        fresh = connection is None
        connection = connection or http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            found = response.status, json.loads(response.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            if mine:
                self._connection = None
                if not fresh:  # a kept connection that the server had closed says nothing about the server
                    return self._ask(method, path, body)
            raise
        if mine:
            self._connection = connection
        else:
            connection.close()
        return found
