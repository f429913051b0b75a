"""Who somebody is, which role they have, and how sessions end."""

import datetime as dt
import time

import pytest

from votek.datatypes import LOCAL, Person
from votek.errors import AccessError, InputError, NotFoundError
from votek.settings import Settings
from votek.workspace import Workspace

NOW = int(time.time())


def claims(subject, email, *, at=NOW, **other):
    """What a provider says of somebody."""
    return {"iss": "https://id.example.org", "sub": subject, "email": email, "email_verified": True, "iat": at, **other}


def moment(seconds):
    """A time as sessions carry it."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


@pytest.fixture
def space(database_url, tmp_path):
    """A workspace with accounts on each database; grace@example.org may make projects."""
    settings = Settings(data=tmp_path / "data", database_url=database_url, admins="Grace@example.org, ")
    opened = Workspace.open(settings, accounts=True)
    yield opened
    opened.close()


def test_a_person_is_known_by_issuer_and_subject(space):
    ada = space.sign_in(claims("1", "Ada@Example.org", name="Ada"))
    assert (ada.email, ada.name) == ("ada@example.org", "Ada")
    assert space.sign_in(claims("1", "ada@example.org", name="Ada")) == ada
    renamed = space.sign_in(claims("1", "countess@example.org", at=NOW + 5, name="Ada L."))
    assert (renamed.id, renamed.email, renamed.name) == (ada.id, "countess@example.org", "Ada L.")
    other = space.sign_in({**claims("1", "eve@example.org"), "iss": "https://elsewhere.example.org"})
    assert other.id != ada.id


def test_an_earlier_sign_in_changes_nothing(space):
    ada = space.sign_in(claims("1", "new@example.org", at=NOW))
    assert space.sign_in(claims("1", "old@example.org", at=NOW - 60)) == ada


def test_an_address_that_was_given_to_somebody_else_moves_with_all_its_roles(space):
    grace = space.sign_in(claims("0", "grace@example.org"))
    project = space.as_person(grace).create_project("Mail")
    space.invite(project.id, "desk@example.org", "reviewer", who=grace.id)
    first = space.sign_in(claims("1", "desk@example.org", at=NOW))
    assert space.my_role(project.id, who=first.id) == "reviewer"
    second = space.sign_in(claims("2", "desk@example.org", at=NOW + 60))
    assert second.id != first.id
    assert space.my_role(project.id, who=second.id) == "reviewer"
    assert space.my_role(project.id, who=first.id) is None
    with pytest.raises(AccessError, match="belongs to another account"):
        space.sign_in(claims("1", "desk@example.org", at=NOW))
    with pytest.raises(AccessError, match="belongs to another account"):
        space.sign_in(claims("3", "desk@example.org", at=NOW + 30))


@pytest.mark.parametrize("verified", [False, None, "true", "false", 1])
def test_only_a_verified_address_counts(space, verified):
    with pytest.raises(AccessError, match="has not verified"):
        space.sign_in(claims("1", "ada@example.org", email_verified=verified))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": None}, "did not tell your e-mail"),
        ({"email": "ada"}, "not an e-mail address"),
        ({"email": "a\0b@example.org"}, "not an e-mail address"),
        ({"sub": ""}, "who you are"),
        ({"iss": 5}, "who you are"),
        ({"sub": "x" * 301}, "who you are"),
        ({"iat": None}, "when you signed in"),
        ({"iat": True}, "when you signed in"),
        ({"iat": float("nan")}, "when you signed in"),
    ],
)
def test_claims_that_say_too_little_are_refused(space, changes, words):
    with pytest.raises(AccessError, match=words):
        space.sign_in({**claims("1", "ada@example.org"), **changes})


def test_signing_out_ends_every_session_so_far(space):
    ada = space.sign_in(claims("1", "ada@example.org", at=NOW))
    view = space.as_person(ada, since=moment(NOW))
    assert view.projects() == []
    space.sign_out(ada)
    for since in (NOW, NOW - 100):
        with pytest.raises(AccessError, match="session has ended"):
            space.as_person(ada, since=moment(since)).projects()
    space.sign_in(claims("1", "ada@example.org", at=NOW + 1))
    assert space.as_person(ada, since=moment(NOW + 1)).projects() == []


def test_a_session_ends_by_its_age(space):
    still = NOW - 11 * 3600  # NOW is when the tests were read, which may be minutes ago
    ada = space.sign_in(claims("1", "ada@example.org", at=still))
    assert space.as_person(ada, since=moment(still)).projects() == []
    with pytest.raises(AccessError, match="session has ended"):
        space.as_person(ada, since=moment(NOW - 12 * 3600 - 1)).projects()


def test_only_admins_make_projects_and_own_what_nobody_owns(space):
    grace = space.sign_in(claims("0", "grace@example.org"))
    ada = space.sign_in(claims("1", "ada@example.org"))
    with pytest.raises(AccessError, match="VOTEK_ADMINS"):
        space.as_person(ada).create_project("Mine")
    mine = space.as_person(grace).create_project("Hers")
    assert [(m.email, m.role, m.person) for m in space.members(mine.id)] == [("grace@example.org", "owner", grace)]
    nobodys = space.create_project("From the command line")
    assert space.my_role(nobodys.id, who=grace.id) == "owner"
    assert space.my_role(nobodys.id, who=ada.id) is None
    assert {s.project.id for s in space.as_person(grace).projects()} == {mine.id, nobodys.id}
    assert space.as_person(ada).projects() == []
    space.invite(nobodys.id, "ada@example.org", "owner")
    assert space.my_role(nobodys.id, who=grace.id) is None
    assert [s.project.id for s in space.as_person(ada).projects()] == [nobodys.id]


def test_an_invited_address_works_from_its_first_sign_in_until_it_is_removed(space):
    project = space.create_project("Mail")
    space.invite(project.id, "own@example.org", "owner")
    member = space.invite(project.id, " Ada@Example.ORG ", "annotator")
    assert (member.email, member.role, member.person) == ("ada@example.org", "annotator", None)
    ada = space.sign_in(claims("1", "ada@example.org"))
    view = space.as_person(ada)
    assert view.project(project.id).name == "Mail"
    with pytest.raises(AccessError, match="needs the role reviewer in this project, and yours is annotator"):
        view.labels(project.id)
    space.set_role(project.id, "ada@example.org", "reviewer")
    assert view.labels(project.id) == {}
    space.remove_member(project.id, "ada@example.org")
    with pytest.raises(AccessError, match="no role in this project"):
        view.project(project.id)
    assert [m.email for m in space.members(project.id)] == ["own@example.org"]
    space.invite(project.id, "ada@example.org", "annotator")
    assert view.project(project.id).name == "Mail"


def test_an_address_that_only_looks_the_same_in_lower_case_is_another_one(space):
    project = space.create_project("Mine")
    space.invite(project.id, "kate@example.org", "owner")
    other = space.sign_in(claims("s-other", "\N{KELVIN SIGN}ate@example.org"))
    assert space.my_role(project.id, who=other.id) is None
    same = space.sign_in(claims("s-kate", "KATE@Example.org"))
    assert space.my_role(project.id, who=same.id) == "owner"


def test_the_last_owner_stays(space):
    project = space.create_project("Mail")
    space.invite(project.id, "a@example.org", "owner")
    space.invite(project.id, "b@example.org", "annotator")
    for change in (
        lambda: space.remove_member(project.id, "a@example.org"),
        lambda: space.set_role(project.id, "a@example.org", "reviewer"),
    ):
        with pytest.raises(InputError, match="last owner"):
            change()
    space.set_role(project.id, "b@example.org", "owner")
    space.set_role(project.id, "a@example.org", "reviewer")
    assert [(m.email, m.role) for m in space.members(project.id)] == [
        ("a@example.org", "reviewer"),
        ("b@example.org", "owner"),
    ]


def test_mistakes_in_addresses_and_roles_are_named(space):
    project = space.create_project("Mail")
    for wrong in ("", "ada", "@example.org", "a b@example.org", "a@b@c", "ada@\n"):
        with pytest.raises(InputError, match="not an e-mail address"):
            space.invite(project.id, wrong, "owner")
    with pytest.raises(InputError, match="no role 'boss': give one of annotator, reviewer, owner"):
        space.invite(project.id, "a@example.org", "boss")
    with pytest.raises(NotFoundError, match="Invite the address"):
        space.set_role(project.id, "a@example.org", "owner")
    space.invite(project.id, "a@example.org", "owner")
    with pytest.raises(InputError, match="is an owner of this project already"):
        space.invite(project.id, "A@example.org", "annotator")
    with pytest.raises(NotFoundError):
        space.invite("gone", "a@example.org", "owner")


def test_what_was_done_is_on_record(space):
    grace = space.sign_in(claims("0", "grace@example.org", name="Grace"))
    view = space.as_person(grace)
    project = view.create_project("Mail")
    view.invite(project.id, "ada@example.org", "annotator")
    view.rename_project(project.id, "Letters")
    log = view.audit_log(project.id)
    assert [(entry.action, entry.who) for entry in log] == [
        ("rename_project", grace.id),
        ("role", grace.id),
        ("create_project", grace.id),
    ]
    assert dict(log[1].details) == {"email": "ada@example.org", "role": "annotator"}
    assert view.person_names(project.id, [grace.id, LOCAL.id, "import", "gone"]) == {
        grace.id: "Grace",
        "local": "You",
        "import": "From the file",
        "gone": "gone",
    }


def test_without_accounts_the_one_person_may_do_everything(workspace, project):
    view = workspace.as_person(LOCAL)
    assert [s.project.id for s in view.projects()] == [project.id]
    assert view.rename_project(project.id, "Mine").name == "Mine"
    assert view.my_role(project.id) == "owner"
    assert view.audit_log(project.id) == []
    with pytest.raises(AccessError, match="Nobody is signed in"):
        workspace.as_person(Person("eve")).projects()


def test_with_accounts_the_one_person_may_do_nothing(space):
    project = space.create_project("Mail")
    view = space.as_person(LOCAL)
    for call in (view.projects, lambda: view.create_project("x"), lambda: view.project(project.id)):
        with pytest.raises(AccessError, match="nobody is signed in"):
            call()
    assert space.my_role(project.id, who=LOCAL.id) is None
