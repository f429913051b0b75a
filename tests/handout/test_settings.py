"""What an owner may say about the hand-out, where it stands, and the plan for a second opinion."""

from dataclasses import replace

import pytest

from votek.datasets import make_dataset
from votek.datatypes import HandoutSettings
from votek.errors import InputError


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (HandoutSettings(overlap=0), "1 to 20"),
        (HandoutSettings(overlap=True), "1 to 20"),
        (HandoutSettings(minutes=0), "1 to 10,080"),
        (HandoutSettings(assignment="lot"), "open, shares, named"),
        (HandoutSettings(items={"nowhere": 2}), "no text with the id"),
        (HandoutSettings(items={"a1": 99}), "1 to 20"),
        (HandoutSettings(assignment="named", named={"nowhere": ("ann",)}), "no text with the id"),
        (HandoutSettings(assignment="shares", shares={"ann": 0}), "1 to 1,000"),
        (HandoutSettings(assignment="shares", shares={"ann": 1, "bob": 1}, overlap=3), "2 people"),
        (HandoutSettings(assignment="shares"), "0 people"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_is_allowed(space, team, settings, why):
    project = team()
    with pytest.raises(InputError, match=why):
        space.set_handout(project.id, settings)
    assert space.project(project.id).handout == HandoutSettings()


def test_settings_are_kept_as_versions_and_equal_ones_make_none(space, team):
    from votek.store import seats

    project = team()

    def version():
        with space.store.read() as tx:
            return seats.sources(tx, project.id)

    wanted = HandoutSettings(overlap=2, assignment="shares", shares={"ann": 2, "bob": 1}, minutes=5)
    assert space.set_handout(project.id, wanted, who="p1").handout == wanted
    before = version()
    space.set_handout(project.id, wanted, who="p1")
    assert version() == before
    space.set_handout(project.id, replace(wanted, minutes=6), who="p1")
    assert version() != before


def test_a_text_named_to_more_people_is_decided_by_all_of_them(space, team, held, act):
    project = team(picks=2)
    first, second = [item.item for item in space.queue(project.id)]
    wanted = HandoutSettings(assignment="named", named={first: ("ann", "bob", "ann")}, items={second: 1})
    stored = space.set_handout(project.id, wanted).handout
    assert stored.items == {first: 2}
    assert stored.named == {first: ("ann", "bob")}
    assert held(project, "cem") == [second]
    assert held(project, "bob") == [first]


def test_only_people_of_the_project_get_shares(space, team):
    project = team()
    claims = {"iss": "https://id", "sub": "ann", "email": "ann@example.org", "email_verified": True, "iat": 1}
    ann = space.sign_in(claims).id
    space.invite(project.id, "ann@example.org", "annotator")
    with pytest.raises(InputError, match="not among the people"):
        space.set_handout(project.id, HandoutSettings(assignment="shares", shares={ann: 1, "bob": 1}))
    space.set_handout(project.id, HandoutSettings(assignment="shares", shares={ann: 1}))


def test_what_names_somebody_or_a_text_that_has_gone_can_be_changed(space, team):
    project = team(picks=1)
    people = {}
    for name in ("ann", "bob"):
        address = f"{name}@example.org"
        claims = {"iss": "here", "sub": name, "email": address, "email_verified": True, "iat": 1_000}
        people[name] = space.sign_in(claims).id
        space.invite(project.id, address, "annotator")
    shares = {people["ann"]: 1, people["bob"]: 2}
    named = {"a1": (people["bob"],)}
    before = space.set_handout(project.id, HandoutSettings(shares=shares, named=named, items={"a2": 2})).handout
    space.remove_member(project.id, "bob@example.org")
    space.import_dataset(project.id, make_dataset(["b1"], ["another text"], {}), role="pool", name="other.csv")
    assert space.set_handout(project.id, replace(before, minutes=5)).handout == replace(before, minutes=5)
    with pytest.raises(InputError, match="'gone' is not among the people"):
        space.set_handout(project.id, replace(before, shares={**shares, "gone": 1}))
    with pytest.raises(InputError, match="no text with the id 'a3'"):
        space.set_handout(project.id, replace(before, items={**before.items, "a3": 2}))


def test_progress_by_person_and_by_text(space, team, held, act):
    project = team(picks=6, overlap=2, texts=40)
    mine = held(project, "ann")
    held(project, "bob")
    for who, value in (("ann", "x"), ("bob", "x")):
        act(project, who, "label", mine[0], value)
    act(project, "ann", "label", mine[1], "x")
    holds = held(project, "ann")
    stand = space.handout_progress(project.id)
    assert (stand.texts, stand.closed, stand.begun, stand.disputed) == (6, 1, 1, 0)
    assert (stand.people["ann"].done, stand.people["bob"].done) == (2, 1)
    assert stand.people["ann"].held == len(holds) == 2
    act(project, "bob", "label", mine[1], "y")
    stand = space.handout_progress(project.id)
    assert (stand.closed, stand.begun, stand.disputed) == (2, 0, 1)


def test_the_overlap_plan_is_worked_out_and_put_in_force(space, team):
    project = team(picks=12)
    plan = space.overlap_plan(project.id, budget=11)
    assert [choice.purpose for choice in plan.choices] == ["agreement"] * 10 + ["harm"]
    space.apply_overlap_plan(project.id, budget=11)
    assert space.project(project.id).handout.items == {choice.item: 2 for choice in plan.choices}
    assert len(space.overlap_plan(project.id, budget=11).choices) == 1
    with pytest.raises(InputError, match="at least 1"):
        space.overlap_plan(project.id, budget=0)


def test_a_plan_needs_compared_texts(space):
    from votek.datasets import make_dataset

    project = space.create_project("New")
    space.import_dataset(project.id, make_dataset(["a"], ["one"], {}), role="pool", name="file.csv")
    with pytest.raises(InputError, match="Select page"):
        space.overlap_plan(project.id, budget=3)
