"""What every page has around it."""


def test_projects_of_the_same_name_can_be_told_apart(space, open_at):
    first, second = space.create_project("Messages"), space.create_project("Messages")
    for project in (first, second):
        picker = open_at("pages/1_Data.py", project.id).selectbox(f"project-{project.id}")
        assert sorted(picker.options) == ["Messages", "Messages (2)"]
        assert picker.value == project.id
