"""Every role tries every method: what the table allows works, everything else is refused before it is reached."""

import inspect
import time

import pytest

from votek.access.policy import ATTRIBUTES, EVENTS, INSIDE, POLICY
from votek.access.roles import RANK
from votek.datatypes import LOCAL
from votek.errors import AccessError
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

WHO = ("admin", "owner", "reviewer", "annotator", "elsewhere", "stranger")
"""Elsewhere: an owner of another project. Stranger: signed in, and nothing else."""


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """A workspace with a project, one person of each kind, and their views."""
    folder = tmp_path_factory.mktemp("policy")
    space = Workspace.open(Settings(data=folder, admins="admin@example.org"), accounts=True)
    project, other = space.create_project("Mail"), space.create_project("Other")
    views, people = {}, {}
    for number, who in enumerate(WHO):
        claims = {"iss": "https://id", "sub": str(number), "email": f"{who}@example.org", "email_verified": True}
        people[who] = space.sign_in({**claims, "iat": int(time.time())})
        views[who] = space.as_person(people[who])
        if who in RANK:
            space.invite(project.id, f"{who}@example.org", who)
    space.invite(other.id, "elsewhere@example.org", "owner")
    yield space, project, views, people
    space.close()


@pytest.fixture
def reached(team, monkeypatch):
    """Which methods of the plain workspace were reached, without what they do."""
    space, project, _, _ = team
    calls = []

    def stand_in(name, signature):
        def method(*args, **options):
            calls.append((name, signature.bind(*args, **options).arguments))
            return [] if name == "projects" else None

        method.__signature__ = signature
        return method

    for name in POLICY:
        monkeypatch.setattr(space, name, stand_in(name, inspect.signature(getattr(space, name))))

    class OneJob:
        """What a job id leads to."""

        def __init__(self, of):
            self.project = of

    signature = inspect.signature(Workspace.job).replace(
        parameters=list(inspect.signature(Workspace.job).parameters.values())[1:]
    )
    lookup = stand_in("job", signature)

    def job(job_id):
        lookup(job_id)
        return OneJob(project.id)

    monkeypatch.setattr(space, "job", job)
    return calls


def arguments(name, project):
    """Something for each argument that a method must have, but `who`."""
    values = {"project_id": project.id, "job_id": "j1", "events": [], "ids": [], "email": "new@example.org"}
    wanted = inspect.signature(getattr(Workspace, name)).parameters.values()
    needed = [p.name for p in wanted if p.default is p.empty and p.name not in ("self", "who")]
    return {one: values.get(one, "x") for one in needed}


def allowed(who, rule):
    if rule.least == "person":
        return True
    if rule.least == "admin":
        return who == "admin"
    return who in RANK and RANK[who] >= RANK[rule.least]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", sorted(POLICY))
def test_each_role_does_what_the_table_says_and_nothing_else(team, reached, name, who):
    _, project, views, _ = team
    call, given = getattr(views[who], name), arguments(name, project)
    done = [entry for entry in reached if entry[0] == name]
    assert done == []
    if allowed(who, POLICY[name]):
        call(**given)
    else:
        with pytest.raises(AccessError):
            call(**given)
    # to find a job's project, the job is looked up by the program itself
    times = sum(entry[0] == name for entry in reached) - (name == "job")
    assert times == (1 if allowed(who, POLICY[name]) else 0)


@pytest.mark.parametrize(
    "name", sorted(n for n in POLICY if "who" in inspect.signature(getattr(Workspace, n)).parameters)
)
def test_nobody_acts_in_the_name_of_another(team, reached, name):
    _, project, views, people = team
    given = arguments(name, project)
    view = views["admin" if POLICY[name].least == "admin" else "owner"]
    for other in (people["annotator"].id, LOCAL.id, "", None):
        with pytest.raises(AccessError, match="your own name"):
            getattr(view, name)(**given, who=other)
    assert reached == []
    getattr(view, name)(**given)
    (call,) = reached
    assert call[1]["who"] == people["admin" if POLICY[name].least == "admin" else "owner"].id


@pytest.mark.parametrize("kind", sorted(EVENTS))
@pytest.mark.parametrize("who", WHO)
def test_only_reviewers_settle_what_others_disagree_about(team, reached, kind, who):
    _, project, views, people = team
    events = [NewEvent("e1", "t0", "label", "x", 1, 1), NewEvent("e2", "t0", kind, None, 1, 1)]
    if who in ("owner", "reviewer"):
        views[who].record_events(project.id, people[who].id, events)
        assert len(reached) == 1
    else:
        with pytest.raises(AccessError):
            views[who].record_events(project.id, people[who].id, events)
        assert reached == []


@pytest.mark.parametrize("name", sorted(POLICY))
def test_with_accounts_nobody_gets_in_as_the_local_person(team, reached, name):
    space, project, _, _ = team
    with pytest.raises(AccessError, match="nobody is signed in"):
        getattr(space.as_person(LOCAL), name)(**arguments(name, project))


def test_the_table_is_complete():
    public = {name for name in dir(Workspace) if not name.startswith("_")}
    listed = set(POLICY) | INSIDE | ATTRIBUTES
    assert public - listed == set(), "say in votek/access/policy.py who may call these"
    assert listed - public - {"settings", "store"} == set(), "these are not there any more"
    assert not set(POLICY) & INSIDE


def test_a_rule_finds_its_project_among_the_arguments():
    for name, rule in POLICY.items():
        parameters = inspect.signature(getattr(Workspace, name)).parameters
        if rule.project in ("project_id", "job_id"):
            assert list(parameters)[1] == rule.project, name


@pytest.mark.parametrize("name", sorted({*INSIDE, "store", "_lock", "nothing_of_the_kind"} - {"labelling_lock"}))
def test_what_is_inside_stays_inside(team, name):
    _, _, views, _ = team
    with pytest.raises(AttributeError):
        getattr(views["owner"], name)


def test_a_refusal_does_not_tell_whether_a_project_is_there(team):
    _, project, views, _ = team
    said = []
    for project_id in (project.id, "nowhere"):
        with pytest.raises(AccessError) as refused:
            views["stranger"].project(project_id)
        said.append(str(refused.value))
    assert said[0] == said[1]
