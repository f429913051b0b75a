"""The home page: projects, where each stands, and what can be done with them."""

from ui.home import free_name
from votek.datasets import map_columns, read_table


def filled(space, name, texts):
    project = space.create_project(name)
    content = "\n".join(["text", *texts]).encode()
    space.import_dataset(project.id, map_columns(read_table(content, name="a.csv")), role="pool", name="a.csv")
    return project


def shown(at):
    return [element.value for element in (*at.markdown, *at.caption)]


def test_without_projects_it_says_what_to_do(open_at):
    at = open_at()
    assert "No project yet" in at.info[0].value
    assert at.button("next-step").label == "New project"


def test_a_new_project_opens_the_data_page(open_at, space):
    at = open_at().button("next-step").click().run()
    assert not at.exception
    assert at.title[0].value == "Data"
    assert [summary.project.name for summary in space.projects()] == ["New project"]
    assert at.query_params["project"] == space.projects()[0].project.id


def test_an_empty_new_project_is_used_again(open_at, space):
    open_at().button("next-step").click().run()
    open_at().button("next-step").click().run()
    assert len(space.projects()) == 1


def test_a_project_shows_where_it_stands_and_goes_on_there(open_at, space, texts_of):
    project = filled(space, "Help *desk* for $5", texts_of(12))
    at = open_at()
    assert "12 texts · nothing picked yet" in shown(at)
    assert "**Help \\*desk\\* for \\$5**" in shown(at)
    at.button(f"continue-{project.id}").click().run()
    assert not at.exception
    assert at.title[0].value == "Select"


def test_projects_of_one_name_show_when_they_were_made(open_at, space, texts_of):
    filled(space, "Help desk", texts_of(3))
    assert "created" not in " ".join(shown(open_at()))
    filled(space, "Help desk", texts_of(3))
    assert sum("· created 20" in words for words in shown(open_at())) == 2
    assert free_name(space, "Help desk") == "Help desk (2)"


def test_an_archived_project_can_be_brought_back(open_at, space):
    project = space.create_project("Old")
    space.archive_project(project.id)
    at = open_at()
    assert at.expander[0].label == "Archived (1)"
    at.button(f"restore-{project.id}").click().run()
    assert [summary.project.name for summary in space.projects()] == ["Old"]


def test_deleting_asks_first(open_at, space):
    project = space.create_project("Old")
    space.archive_project(project.id)
    at = open_at()
    at.button(f"delete-{project.id}").click().run()
    assert [button.label for button in at.button][-1] == "Delete for good"
    assert space.projects(archived=True)


def test_an_unwritable_data_folder_is_one_clear_error(open_at, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "file"))
    at = open_at()
    assert len(at.error) == 1
    assert "file" in at.error[0].value
