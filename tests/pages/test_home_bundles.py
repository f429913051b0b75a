"""A project taken out as a file and opened on the home page."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.bundle.conftest import forged, small_project, with_rows
from votek.settings import Settings
from votek.workspace import Workspace


@pytest.fixture
def bundle(tmp_path):
    """The bundle of a project of another machine, with a name that is markdown and HTML."""
    with Workspace.open(Settings(data=tmp_path / "elsewhere", model="votek-hash"), accounts=False) as space:
        project = small_project(space, "Help *desk* <b>$5")
        return project, space.bundle(project.id, tmp_path / "b.votek").path


def looked_into(open_at, path):
    """The home page with this file in its uploader."""
    at = open_at()
    at.file_uploader("bundle-file-0").upload(path.name, path.read_bytes(), "application/zip").run()
    assert not at.exception
    return at


def texts(at):
    return [element.value for element in (*at.markdown, *at.text, *at.success, *at.info)]


def test_a_file_is_looked_into_and_opened(open_at, space, bundle):
    project, path = bundle
    at = looked_into(open_at, path)
    assert "**20 texts**, 0 rounds of picks, **5 labelled**; 5 entries in the log of who did what." in texts(at)
    assert "Worked on by ann." in texts(at)
    assert space.projects() == []
    at.button("bundle-open").click().run()
    assert not at.exception
    assert space.project(project.id) == project
    assert "Help \\*desk\\* \\<b\\>\\$5 is here, with everything that was in the file\\." in texts(at)
    at.run()
    assert not at.success  # said once
    assert not [button for button in at.button if button.key == "bundle-open"]


def test_a_second_time_it_becomes_a_copy_of_another_name(open_at, space, bundle):
    project, path = bundle
    space.open_bundle(path)
    at = looked_into(open_at, path)
    assert any("is here already" in words for words in texts(at))
    at.text_input[0].set_value("Copy").run()
    at.button("bundle-open").click().run()
    assert not at.exception
    assert [summary.project.name for summary in space.projects()] == [project.name, "Copy"]
    assert "The project was here already and stays as it is; this is a copy of its own." in texts(at)


def test_a_file_that_cannot_be_used_is_one_clear_error(open_at, space, bundle, tmp_path):
    _, path = bundle
    wrong = with_rows(path, "label_event", lambda row: row.update(value="<script>"))
    at = looked_into(open_at, wrong)
    assert len(at.error) == 1
    assert "damaged or was changed" in at.error[0].value.replace("\\", "")
    (tmp_path / "c.zip").write_bytes(b"hello")
    at = looked_into(open_at, tmp_path / "c.zip")
    assert "is not a bundle" in at.error[0].value.replace("\\", "")
    newer = forged(path, about=lambda manifest: manifest.update(migration="9999"))
    at = looked_into(open_at, newer)
    assert "Update votek" in at.error[0].value.replace("\\", "")
    assert "/" not in at.error[0].value
    assert space.projects() == []


def _dialog(project_id):
    from ui.frame import workspace
    from ui.home_bundles import take_out

    space = workspace()
    take_out(space, space.project(project_id))


def test_a_project_is_prepared_and_offered(space, tmp_path):
    project = small_project(space)
    space.invite(project.id, "ann@example.org", "annotator")
    at = AppTest.from_function(_dialog, kwargs={"project_id": project.id}, default_timeout=30).run()
    assert not at.exception
    assert at.checkbox[0].label == "With the e-mail addresses and roles of its people"
    at.checkbox[0].uncheck().run()
    at.button(f"bundle-{project.id}-prepare").click().run()
    assert not at.exception
    (tmp_path / "b.votek").write_bytes(at.session_state[f"bundle-{project.id}"][1])
    assert space.look_into_bundle(tmp_path / "b.votek").roles == {}
    assert space.look_into_bundle(tmp_path / "b.votek").events == 5
