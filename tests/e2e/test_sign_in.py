"""Signing in and out in a real browser, against a real provider on this machine; and those who are refused."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def sees(page: Page, words: str) -> None:
    """Wait until the page says it."""
    expect(page.get_by_text(words).first).to_be_visible()


def test_a_person_signs_in_in_all_tabs_and_out_of_all(accounts_server, new_context) -> None:
    project = accounts_server.project(["one", "two", "three"], name="Mail")
    accounts_server.invite(project, "own@example.org", "owner")
    accounts_server.invite(project, "ada@example.org", "annotator")
    context = new_context()
    page = accounts_server.sign_in(context, "ada@example.org", name="Ada")
    sees(page, "ada@example.org")
    page.get_by_role("button", name="Label", exact=True).click()
    expect(page.locator(".labeler[data-painted]")).to_be_visible()
    links = page.get_by_test_id("stSidebar").get_by_role("link")
    expect(links).to_have_count(2)  # all projects, and Annotate
    second = context.new_page()
    second.goto(f"{accounts_server.url}/Data?project={project.id}")
    sees(second, "This page is for people with the role owner, and yours in this project is annotator.")
    second.goto(f"{accounts_server.url}/Annotate?project={project.id}")
    expect(second.locator(".labeler[data-painted]")).to_be_visible()
    second.keyboard.press("1")
    expect(second.locator(".labeler .saved")).to_have_text("All saved")
    assert [event.kind for event in accounts_server.workspace.events(project.id)] == ["label"]

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: not url.startswith(f"{accounts_server.url}/Annotate"))
    # the other tab still believes in its session: what it sends is refused, and its next run asks to sign in
    second.keyboard.press("1")
    expect(second.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    sees(second, "Your session has ended.")
    assert len(accounts_server.workspace.events(project.id)) == 1
    page.goto(accounts_server.url)
    sees(page, "Sign in to see your projects.")
    again = accounts_server.sign_in(context, "ada@example.org", name="Ada")
    sees(again, "Mail")


def test_strangers_unverified_addresses_and_demoted_owners_are_refused(accounts_server, new_context) -> None:
    project = accounts_server.project(["one", "two", "three"], name="Letters")
    accounts_server.invite(project, "grace@example.org", "owner")
    accounts_server.invite(project, "other@example.org", "owner")
    stranger = accounts_server.sign_in(new_context(), "eve@example.org")
    sees(stranger, "eve@example.org has not been invited to a project here.")
    expect(stranger.get_by_text("Letters")).to_have_count(0)
    unverified = accounts_server.sign_in(new_context(), "grace@example.org", verified=False)
    sees(unverified, "has not verified the address grace@example.org")
    expect(unverified.get_by_text("Letters")).to_have_count(0)

    owner = accounts_server.sign_in(new_context(), "grace@example.org", path=f"/Team?project={project.id}")
    owner.get_by_label("E-mail address").fill("new@example.org")
    owner.get_by_role("button", name="Invite").click()
    sees(owner, "new@example.org")
    owner.locator(".st-key-member-other-example-org").get_by_role("button", name="Remove").click()
    owner.get_by_role("dialog").get_by_role("button", name="Remove from the project").click()
    expect(owner.get_by_text("other@example.org")).to_have_count(0)
    accounts_server.invite(project, "other@example.org", "owner")
    accounts_server.workspace.set_role(project.id, "grace@example.org", "annotator")
    owner.get_by_label("E-mail address").fill("late@example.org")
    owner.get_by_role("button", name="Invite").click()
    sees(owner, "This page is for people with the role owner, and yours in this project is annotator.")
    emails = [member.email for member in accounts_server.workspace.members(project.id)]
    assert emails == ["grace@example.org", "new@example.org", "other@example.org"]
