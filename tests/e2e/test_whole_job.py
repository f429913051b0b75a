"""The whole job with the real model, from a file to prompt sets that load elsewhere, all of it clicked and typed."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.e2e.exported import holds, texts_in
from votek.exports import GROUPS, catalogue, find_format
from votek.workspace.sample import ensure_sample

pytestmark = [pytest.mark.browser, pytest.mark.long]

ROOT = Path(__file__).resolve().parents[2]
LONG = 600_000
USUAL = (
    "labelled-jsonl",
    "labelled-csv",
    "labelled-parquet",
    "prompts-jsonl",
    "openai-chat-jsonl",
    "langchain",
    "dspy",
)


@pytest.fixture(scope="module")
def host(server):
    """The server with its worker; the model is the packaged one."""
    server.start_worker()
    return server


def click(button, clicks):
    button.click(timeout=LONG)
    clicks.append(button)


def download(page, key):
    """The bytes behind a download button."""
    with page.expect_download(timeout=LONG) as caught:
        page.locator(f".st-key-{key} button").first.click(timeout=LONG)  # once it is prepared
    return Path(caught.value.path()).read_bytes()


def lines(content):
    return [json.loads(line) for line in content.decode("utf-8").split("\n") if line]


def votek(host, *arguments):
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VOTEK_DATA": str(host.folder)}
    command = [sys.executable, "-m", "votek.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def label_by_keyboard(labeler, names, count):
    """Label `count` texts with the keys 1 to 8 in turn; item text -> label."""
    given = {}
    for i in range(count):
        given[labeler.text] = names[i % 8]
        labeler.press(str(i % 8 + 1))
    return given


def take_away(page, names):
    """Prepare and download these formats, a group after the other; name -> bytes."""
    page.get_by_text("Take away", exact=True).click()
    files = {}
    for group, title in GROUPS.items():
        page.locator("[class*='-export-group']").get_by_text(title, exact=True).click()
        for name in [one.name for one in catalogue() if one.group == group and one.name in names]:
            page.locator(f".st-key-prepare-{name} button").click(timeout=LONG)
            files[name] = download(page, f"download-{name}")
    assert set(files) == set(names)
    return files


def check_exports(page, dataset, given, names):
    """Download these formats on the page; what was typed must be in every file, letter for letter."""
    files = take_away(page, names)
    wanted = sorted(given.items())
    labelled = lines(files["labelled-jsonl"])
    assert sorted((row["text"], row["label"]) for row in labelled) == wanted
    table = pd.read_csv(io.BytesIO(files["labelled-csv"]), dtype=str, keep_default_na=False)
    assert sorted(zip(table["text"].str.removeprefix("'"), table["label"], strict=True)) == sorted(
        (text.removeprefix("'"), label) for text, label in wanted
    )
    parquet = pd.read_parquet(io.BytesIO(files["labelled-parquet"]))
    assert sorted(zip(parquet["text"], parquet["label"], strict=True)) == wanted
    texts = dict(zip(dataset.ids, dataset.texts, strict=True))
    prompts = lines(files["prompts-jsonl"])
    assert prompts
    for prompt in prompts:
        shown = [(shot["text"], shot["label"]) for shot in prompt["demonstrations"]]
        assert all(given.get(text) == label for text, label in shown)
        assert prompt["text"] == texts[prompt["id"]]
        assert prompt["text"] not in [text for text, _ in shown]
        assert all(text in prompt["prompt"] for text, _ in shown)
    chats = lines(files["openai-chat-jsonl"])
    assert [chat["messages"][-1]["role"] for chat in chats] == ["user"] * len(prompts)
    assert len(json.loads(files["dspy"])) == len(given)
    assert len(json.loads(files["langchain"])) == len(given)
    shown = {shot["text"] for prompt in prompts for shot in prompt["demonstrations"]}
    for format in (find_format(name) for name in names):
        typed = [*shown, *(prompt["text"] for prompt in prompts)] if format.needs == "prompts" else list(given)
        labels = {given[text] for text in typed if text in given}
        missing = holds(texts_in(format.file, files[format.name]), [*typed, *labels])
        assert not missing, f"{format.name} lacks {missing[:3]}"
    return prompts


def test_the_sample_from_the_first_label_to_a_set_that_can_be_made_again(host, page, open_labeler, tmp_path):
    project = ensure_sample(host.workspace, ROOT / "examples")
    page.goto(host.url)
    page.locator(f".st-key-card-{project.id}").get_by_role("button", name="Continue: Annotate").click()
    expect(page.locator(".labeler[data-painted]")).to_be_visible()
    page.close()
    labeler = open_labeler(project)
    names = [label.name for label in project.task.labels]
    given = label_by_keyboard(labeler, names, 6)
    skipped = labeler.text
    labeler.press("Space")
    given |= label_by_keyboard(labeler, names, 11)
    labeler.all_saved()
    expect(labeler.page.locator(".labeler .count")).to_have_text("17 of 18 labelled", timeout=60_000)
    given |= label_by_keyboard(labeler, names, 1)
    labeler.all_saved()
    assert labeler.watched("mouse") == 0
    assert skipped not in given
    assert len(given) == 18
    tab = labeler.page
    tab.goto(f"{host.url}/Prompts?project={project.id}")
    expect(tab.get_by_text("60 test items")).to_be_visible(timeout=LONG)
    tests = host.workspace.dataset(project.id, "test")
    prompts = check_exports(tab, tests, given, [format.name for format in catalogue()])
    assert [prompt["id"] for prompt in prompts] == list(tests.ids)

    choose = tab.locator("[class*='-export-group']")
    choose.get_by_text("Everything", exact=True).click()
    tab.locator(".st-key-prepare-all button").click(timeout=LONG)
    everything = zipfile.ZipFile(io.BytesIO(download(tab, "download-all")))
    assert {format.file for format in catalogue()} <= set(everything.namelist())
    choose.get_by_text("Prompts", exact=True).click()
    tab.locator(".st-key-prepare-prompts-jsonl button").click(timeout=LONG)
    manifest = tmp_path / "prompts.manifest.json"
    manifest.write_bytes(download(tab, "manifest-prompts-jsonl"))
    again = tmp_path / "again.jsonl"
    made = votek(
        host, "reproduce", str(manifest), str(ROOT / "examples" / "helpdesk.csv"),
        "--tests", str(ROOT / "examples" / "helpdesk_test.csv"), "--out", str(again), "--json",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr + made.stdout
    assert json.loads(made.stdout)["identical"] is True
    assert again.read_bytes() == everything.read("prompts.jsonl")


@pytest.mark.real_data
def test_ten_thousand_real_questions(host, page, open_labeler, real_data, tmp_path):
    source = real_data("banking77_train.csv")
    clicks = []
    page.goto(host.url)
    click(page.get_by_role("button", name="New project"), clicks)
    expect(page.get_by_text("File with the texts")).to_be_visible()  # the home page takes files too
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(source)
    clicks.append("file")
    click(page.get_by_role("button", name="Load 10,003 texts"), clicks)
    expect(page.get_by_label("How many texts will you label?")).to_have_value("100")
    click(page.get_by_role("button", name="Pick texts"), clicks)
    expect(page.get_by_text("Turning each text into a vector").first).to_be_visible(timeout=LONG)
    page.reload()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    project = host.workspace.project(page.url.rpartition("project=")[2].split("&")[0])
    click(page.get_by_role("button", name="Start labelling"), clicks)
    expect(page.locator(".labeler[data-painted]")).to_be_visible()
    assert len(clicks) <= 8
    page.close()

    picks = tmp_path / "picks.jsonl"
    made = votek(host, "select", str(source), "--text", "text", "--budget", "100", "--out", str(picks))
    assert made.returncode == 0, made.stderr
    assert [row["index"] for row in lines(picks.read_bytes())] == host.workspace.selection(project.id).indices.tolist()

    labeler = open_labeler(project)
    names = [label.name for label in host.workspace.project(project.id).task.labels]
    given = label_by_keyboard(labeler, names, 9)
    wrong = labeler.text
    labeler.press("9", "u")
    assert labeler.text == wrong
    labeler.all_saved()
    labeler.reload()
    given |= label_by_keyboard(labeler, names, 5)
    host.kill()
    given |= label_by_keyboard(labeler, names, 3)
    expect(labeler.page.locator(".labeler .saved")).to_contain_text("kept in this browser")
    host.restart()
    labeler.all_saved(timeout=90_000)
    given |= label_by_keyboard(labeler, names, 3)
    labeler.all_saved()
    assert labeler.watched("mouse") == 0
    dataset = host.workspace.dataset(project.id)
    texts = dict(zip(dataset.ids, dataset.texts, strict=True))
    assert {texts[item]: value for item, value in host.labels(project).items()} == given
    assert len(given) == 20

    tab = labeler.page
    tab.goto(f"{host.url}/Map?project={project.id}")
    expect(tab.locator(".js-plotly-plot")).to_be_visible(timeout=LONG)
    tab.goto(f"{host.url}/Prompts?project={project.id}")
    expect(tab.get_by_text("9,983 texts without a label")).to_be_visible(timeout=LONG)
    check_exports(tab, dataset, given, USUAL)
