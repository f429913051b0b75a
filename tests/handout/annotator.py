"""One annotator as a process of its own: `python annotator.py DATA DATABASE NAME SEED HABIT PROJECT...`.

Takes what is handed out in one project after the other, labels it, now and then takes a label back or leaves, until
nothing is left for anybody. HABIT: "steady"; "slow" stops for longer than a lease now and then; "dies" ends without a
word in the last project, holding texts. Waits for a line before each project, so that all begin it together, and prints
afterwards how many labels were acknowledged and how many were refused.
"""

import os
import random
import sys
import time
import uuid

from votek.settings import Settings
from votek.workspace import NewEvent, Workspace


def work(space, project, who, rng, habit):
    """Label until nothing is left, as this habit is."""
    stored = refused = 0
    idle_since = time.monotonic()
    while True:
        hand = space.hand(project, who)
        if not hand.items:
            if not hand.left and not hand.waiting:
                return stored, refused
            if time.monotonic() - idle_since > 60:
                raise SystemExit("starved: texts are there and none was handed out for a minute")
            time.sleep(0.05)
            continue
        idle_since = time.monotonic()
        if habit == "dies" and stored >= 5:
            os._exit(9)
        if habit == "slow" and stored and rng.random() < 0.15:
            time.sleep(1.6)  # the lease is one second
        for item in hand.items[: rng.randint(1, 5)]:
            time.sleep(rng.uniform(0.01, 0.04))  # reading, so that nobody does it all before others have begun
            event = NewEvent(uuid.uuid4().hex, item.id, "label", rng.choice("xy"), 1, 1)
            (ack,), _ = space.label_and_hand(project, who, [event])
            stored, refused = stored + ack.accepted, refused + (not ack.accepted)
            if ack.accepted and rng.random() < 0.05:
                undo = NewEvent(uuid.uuid4().hex, item.id, "undo", {"event": event.event_id}, 1, 1)
                assert space.record_events(project, who, [undo])[0].accepted
                stored -= 1
            if not ack.accepted:
                assert "handed to somebody else" in ack.reason, ack.reason
        if rng.random() < 0.05:
            space.leave(project, who)


if __name__ == "__main__":
    data, database, who, seed, habit, *projects = sys.argv[1:]
    space = Workspace.open(Settings(data=data, database_url=database or None, model="votek-hash"), accounts=True)
    print("ready", flush=True)
    for project in projects:
        sys.stdin.readline()
        now = habit if habit != "dies" or project == projects[-1] else "steady"
        print(*work(space, project, who, random.Random(int(seed)), now), flush=True)
