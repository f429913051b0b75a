// Draws one mounted settler and turns keys and clicks into decisions: the next text is painted first.

const QUIET_MS = 1_500;
const PARTS = {
  bar: ".bar",
  fill: ".bar span",
  count: ".count",
  alerts: ".alerts",
  guidelines: ".guidelines",
  reading: ".reading",
  card: ".card",
  where: ".where",
  hint: ".hint",
  body: ".body",
  again: ".again",
  said: ".said",
  voices: ".voices",
  ruling: ".ruling",
  deciding: ".deciding",
  choices: ".choices",
  answer: ".answer",
  box: ".answer textarea",
  because: ".because",
  why: ".because textarea",
  submit: ".submit",
  finished: ".finished",
  sheet: ".sheet",
};
const WITHOUT_TEXT = ["undo", "previous", "keys", "guidelines"];

function labelWords(value) {
  if (value === null || value === undefined) return "no label";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

// One for each project and person on a page; it goes on sending when its list is closed.
const outboxes = new Map();

function outboxFor(view, { base, project, person }) {
  const scope = `settle:${encodeURIComponent(project)}:${encodeURIComponent(person)}`;
  const held = outboxes.get(scope) ?? {};
  held.view = view;
  outboxes.set(scope, held);
  held.outbox ??= new Outbox({
    scope,
    url: `${base}api/labels`,
    options: { hand: false }, // whoever settles is not given texts to label by it
    onChange: () => held.view.saved.show(held.outbox ?? { unsaved: 0 }),
    onAcknowledged: (entries) => held.view.acknowledged(entries),
    onRejected: (entry, reason) => held.view.rejected(entry, reason),
    onAdopted: (entries) => entries,
    askToken: () => held.view.askToken(),
  });
  return held.outbox;
}

class SettlerView {
  constructor(root, data, trigger) {
    this.root = root.querySelector(".settler");
    this.id = JSON.stringify([data.base, data.project, data.person, data.name]);
    this.trigger = trigger;
    this.stop = new AbortController();
    const find = (selector) => this.root.querySelector(selector);
    this.parts = Object.fromEntries(Object.entries(PARTS).map(([name, selector]) => [name, find(selector)]));
    this.saved = new SavedLine(find(".saved"), find(".announce"));
    this.buttons = new Map([...this.root.querySelectorAll("[data-do]")].map((button) => [button.dataset.do, button]));
    this.choices = new Choices({
      group: this.parts.choices,
      filter: find(".filter"),
      onChoose: (name, event) => this.inTime(event) && this.choose(name),
    });
    this.model = new Settling();
    this.rejections = [];
    this.chosen = [];
    this.shownId = undefined;
    this.paintedAt = Infinity;
    this.tokenAsked = -Infinity;
    this.uncovered = keepUncovered();
    this.outbox = outboxFor(this, data);
    this.#listen();
    this.accept(data);
    this.model.advance();
    this.draw();
    this.#takeFocus();
  }

  accept(data) {
    this.outbox.setToken(data.token);
    this.words = data.words;
    this.model.load(data.state);
    this.draw();
  }

  close() {
    this.stop.abort();
    this.uncovered.disconnect();
    this.saved.close();
    clearTimeout(this.quietTimer);
  }

  // The keys work wherever the focus is, but for boxes and menus: the control that led here is one.
  #takeFocus() {
    if (!document.activeElement?.matches("input, textarea")) this.parts.card.focus({ preventScroll: true });
  }

  #listen() {
    const { signal } = this.stop;
    addEventListener("keydown", (event) => this.#key(event), { capture: true, signal });
    for (const [name, button] of this.buttons) {
      button.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
      button.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
      button.addEventListener("click", (event) => this.#act(name, event), { signal });
    }
    for (const box of [this.parts.box, this.parts.why]) {
      box.addEventListener("keydown", (event) => this.#boxKey(event, box), { signal });
    }
    this.parts.sheet.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  }

  askToken() {
    if (performance.now() - this.tokenAsked < 2_000) return;
    this.tokenAsked = performance.now();
    this.trigger("token", newId());
  }

  acknowledged(entries) {
    this.model.acknowledged(entries);
    clearTimeout(this.quietTimer);
    // What stands around the settler shows the progress too; it is brought up to date in quiet moments.
    this.quietTimer = setTimeout(() => {
      const busy = this.outbox.unsaved || this.parts.why.value || this.chosen.length;
      if (!busy && document.visibilityState === "visible") this.trigger("progress", newId());
    }, QUIET_MS);
  }

  rejected(entry, reason) {
    this.model.reject(entry);
    const text = this.model.find(entry.event.item)?.text ?? entry.event.item;
    this.rejections.push({ id: entry.event.event_id, kind: "final label", text, reason });
    this.draw();
  }

  // ------------------------------------------------------------ drawing

  draw() {
    const { parts, model } = this;
    const { item } = model;
    if (this.task !== JSON.stringify(model.task)) this.#buildTask();
    parts.reading.hidden = parts.deciding.hidden = !item;
    parts.finished.hidden = Boolean(item);
    if (item) this.#drawItem(item);
    else this.#drawFinished();
    for (const [name, off] of [
      ["undo", !model.history.length],
      ["previous", !model.items.length || model.position === 0],
      ["next", !item || model.position === model.items.length - 1],
      ["skip", !item],
      ["comment", !item || item.kind === "label"],
    ]) {
      this.buttons.get(name).setAttribute("aria-disabled", String(off));
    }
    setText(parts.count, `${model.done} of ${model.items.length} ${this.words.done}`);
    parts.fill.style.transform = `scaleX(${model.items.length ? model.done / model.items.length : 0})`;
    parts.bar.setAttribute("aria-valuenow", model.done);
    parts.bar.setAttribute("aria-valuemax", model.items.length);
    fillGuidelines(parts.guidelines, model);
    fillAlerts(parts.alerts, this.rejections, (rejection) => {
      this.rejections = this.rejections.filter((other) => other !== rejection);
      this.draw();
    });
    this.saved.show(this.outbox);
  }

  #buildTask() {
    this.task = JSON.stringify(this.model.task);
    const { task } = this.model;
    this.isText = task.type === "text";
    this.parts.choices.hidden = this.isText;
    this.parts.answer.hidden = !this.isText;
    this.choices.build(this.isText ? { ...task, labels: [] } : task);
    this.colors = new Map(task.labels.map(({ name, color }) => [name, color]));
    const rows = [
      this.isText ? ["/", "to the answer box"] : ["1 – 9, 0", "choose the final label"],
      ["Enter", "settle, go on"],
      ["space", "no label fits"],
      ["c", "say why; Enter in the box settles"],
      ["u, Ctrl+Z, ⌘Z", "undo"],
      ["← →", "previous and next text"],
      ["g", "show or hide the guidelines"],
      ["Esc", "leave a box"],
    ].flatMap(([key, what]) => [make("dt", { text: key }), make("dd", { text: what })]);
    this.parts.sheet.querySelector("dl").replaceChildren(...rows);
    this.shownId = undefined;
  }

  #drawItem(item) {
    const { parts, model } = this;
    if (this.shownId !== item.id) {
      this.shownId = item.id;
      setText(parts.body, item.text);
      parts.card.scrollTop = 0;
      setText(parts.hint, "");
      this.choices.settle();
      parts.why.value = item.ruling?.why ?? "";
      const given = item.ruling ? item.ruling.label : item.value;
      this.chosen = this.isText || given === null ? [] : [given].flat();
      parts.box.value = this.isText && given !== null ? String(given) : "";
      parts.voices.replaceChildren(...item.voices.map((voice) => this.#voice(voice)));
      parts.said.hidden = !item.voices.length;
      this.#markPainted(item.id);
    }
    parts.because.hidden = item.kind === "label";
    setText(parts.where, `Text ${model.position + 1} of ${model.items.length} · ${item.settled ? this.words.done : item.status}`);
    setText(parts.again, item.again);
    const { ruling } = item;
    const reason = ruling?.why ? ` (${ruling.why})` : "";
    setText(parts.ruling, ruling ? `Settled by ${ruling.who}: ${labelWords(ruling.label)}${reason}` : "");
    setText(parts.submit.querySelector("span"), this.words.submit);
    this.choices.press(this.chosen);
  }

  #voice({ who, label, comment, flagged, when }) {
    const parts = [
      make("p", { class: "who", dir: "auto", text: flagged ? `${who} · ${when} · flagged` : `${who} · ${when}` }),
      make("p", { class: "gave", dir: "auto", text: label === null ? "skipped it" : labelWords(label) }),
    ];
    if (comment) parts.push(make("p", { class: "comment", dir: "auto", text: comment }));
    const voice = make("li", { class: "voice" }, parts);
    const color = this.colors.get([label].flat()[0]);
    if (/^#[0-9a-f]{6}$/i.test(color ?? "")) voice.style.setProperty("--label", color);
    return voice;
  }

  #drawFinished() {
    const [title, text] = this.parts.finished.querySelectorAll("h2, p");
    const fresh = this.shownId !== null;
    this.shownId = null;
    this.paintedAt = 0;
    this.root.dataset.painted = "";
    setText(title, this.words.finished);
    setText(text, this.model.items.length ? "← goes back to the last one, u undoes." : this.words.none);
    if (fresh && this.model.items.length) title.focus({ preventScroll: true });
  }

  // A key pressed before this text was on the screen was meant for another one.
  #markPainted(id) {
    this.paintedAt = Infinity;
    delete this.root.dataset.painted;
    const painted = (time) => {
      if (this.shownId !== id) return;
      this.paintedAt = Math.min(this.paintedAt, time);
      this.root.dataset.painted = "";
    };
    requestAnimationFrame((frame) => painted(frame));
    setTimeout(() => painted(performance.now()), 250);
  }

  inTime(event) {
    if (event.timeStamp >= this.paintedAt) return true;
    setText(this.parts.hint, "A key that came before this text was shown was not used.");
    return false;
  }

  // ------------------------------------------------------------ keys and buttons

  #key(event) {
    if (isElsewhere(event) || pressesControl(event)) return;
    const slot = event.altKey || event.isComposing ? null : slotOf(event);
    const name = slot && !this.isText ? this.choices.names.get(slot) : undefined;
    const action = name === undefined ? actionOf(event) : "choose";
    if (action === null || action === "flag") return;
    if (this.model.current === null && !WITHOUT_TEXT.includes(action)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    if (action === "choose") {
      if (this.inTime(event)) this.choose(name);
    } else {
      this.#act(action, event);
    }
  }

  #boxKey(event, box) {
    if (event.isComposing || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") box.blur();
    else if (event.key === "Enter" && !event.repeat && (box === this.parts.why ? !event.shiftKey : command)) {
      box.blur();
      if (this.inTime(event)) this.submit();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #act(name, event) {
    const actions = {
      submit: () => this.inTime(event) && this.submit(),
      skip: () => this.inTime(event) && this.settle(null),
      undo: () => this.undo(),
      comment: () => this.parts.why.focus(),
      guidelines: () => this.toggleGuidelines(),
      filter: () => (this.isText ? this.parts.box.focus() : this.choices.open()),
      previous: () => this.move(-1),
      next: () => this.move(1),
      keys: () => this.parts.sheet.showModal(),
      close: () => this.parts.sheet.close(),
    };
    if (this.buttons.get(name)?.getAttribute("aria-disabled") !== "true") actions[name]();
  }

  choose(name) {
    const several = this.model.task.type === "multi";
    const others = this.chosen.filter((other) => other !== name);
    this.chosen = several ? (others.length < this.chosen.length ? others : [...others, name]) : [name];
    setText(this.parts.hint, "");
    this.choices.press(this.chosen);
  }

  submit() {
    const { type, labels } = this.model.task;
    const names = labels.map(({ name }) => name).filter((name) => this.chosen.includes(name));
    if (type === "text" && !this.parts.box.value.trim()) return this.#say("Write the final answer first.");
    if (type !== "text" && !names.length) return this.#say("Choose the final label first; space: no label fits.");
    return this.settle(type === "text" ? this.parts.box.value : type === "multi" ? names : names[0]);
  }

  settle(label) {
    const entry = this.model.settle(label, this.parts.why.value.trim() ? this.parts.why.value : "");
    this.model.advance();
    this.draw();
    this.outbox.add(entry);
  }

  undo() {
    const entry = this.model.undo();
    if (!entry) return this.#say("Nothing is left to undo.");
    this.shownId = undefined;
    this.draw();
    this.#say("Undone: the final label of this text.");
    return this.outbox.add(entry);
  }

  move(step) {
    this.model.move(step);
    this.draw();
  }

  toggleGuidelines() {
    const { guidelines } = this.parts;
    guidelines.hidden = !guidelines.hidden;
    this.buttons.get("guidelines").setAttribute("aria-expanded", String(!guidelines.hidden));
  }

  #say(text) {
    setText(this.parts.hint, text);
  }
}
