// Draws one mounted labeler and turns keys and clicks into actions. The next text is painted first;
// everything else (storing, sending) comes after, and never asks the server for leave.
//
// Reason for the length: one screen whose parts share the item shown, the draft and the focus.

const QUIET_MS = 4_000;

const PARTS = {
  bar: ".bar",
  fill: ".bar span",
  count: ".count",
  alerts: ".alerts",
  guidelines: ".guidelines",
  reading: ".reading",
  where: ".where",
  hint: ".hint",
  body: ".body",
  reason: ".reason",
  suggestion: ".suggestion",
  deciding: ".deciding",
  choices: ".choices",
  answer: ".answer",
  box: ".answer textarea",
  draft: ".draft",
  submit: ".deciding .submit",
  finished: ".finished",
  remark: ".remark",
  comment: ".remark textarea",
  tools: ".tools",
  sheet: ".sheet",
};

// What still makes sense when no text is left to do.
const WITHOUT_TEXT = ["undo", "previous", "keys", "guidelines", "submit"];

class View {
  constructor(root, engine, trigger) {
    this.root = root.querySelector(".labeler");
    this.engine = engine;
    this.model = engine.model;
    this.trigger = trigger;
    this.stop = new AbortController();
    const find = (selector) => this.root.querySelector(selector);
    this.parts = Object.fromEntries(Object.entries(PARTS).map(([name, selector]) => [name, find(selector)]));
    this.drafts = new Drafts(engine.scope);
    this.saved = new SavedLine(find(".saved"), find(".announce"));
    this.buttons = new Map([...this.root.querySelectorAll("[data-do]")].map((button) => [button.dataset.do, button]));
    this.choices = new Choices({
      group: this.parts.choices,
      filter: find(".filter"),
      onChoose: (name, event) => this.inTime(event) && this.choose(name),
    });
    this.shownId = undefined;
    this.paintedAt = Infinity;
    this.ignored = 0;
    this.chosen = [];
    this.told = this.model.done;
    this.uncovered = keepUncovered();
    this.#listen();
    this.draw();
    if (this.isText) this.focusAnswer();
  }

  close() {
    this.keepDrafts();
    this.stop.abort();
    this.uncovered.disconnect();
    this.saved.close();
    clearTimeout(this.quietTimer);
    if (this.engine.view === this) this.engine.view = null;
  }

  get isText() {
    return this.model.task.type === "text";
  }

  #listen() {
    const { signal } = this.stop;
    addEventListener("keydown", (event) => this.#key(event), { capture: true, signal });
    addEventListener("pagehide", () => this.keepDrafts(), { signal });
    for (const [name, button] of this.buttons) {
      button.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
      button.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
      button.addEventListener("click", (event) => this.#act(name, event), { signal });
    }
    const { box, comment, sheet } = this.parts;
    box.addEventListener("input", () => this.#typed(), { signal });
    box.addEventListener("keydown", (event) => this.#boxKey(event, box), { signal });
    comment.addEventListener("input", () => this.keepDrafts(), { signal });
    comment.addEventListener("keydown", (event) => this.#boxKey(event, comment), { signal });
    comment.addEventListener("blur", () => this.keepComment(), { signal });
    sheet.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
    sheet.addEventListener("click", (event) => event.target === sheet && sheet.close(), { signal });
  }

  // ------------------------------------------------------------ drawing

  draw() {
    const { parts, model } = this;
    const item = model.item;
    this.engine.place.keep(model.current);
    if (this.task !== JSON.stringify(model.task)) this.#buildTask();
    parts.reading.hidden = parts.deciding.hidden = !item;
    parts.finished.hidden = Boolean(item);
    if (item) this.#drawItem(item);
    else this.#drawFinished();
    this.#disable("undo", !model.history.length);
    this.#drawProgress();
    this.#drawAlerts();
    fillGuidelines(parts.guidelines, model);
    this.showSaved();
  }

  #buildTask() {
    this.task = JSON.stringify(this.model.task);
    const { parts } = this;
    const { type } = this.model.task;
    parts.choices.hidden = parts.answer.hidden = false;
    parts[this.isText ? "choices" : "answer"].hidden = true;
    this.choices.build(this.isText ? { ...this.model.task, labels: [] } : this.model.task);
    parts.submit.hidden = type === "single";
    setText(parts.submit.querySelector("kbd"), type === "text" ? "Ctrl+Enter" : "Enter");
    parts.choices.setAttribute("aria-label", type === "multi" ? "Labels; several can be chosen" : "Labels");
    fillSheet(parts.sheet, this.model.task);
    this.shownId = undefined;
  }

  #drawItem(item) {
    const { parts, model } = this;
    if (this.shownId !== item.id) {
      this.shownId = item.id;
      setText(parts.body, item.text);
      parts.body.parentElement.scrollTop = 0;
      setText(parts.hint, "");
      this.choices.settle();
      this.#loadDrafts(item);
      this.#markPainted(item.id);
    } else {
      this.#follow(item);
    }
    const marks = { todo: "", labelled: " · labelled", skipped: " · skipped" }[item.state];
    const flag = item.flagged ? " · flagged" : "";
    const of = model.team ? "" : ` of ${model.items.length}`;
    setText(parts.where, `Text ${model.earlier + model.position + 1}${of}${marks}${flag}`);
    setText(parts.reason, item.reason ? `Why this text: ${item.reason}` : "");
    fillSuggestion(parts.suggestion, item, model.suggesting);
    this.choices.suggest(suggestedNames(item));
    this.choices.press(this.chosen);
    this.buttons.get("flag").setAttribute("aria-pressed", String(item.flagged));
    this.#disable("previous", model.position === 0);
    this.#disable("next", model.position === model.items.length - 1);
    for (const name of ["skip", "flag", "comment"]) this.#disable(name, false);
    const remark = Boolean(item.comment || this.remarkOpen);
    parts.remark.hidden = !remark;
    this.buttons.get("comment").setAttribute("aria-expanded", String(remark));
  }

  // aria-disabled keeps the focus where it is when a button runs out of work.
  #disable(name, off) {
    this.buttons.get(name).setAttribute("aria-disabled", String(off));
  }

  #drawFinished() {
    const { parts, model, engine } = this;
    const wasShown = this.shownId === null;
    this.shownId = null;
    this.paintedAt = 0;
    this.root.dataset.painted = "";
    for (const name of ["next", "skip", "flag", "comment"]) this.#disable(name, true);
    this.#disable("previous", !model.items.length);
    this.buttons.get("flag").setAttribute("aria-pressed", "false");
    parts.remark.hidden = true;
    parts.tools.hidden = !model.items.length;
    const [title, text] = parts.finished.querySelectorAll("h2, p");
    const others = model.team && (model.waiting || model.left);
    this.buttons.get("prompts").hidden = this.buttons.get("select").hidden = model.team;
    if (others && engine.outbox.unsaved) {
      setText(title, "One moment");
      setText(text, "The next texts come as soon as your labels are saved.");
    } else if (others) {
      setText(title, "Nothing left for you right now");
      setText(text, "Others hold the last texts. What they leave comes to you here by itself; ← goes back, u undoes.");
    } else if (engine.waiting) {
      setText(title, "One moment");
      setText(text, "The next-best text for one that you skipped is being looked for.");
    } else {
      setText(title, model.done ? `All ${model.done} texts are labelled` : "Nothing is left to label");
      setText(
        text,
        model.toCome
          ? `That was round 1 of 2. ${model.toCome} more texts are picked once a model has looked at the rest, with these as examples.`
          : model.team
            ? `Thank you: nothing is left for you.${model.items.length ? " ← goes back to the last one, u undoes." : ""}`
            : "Build prompts from them now, or choose more texts. ← goes back to the last one, u undoes.",
      );
    }
    setText(this.buttons.get("prompts").querySelector("span"), model.toCome ? "Go to round 2" : "Build prompts");
    if (model.toCome) this.buttons.get("select").hidden = true;
    if (!wasShown) title.focus({ preventScroll: true });
  }

  #drawProgress() {
    const { parts, model } = this;
    setText(parts.count, `${model.done} of ${model.total} labelled`);
    parts.fill.style.transform = `scaleX(${model.total ? model.done / model.total : 0})`;
    parts.bar.setAttribute("aria-valuenow", model.done);
    parts.bar.setAttribute("aria-valuemax", model.total);
  }

  #drawAlerts() {
    fillAlerts(this.parts.alerts, this.engine.rejections, (rejection) => {
      this.engine.rejections = this.engine.rejections.filter((other) => other !== rejection);
      this.draw();
    });
  }

  showSaved() {
    this.saved.show(this.engine.outbox);
  }

  // What stands around the labeler shows the progress too; it is brought up to date in quiet moments.
  tellProgress(quiet = QUIET_MS) {
    clearTimeout(this.quietTimer);
    if (this.told === this.model.done) return;
    this.quietTimer = setTimeout(() => {
      if (this.engine.outbox.unsaved || document.visibilityState !== "visible") return;
      this.told = this.model.done;
      this.trigger("progress", this.told);
    }, quiet);
  }

  goOn() {
    if (this.model.team) return; // what comes after the labels is the owner's
    this.trigger("go", this.model.toCome ? "select" : "prompts");
  }

  // ------------------------------------------------------------ what was painted when

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
    setTimeout(() => painted(performance.now()), 250); // a tab in the background paints nothing
  }

  inTime(event) {
    if (event.timeStamp >= this.paintedAt) return true;
    this.ignored += 1;
    this.root.dataset.ignored = this.ignored;
    setText(this.parts.hint, "A key that came before this text was shown was not used.");
    return false;
  }

  // ------------------------------------------------------------ keys and buttons

  #key(event) {
    if (isElsewhere(event) || pressesControl(event)) return;
    const slot = event.altKey || event.isComposing ? null : slotOf(event);
    const name = slot && !this.isText ? this.choices.names.get(slot) : undefined;
    const action = name === undefined ? actionOf(event) : "choose";
    if (action === null || (this.model.current === null && !WITHOUT_TEXT.includes(action))) return;
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
    if (event.key === "Escape") {
      box.blur();
    } else if (event.key === "Enter" && !event.repeat && box === this.parts.box && command) {
      if (this.inTime(event)) this.submit();
    } else if (event.key === "Enter" && box === this.parts.comment && !event.shiftKey) {
      box.blur();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #act(name, event) {
    const actions = {
      submit: () => (this.model.current === null ? this.goOn() : this.inTime(event) && this.submit()),
      skip: () => this.inTime(event) && this.skip(),
      flag: () => this.inTime(event) && this.flag(),
      undo: () => this.undo(),
      comment: () => this.openComment(),
      guidelines: () => this.toggleGuidelines(),
      filter: () => (this.isText ? this.focusAnswer() : this.choices.open()),
      previous: () => this.move(-1),
      next: () => this.move(1),
      keys: () => this.parts.sheet.showModal(),
      close: () => this.parts.sheet.close(),
      prompts: () => this.goOn(),
      select: () => this.trigger("go", "select"),
    };
    if (this.buttons.get(name)?.getAttribute("aria-disabled") !== "true") actions[name]();
  }

  // ------------------------------------------------------------ actions

  #done(entry, { advance = true } = {}) {
    if (advance) this.model.advance();
    this.draw();
    this.engine.record(entry);
    if (advance && this.isText && this.model.item) this.focusAnswer();
  }

  choose(name) {
    this.keepComment();
    if (this.model.task.type === "single") {
      const entry = this.model.act("label", this.model.item, name);
      this.drafts.drop(this.model.find(this.shownId));
      this.#done(entry);
      return;
    }
    this.chosen = this.chosen.includes(name) ? this.chosen.filter((other) => other !== name) : [...this.chosen, name];
    setText(this.parts.hint, "");
    this.choices.press(this.chosen);
    this.keepDrafts();
  }

  submit() {
    this.keepComment();
    const { type, labels } = this.model.task;
    const item = this.model.item;
    if (type === "single") {
      if (item.state !== "labelled") return this.#say("Choose a label first; space skips this text.");
      this.model.advance();
      return this.draw();
    }
    const names = labels.map(({ name }) => name);
    const value = type === "text" ? this.parts.box.value : names.filter((name) => this.chosen.includes(name));
    if (type === "text" && !value.trim()) return this.#say("Write an answer first, or skip this text.");
    if (type === "multi" && !value.length) return this.#say("Choose at least one label; space skips this text.");
    const entry = this.model.act("label", item, value);
    this.drafts.drop(item);
    return this.#done(entry);
  }

  skip() {
    this.keepComment();
    if (this.model.item.state === "skipped") return this.move(1);
    return this.#done(this.model.act("skip", this.model.item, null));
  }

  flag() {
    const { item } = this.model;
    this.#done(this.model.act("flag", item, !item.flagged), { advance: false });
  }

  undo() {
    this.keepComment();
    this.keepDrafts();
    const undone = this.model.undo();
    if (!undone) return this.#say("Nothing is left to undo.");
    this.shownId = undefined;
    this.draw();
    const what = { label: "label", skip: "skip", flag: "flag", comment: "comment" }[undone.kind] ?? "decision";
    this.#say(`Undone: the ${what} of this text.`);
    return this.engine.record(undone.entry);
  }

  move(step) {
    this.keepComment();
    this.keepDrafts();
    this.remarkOpen = false;
    this.model.move(step);
    this.draw();
  }

  toggleGuidelines() {
    const { guidelines } = this.parts;
    guidelines.hidden = !guidelines.hidden;
    this.buttons.get("guidelines").setAttribute("aria-expanded", String(!guidelines.hidden));
    if (!guidelines.hidden) guidelines.scrollIntoView({ block: "nearest" });
  }

  openComment() {
    this.remarkOpen = true;
    this.draw();
    this.parts.comment.focus();
  }

  focusAnswer() {
    // A box elsewhere on the page keeps the focus that somebody gave it.
    const active = document.activeElement;
    const inside = this.root.getRootNode().activeElement;
    if (!inside && active?.matches(BOXES) && !active.contains(this.root)) return;
    this.parts.box.focus({ preventScroll: true });
  }

  #say(text) {
    setText(this.parts.hint, text);
  }

  // ------------------------------------------------------------ drafts

  #loadDrafts(item) {
    const { box, comment } = this.parts;
    const draft = this.drafts.read(item);
    this.base = this.#stored(item);
    this.remarkOpen = typeof draft.comment === "string";
    comment.value = draft.comment ?? this.base.comment;
    box.value = (this.isText ? draft.answer : undefined) ?? this.base.answer;
    this.chosen = Array.isArray(draft.labels) && this.model.task.type === "multi" ? draft.labels : this.base.chosen;
    this.#sayDraft(draft.answer !== undefined);
  }

  #stored(item) {
    const value = item.state === "labelled" ? item.value : null;
    return {
      answer: this.isText && value !== null ? String(value) : "",
      chosen: this.isText || value === null ? [] : [value].flat(),
      comment: item.comment,
    };
  }

  // The same text, changed from elsewhere (another tab, an undo): what nobody is editing here follows.
  #follow(item) {
    const { box, comment } = this.parts;
    const now = this.#stored(item);
    if (comment.value === this.base.comment) comment.value = now.comment;
    if (box.value === this.base.answer) box.value = now.answer;
    if (sameNames(this.chosen, this.base.chosen)) this.chosen = now.chosen;
    this.base = now;
  }

  #sayDraft(there) {
    setText(this.parts.draft, there ? "Draft kept in this browser; not submitted yet." : "");
  }

  #typed() {
    this.keepDrafts();
    this.#sayDraft(this.parts.box.value !== "");
    this.#say("");
  }

  keepDrafts() {
    const item = this.model.find(this.shownId);
    if (!item) return;
    const written = { answer: this.parts.box.value, chosen: this.chosen, comment: this.parts.comment.value };
    const stored = this.drafts.keep(item, this.model.task, written);
    if (!stored) this.#say("This browser keeps no drafts; submit before you leave.");
  }

  // A comment is saved when its box is left, however it is left.
  keepComment() {
    const item = this.model.find(this.shownId);
    const value = this.parts.comment.value.trim() ? this.parts.comment.value : "";
    if (!item || value === item.comment) return;
    this.engine.record(this.model.act("comment", item, value));
    this.keepDrafts();
    this.draw();
  }
}
