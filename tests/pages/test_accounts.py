"""Pages for people who sign in: who gets in, what each role sees, and what is refused."""

import time
from pathlib import Path

import pytest
import streamlit as st

from ui.team_log import _ACTIONS
from votek.access.policy import POLICY
from votek.datatypes import LabelSpec, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
NOW = int(time.time())
SECRETS = f"""
[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "{"k" * 40}"
client_id = "votek"
client_secret = "s"
server_metadata_url = "https://id.example.org/metadata"
"""


def claims(email, **other):
    """What the provider says of somebody."""
    said = {"iss": "https://id.example.org", "sub": email, "email": email, "email_verified": True, "iat": NOW}
    return {"is_logged_in": True, **said, **other}


@pytest.fixture
def team(tmp_path, monkeypatch):
    """The workspace of a server with accounts; the project Mail has one person for each role."""
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(SECRETS)
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_ADMINS", "admin@example.org")
    monkeypatch.delenv("VOTEK_DATABASE_URL", raising=False)
    monkeypatch.chdir(ROOT)
    opened = Workspace.open(Settings())
    project = opened.create_project("Mail", task=TaskSpec("single", (LabelSpec("x", "#0072B2"),)))
    for role in ("owner", "reviewer", "annotator"):
        opened.invite(project.id, f"{role}@example.org", role)
    yield opened
    opened.close()
    st.cache_resource.clear()


@pytest.fixture
def enter(team):
    """`enter(email, page="app.py", **claims)`: the page as somebody who signed in sees it."""
    from streamlit.testing.v1 import AppTest

    def opened(email, page="app.py", project=None, **said):
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        at.user = claims(email, **said) if email else {"is_logged_in": False}
        if page != "app.py":
            at.switch_page(page)
        if project is not None:
            at.query_params["project"] = project
        at.run()
        assert not at.exception
        return at

    return opened


def words(at):
    """Everything that a page says."""
    return " ".join(str(part.value) for part in (*at.title, *at.text, *at.info, *at.error, *at.markdown, *at.caption))


def links(at):
    """The names of the pages in the navigation."""
    return [link.label.split(" ")[0] for link in at.sidebar.get("page_link")][1:]


def mail(team):
    return team.projects()[0].project.id


def test_nobody_is_asked_to_sign_in_and_sees_nothing_else(enter, team):
    for page in ("app.py", "pages/1_Data.py", "pages/4_Annotate.py"):
        at = enter(None, page, mail(team))
        assert at.title[0].value == "Sign in"
        assert [button.label for button in at.button] == ["Sign in"]
        assert "Mail" not in words(at)
        assert links(at) == []


def test_a_stranger_is_told_what_to_do_and_can_sign_out(enter, team):
    at = enter("eve@example.org", "pages/1_Data.py", mail(team))
    assert "eve@example.org has not been invited to a project here" in words(at)
    assert [button.label for button in at.button] == ["Sign out"]
    assert "Mail" not in words(at)


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_unverified_address_is_refused(enter, verified):
    at = enter("owner@example.org", email_verified=verified)
    assert "has not verified the address owner@example.org" in words(at)
    assert "Mail" not in words(at)


def test_a_session_ends_by_age_and_by_signing_out(enter, team):
    assert "Your session has ended" in words(enter("owner@example.org", iat=NOW - 13 * 3600))
    at = enter("owner@example.org")
    assert "Mail" in words(at)
    at.button("sign-out").click().run()
    assert "Your session has ended" in words(enter("owner@example.org"))
    assert "Mail" in words(enter("owner@example.org", iat=NOW + 1))


SEEN = {
    "owner": ["Data", "Select", "Map", "Annotate", "Review", "Prompts", "Evaluate", "Team"],
    "reviewer": ["Map", "Annotate", "Review", "Prompts", "Evaluate"],
    "annotator": ["Annotate"],
}


@pytest.mark.parametrize("role", sorted(SEEN))
def test_each_role_sees_its_pages_and_opens_no_other(enter, team, role):
    for name in SEEN["owner"]:
        (path,) = (ROOT / "pages").glob(f"*_{name}.py")
        at = enter(f"{role}@example.org", f"pages/{path.name}", mail(team))
        assert links(at) == SEEN[role]
        refused = "This page is for people with the role" in words(at)
        assert refused == (name not in SEEN[role]), name


def test_home_shows_what_each_may_do(enter, team):
    owner, annotator, admin = (enter(f"{who}@example.org") for who in ("owner", "annotator", "admin"))
    assert [button.label for button in owner.main.button] == ["Continue: Data"]
    assert [button.label for button in annotator.main.button] == ["Label"]
    assert "You label the texts that are handed to you" in words(annotator)
    assert "No texts yet" in words(owner)
    assert [button.label for button in admin.main.button] == ["New project"]
    assert "Mail" not in words(admin)
    admin.button("next-step").click().run()
    assert not admin.exception
    made = team.projects()[-1].project
    assert [(m.email, m.role) for m in team.members(made.id)] == [("admin@example.org", "owner")]


def test_no_next_step_leads_where_a_role_cannot_go(enter, team):
    for role, step in (("owner", "Load a file"), ("reviewer", None), ("annotator", None)):
        at = enter(f"{role}@example.org", "pages/4_Annotate.py", mail(team))
        assert [button.label for button in at.main.button] == ([step] if step else [])


def test_another_projects_address_says_no_more_than_a_wrong_one(enter, team):
    other = team.create_project("Secret plans")
    texts = [words(enter("owner@example.org", "pages/1_Data.py", project)) for project in (other.id, "nowhere")]
    assert texts[0] == texts[1]
    assert "Secret" not in texts[0]


def test_people_are_invited_and_changed_on_the_team_page(enter, team):
    at = enter("owner@example.org", "pages/8_Team.py", mail(team))
    at.text_input("invite-email").input("New@Example.org")
    at.selectbox("invite-role").select("reviewer")
    next(button for button in at.button if button.label == "Invite").click().run()
    assert ("new@example.org", "reviewer") in [(m.email, m.role) for m in team.members(mail(team))]
    assert "New@Example.org may come in as reviewer." in words(at)
    assert (at.text_input("invite-email").value, at.selectbox("invite-role").value) == ("", "annotator")
    at.selectbox("role-new@example.org-reviewer").select("annotator").run()
    assert ("new@example.org", "annotator") in [(m.email, m.role) for m in team.members(mail(team))]
    at.button("remove-new@example.org").click().run()
    assert not at.exception
    assert "new@example.org can no longer open this project" in words(at)
    assert at.button("remove-for-good")


def test_the_log_tells_who_changed_what(enter, team):
    project = mail(team)
    owner = team.sign_in(claims("owner@example.org", name="Olga"))
    team.as_person(owner).rename_project(project, "Letters")
    team.as_person(owner).remove_member(project, "reviewer@example.org")
    at = enter("owner@example.org", "pages/8_Team.py", project)
    next(one for one in at.button_group if "Log" in one.options).set_value("Log").run()
    assert not at.exception
    table = at.dataframe[0].value
    assert list(table["Who"]) == ["Olga"] * 2 + ["Who runs the server"] * 3
    assert list(table["What"][:2]) == ["took reviewer@example.org out of the project", "renamed the project"]
    assert list(table["What"][2:]) == [
        f"gave {role}@example.org the role {role}" for role in ("annotator", "reviewer", "owner")
    ]


def test_every_change_has_its_words_in_the_log():
    assert {name for name, rule in POLICY.items() if rule.noted} - set(_ACTIONS) == {"delete_project"}


def test_the_last_owner_cannot_leave_and_a_wrong_address_is_named(enter, team):
    at = enter("owner@example.org", "pages/8_Team.py", mail(team))
    at.selectbox("role-owner@example.org-owner").select("annotator").run()
    assert "last owner" in words(at)
    assert team.my_role(mail(team), who=team.sign_in(claims("owner@example.org")).id) == "owner"
    at = enter("owner@example.org", "pages/8_Team.py", mail(team))
    at.text_input("invite-email").input("nobody")
    next(button for button in at.button if button.label == "Invite").click().run()
    assert "not an e\\-mail address" in words(at)


def test_without_accounts_the_team_page_says_how_to_turn_them_on(open_at, space):
    at = open_at("pages/8_Team.py", space.create_project("Mail").id)
    assert "docs/team.md" in at.info[0].value
    assert len(at.main.button) == 0


def test_who_may_make_projects_opens_one_from_a_file_and_others_do_not(enter, team, tmp_path):
    path = team.bundle(mail(team), tmp_path / "mail.votek").path
    for address in ("owner@example.org", "annotator@example.org"):
        assert "Open a project from a file" not in [one.label for one in enter(address).expander]
    at = enter("admin@example.org")
    at.file_uploader("bundle-file-0").upload(path.name, path.read_bytes(), "application/zip").run()
    assert "owner@example.org: owner" in words(at)
    at.checkbox("bundle-roles").uncheck().run()
    at.button("bundle-open").click().run()
    assert not at.exception
    copy = next(found.project for found in team.projects() if found.project.id != mail(team))
    assert [(member.email, member.role) for member in team.members(copy.id)] == [("admin@example.org", "owner")]
    assert team.audit_log(copy.id)[0].action == "open_bundle"
