"""What the sign-in provider says of people, and what people type, is markdown on no page, whoever looks at it."""

import time
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.security.xss_corpus import PAYLOADS
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, Person, TaskSpec
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = ["**zq42x**@example.org", "`zq45x`@example.org", "$zq50x$@example.org", "_zq43x_@example.org"]
TYPED = [payload for payload in PAYLOADS if payload.isprintable()] + ADDRESSES
COLLAPSED = 2
PLAIN = {"text", "html", "json", "code", "arrow_data_frame", "data_frame"}
"""Kinds of elements that show what they are given as it is, or that hold no text of ours."""


def claims(email, name):
    """What the provider says of somebody."""
    said = {"iss": "https://id.example.org", "sub": email, "email": email, "email_verified": True}
    return {"is_logged_in": True, **said, "name": name, "iat": int(time.time())}


def messages(proto):
    """A message and all that it holds."""
    yield proto
    for field, value in proto.ListFields():
        if field.type == field.TYPE_MESSAGE:
            values = value.values() if hasattr(value, "values") else value if field.is_repeated else [value]
            for inner in values:
                if hasattr(inner, "ListFields"):
                    yield from messages(inner)


def markdown_of(node):
    """Every text in a tree of elements that the browser reads as markdown: (kind, text)."""
    kind = getattr(node, "type", "")
    proto = getattr(node, "proto", None)
    if proto is not None and kind not in PLAIN:
        for message in messages(proto):
            if getattr(getattr(message, "label_visibility", None), "value", 0) == COLLAPSED:
                continue  # for screen readers alone, which read it as it is
            for field in message.DESCRIPTOR.fields:
                if field.name in ("body", "label", "help", "caption", "content") and field.type == field.TYPE_STRING:
                    value = getattr(message, field.name)
                    yield from ((kind, text) for text in ([value] if isinstance(value, str) else value))
            if kind in ("radio", "button_group", "pills") and "options" in message.DESCRIPTOR.fields_by_name:
                yield from ((kind, option) for option in message.options if isinstance(option, str))
    for child in getattr(node, "children", {}).values():
        yield from markdown_of(child)


@pytest.fixture
def team(accounts, tmp_path, monkeypatch):
    """A project whose people, labels, texts and flags are named by the corpus."""
    monkeypatch.setenv("VOTEK_ADMINS", "admin@example.org")
    monkeypatch.chdir(ROOT)
    space = Workspace.open(Settings())
    labels = tuple(LabelSpec(name, "#0072B2", definition=name) for name in PAYLOADS[:12] + PAYLOADS[42:50])
    project = space.create_project("**zq42x** :red[zq53x] $zq50x$", task=TaskSpec("single", labels))
    groups = {"`zq45x`": [PAYLOADS[42 + row % 3] for row in range(12)]}
    ids = [f"{row} {PAYLOADS[row + 38]}" for row in range(12)]
    space.import_dataset(project.id, make_dataset(ids, PAYLOADS[38:50], groups), role="pool", name="**zq42x**.csv")
    space.set_guidelines(project.id, "\n".join(PAYLOADS))
    space.add_to_queue(project.id, range(12))
    for number, role in enumerate(("owner", "reviewer", "annotator", "annotator")):
        space.invite(project.id, f"p{number}@example.org", role)
        space.sign_in(claims(f"p{number}@example.org", PAYLOADS[42 + number]))
    for address in ADDRESSES:
        space.invite(project.id, address, "annotator")
    yield space, project
    space.close()
    st.cache_resource.clear()


def decide(space, project):
    """Two people who differ, a comment and a flag: what the Review page is about."""
    people = [member.person for member in space.members(project.id) if isinstance(member.person, Person)]
    for place, person in enumerate(people):
        for row in range(4):
            item = space.dataset(project.id).ids[row]
            mark = f"{place}-{row}"
            events = [
                NewEvent(f"l{mark}", item, "label", project.task.labels[place % 3].name, 1, 2),
                NewEvent(f"c{mark}", item, "comment", PAYLOADS[42 + row], 1, 2),
                NewEvent(f"f{mark}", item, "flag", True, 1, 2),
            ]
            space.record_events(project.id, person.id, events)


def opened(page, who, name, project):
    """A page as this person sees it, with every section of it in turn."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.user = claims(who, name)
    if page != "app.py":
        at.switch_page(page)
        at.query_params["project"] = project.id
    yield at.run()
    for group in [one for one in at.get("button_group") if "section" in one.key or "review" in one.key]:
        for option in list(group.options)[1:]:
            at.get("button_group")
            at.segmented_control(group.key).set_value(getattr(option, "content", option)).run()
            yield at


@pytest.mark.parametrize(
    ("page", "who"),
    [
        ("app.py", 0),
        ("pages/1_Data.py", 0),
        ("pages/2_Select.py", 0),
        ("pages/4_Annotate.py", 2),
        ("pages/5_Review.py", 1),
        ("pages/6_Prompts.py", 1),
        ("pages/8_Team.py", 0),
    ],
)
def test_no_name_address_comment_or_label_is_read_as_markdown(team, page, who):
    space, project = team
    decide(space, project)
    faults, seen = [], 0
    for at in opened(page, f"p{who}@example.org", PAYLOADS[42 + who], project):
        assert not at.exception, at.exception
        for root in (at.main, at.sidebar):
            for kind, text in markdown_of(root):
                seen += 1
                faults += [f"{kind}: {text[:80]!r}" for typed in TYPED if typed in text and typed != "- zq47x"]
    assert seen > 3
    assert list(dict.fromkeys(faults)) == []
