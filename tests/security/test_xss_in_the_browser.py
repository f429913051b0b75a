"""Whatever a person types or uploads is shown as it is, on every page, in a real browser."""

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.serving import ROOT, Server
from tests.security.xss_corpus import EVIL, PAYLOADS, TOKENS
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.evaluation import read_predictions
from votek.jobs.inline import finish_job
from votek.scoring import ModelSettings
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace, label_color

pytestmark = pytest.mark.browser

ALL = "\n".join(PAYLOADS)
LINE = " ".join(PAYLOADS).replace("\u2028", " ")

# What in the page came from a payload, the insides of components included.
_FOUND = """
() => {
  const found = [], alone = /^zq\\d\\dx$/, texts = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      const name = element.tagName.toLowerCase(), text = element.textContent.trim();
      const note = (what) => found.push(`${what}: <${name} class="${element.className}"> ${text.slice(0, 60)}`);
      if (alone.test(element.id)) note("planted");
      // Guidelines may be formatted: headings, lists and emphasis, but no links and no HTML.
      if (alone.test(text) && !element.closest(".guidelines")) note("formatted");
      for (const attribute of element.attributes) {
        if (attribute.name.startsWith("on")) note(`handler ${attribute.name}`);
        const is_link = ["href", "src", "action", "data", "style", "srcdoc", "xlink:href"].includes(attribute.name);
        if (is_link && /javascript:|evil\\.invalid|zq\\d\\dx/i.test(attribute.value)) note(`${attribute.name}`);
      }
      if (element.matches(".katex")) note("formula");
      if (element.matches("[data-testid=stIconMaterial]") && /delete_forever|zq/.test(text)) note("icon");
      if (element.shadowRoot) { look(element.shadowRoot); texts.push(element.shadowRoot.textContent); }
    }
  };
  look(document);
  texts.push(document.body.innerText);
  return { found, hacked: window.hacked ?? null, blocked: window.blocked, text: texts.join("\\n") };
}
"""
# The short text that the map shows of the first point that has one.
_HOVER = """
() => {
  const chart = document.querySelector(".votek-map-chart");
  const curve = chart._fullData.findIndex((trace) => trace.customdata && trace.hoverinfo !== "skip" && trace.text);
  Plotly.Fx.hover(chart, [{ curveNumber: curve, pointNumber: 0 }]);
}
"""
_WATCH = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => window.blocked.push(event.blockedURI));
"""


def columns(count):
    """Cells named by the corpus: a column per ten payloads to choose from, groups, and hidden labels."""
    fields = {name: [PAYLOADS[row % len(PAYLOADS)] for row in range(count)] for name in PAYLOADS[::7]}
    return {**fields, "group **zq00x**": [PAYLOADS[row % 5] for row in range(count)]}


def predictions(ids):
    """A file of three models whose names and answers are payloads."""
    models = PAYLOADS[38:41]
    lines = [
        {
            "id": item,
            **{name: PAYLOADS[(row + shift) % 4] for shift, name in enumerate(models)},
            "gold": PAYLOADS[row % 4],
        }
        for row, item in enumerate(ids)
    ]
    content = "\n".join(map(json.dumps, lines)).encode()
    return read_predictions(content, name="p.jsonl", id="id", models=models, gold="gold")


def fill(space, stored):
    """One project that holds the whole corpus in every field, and projects named by it."""
    for payload in PAYLOADS:
        if payload.isprintable() and not any(c in payload for c in "\u2028\u202e\u200b"):
            space.create_project(payload)
    labels = tuple(LabelSpec(name, label_color(i), definition=name) for i, name in enumerate(PAYLOADS))
    project = space.create_project("zq " + PAYLOADS[0] + " **zq42x**", task=TaskSpec("single", labels))
    for role, prefix in (("pool", "p"), ("test", "t")):
        ids = [f"{prefix}{row} {PAYLOADS[row]}" for row in range(len(PAYLOADS))]
        texts = [f"{payload} {role} {row}" for row, payload in enumerate(PAYLOADS)]
        gold = next(iter(columns(1)))
        dataset = make_dataset(ids, texts, columns(len(ids)))
        space.import_dataset(project.id, dataset, role=role, name=LINE[:2000] + ".csv", columns={gold: "gold"})
    space.set_guidelines(project.id, ALL)
    doubled = ALL.replace("{", "{{").replace("}", "}}")
    space.set_prompts(project.id, PromptSettings(instruction=ALL, demonstration=doubled + "{text}{label}", n=2))
    space.save_model_settings(project.id, ModelSettings("transformers", LINE))
    stored(space, project.id)
    job = finish_job(space, space.request_selection(project.id, budget=10))
    assert job.state == "done", job.message
    queue = space.queue(project.id)
    events = [NewEvent(f"l{n}", one.item, "label", PAYLOADS[n], 1, 2) for n, one in enumerate(queue[:8])]
    events += [NewEvent(f"c{n}", one.item, "comment", ALL[:9000], 1, 2) for n, one in enumerate(queue)]
    events += [NewEvent(f"f{n}", one.item, "flag", True, 1, 2) for n, one in enumerate(queue)]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", events))
    of, key = space.keep_predictions(project.id, predictions(space.dataset(project.id).ids), of="pool")
    groups = "group **zq00x**"
    for name, options in (
        ("difficulty", {"of": of, "predictions": key, "seed": 0}),
        ("groups", {"columns": [groups], "seed": 0}),
    ):
        job = finish_job(space, space.request_analysis(project.id, name, options))
        assert job.state == "done", (name, job.message)
    return project


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """A server for this module alone; texts are compared without a model."""
    made = Server(tmp_path_factory.mktemp("xss"), environment={"VOTEK_MODEL": "votek-hash"})
    made.start()
    yield made
    made.close()


class Watched:
    """One tab, everything it asks for, and what of the corpus it has shown."""

    def __init__(self, tab, url):
        self.tab, self.url = tab, url
        self.asked, self.dialogs, self.faults, self.seen = [], [], [], set()
        tab.add_init_script(_WATCH)
        tab.context.on("request", lambda request: self.asked.append(request.url))
        tab.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def go(self, path, ready, least=0):
        """Open a page, unfold what is folded, and look at it."""
        self.tab.goto(f"{self.url}/{path}")
        expect(self.tab.get_by_text(ready).first if isinstance(ready, str) else ready).to_be_visible()
        self.tab.evaluate(
            "document.querySelectorAll('main details:not([open]) > summary').forEach((one) => one.click())"
        )
        self.look(path, least)

    def look(self, where, least=0):
        """Note what came of the corpus; at least so many of its payloads must be there to be read."""
        self.tab.wait_for_timeout(500)
        told = self.tab.evaluate(_FOUND)
        shown = {token for token in TOKENS if token in told["text"]}
        self.seen |= shown
        self.faults += [f"{where}: {fault}" for fault in dict.fromkeys(told["found"])]
        self.faults += [f"{where}: {told[name]}" for name in ("hacked", "blocked") if told[name]]
        if len(shown) < least:
            self.faults.append(f"{where}: only {len(shown)} payloads are shown, so nothing was tried")

    @property
    def outside(self):
        """What was asked of any other server."""
        ours = (self.url, self.url.replace("http", "ws"), "data:", "blob:")
        return [url for url in self.asked if not url.startswith(ours)]


def upload(watched, space):
    """A file whose name, columns, cells and refused rows are payloads."""
    empty = space.create_project("Upload")
    watched.go(f"Data?project={empty.id}", "File with the texts")
    lines = [json.dumps(dict(zip(PAYLOADS, PAYLOADS, strict=True)))] * 2 + [f"no JSON {PAYLOADS[4]}"]
    file = {"name": f"{PAYLOADS[4]}.jsonl", "mimeType": "text/plain", "buffer": "\n".join(lines).encode()}
    watched.tab.locator("input[type=file]").first.set_input_files(file)
    expect(watched.tab.get_by_text("rows in the file").first).to_be_visible()
    watched.look("upload", least=1)


def test_nothing_that_is_typed_or_uploaded_is_read_as_code(host, new_context, compare_texts):
    space = Workspace.open(Settings(data=host.folder, model="votek-hash"))
    project = fill(space, compare_texts)
    tab = new_context().new_page()
    watched, here = Watched(tab, host.url), f"project={project.id}"
    watched.go("", "New project", least=60)
    upload(watched, space)
    watched.go(f"Data?{here}", "Labels", least=1)
    watched.go(f"Select?{here}", "The picks and their reasons")
    watched.go(f"Map?{here}", tab.locator(".votek-map-chart[data-drawn]"))
    tab.evaluate(_HOVER)
    watched.look("hover", least=1)
    for page in {"Review", "Team"} & {path.stem[2:] for path in (ROOT / "pages").glob("*.py")}:
        watched.go(f"{page}?{here}", tab.get_by_role("heading", name=page).first)
    watched.go(f"Annotate?{here}", tab.locator(".labeler[data-painted]"), least=60)
    tab.keyboard.press("g")
    tab.keyboard.press("c")
    watched.look("Annotate with guidelines and comment")
    watched.go(f"Prompts?{here}", "test items", least=1)
    for section, ready in (("Check", "What to do"), ("Versions", "Lines with a minus are gone")):
        tab.get_by_text(section, exact=True).click()
        expect(tab.get_by_text(ready).first).to_be_visible()
        watched.look(section, least=1)
    watched.go(f"Evaluate?{here}", "Does the pool beat random?")
    for section, ready, least in (("Worst group", "Look at each group", 3), ("Difficulty", "Which texts", 2)):
        tab.get_by_text(section, exact=True).click()
        expect(tab.get_by_text(ready).first).to_be_visible()
        tab.wait_for_timeout(700)
        watched.look(section, least)
    space.close()
    assert watched.faults == []
    assert watched.dialogs == []
    assert watched.outside == []
    assert watched.seen == set(TOKENS)
    assert EVIL not in " ".join(watched.asked)
