// The labels to choose from: buttons with their keys, narrowed down by typing.

const LONG_LIST = 20;

class Choices {
  constructor({ group, filter, onChoose }) {
    this.group = group;
    this.filter = filter;
    this.input = filter.querySelector("input");
    this.matches = filter.querySelector(".matches");
    this.onChoose = onChoose;
    this.buttons = [];
    this.input.addEventListener("input", () => this.narrow());
    // A pointer that rests where the last label was given must not make that label look chosen.
    this.group.addEventListener("pointermove", () => this.group.classList.remove("still"));
    this.input.addEventListener("keydown", (event) => this.#key(event));
  }

  build(task) {
    this.task = task;
    this.keys = assignKeys(task.labels);
    this.names = new Map([...this.keys].map(([name, slot]) => [slot, name]));
    this.long = task.labels.length > LONG_LIST;
    this.filter.hidden = !this.long;
    this.buttons = task.labels.map((label) => this.#button(label));
    this.group.replaceChildren(...this.buttons);
    this.group.classList.toggle("long", this.long);
    this.group.classList.toggle("many", task.labels.length > 8);
    this.input.value = "";
    this.narrow();
  }

  #button({ name, color, definition }) {
    const slot = this.keys.get(name);
    const button = make("button", { type: "button", class: "choice", "aria-pressed": "false" });
    if (/^#[0-9a-f]{6}$/i.test(color ?? "")) button.style.setProperty("--label", color);
    const note = make("span", { class: "note", text: "suggested" });
    note.hidden = true;
    const title = make("span", { class: "title" }, [make("span", { class: "name", dir: "auto" }, breakable(name)), " ", note]);
    const words = make("span", { class: "words" }, [title]);
    if (definition) {
      button.title = definition;
      if (!this.long) words.append(make("span", { class: "definition", dir: "auto", text: definition }));
    }
    button.append(words);
    if (slot) {
      button.append(make("kbd", { text: shown(slot), "aria-hidden": "true" }));
      button.setAttribute("aria-keyshortcuts", slot.replace("shift", "Shift"));
    }
    // The focus stays where it was, so that the next key still belongs to the labeler.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", (event) => this.onChoose(name, event));
    button.dataset.name = name;
    return button;
  }

  press(chosen) {
    for (const button of this.buttons) {
      const on = chosen.includes(button.dataset.name) ? "true" : "false";
      if (button.getAttribute("aria-pressed") !== on) button.setAttribute("aria-pressed", on);
    }
  }

  // Marks what is suggested, without choosing it.
  suggest(names) {
    for (const button of this.buttons) {
      button.querySelector(".note").hidden = !names.includes(button.dataset.name);
    }
  }

  // A new text: nothing looks chosen, unless the keyboard put the focus there.
  settle() {
    this.group.classList.add("still");
    const active = this.group.getRootNode().activeElement;
    if (this.buttons.includes(active) && !active.matches(":focus-visible")) active.blur();
  }

  open() {
    this.filter.hidden = false;
    this.input.focus();
    this.input.select();
  }

  close() {
    this.input.value = "";
    this.narrow();
    this.input.blur();
    this.filter.hidden = !this.long;
  }

  narrow() {
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const button of this.buttons) {
      const name = button.dataset.name.toLowerCase();
      button.hidden = !words.every((word) => name.includes(word));
    }
    this.#mark(words.length ? 0 : -1);
  }

  #mark(position) {
    const found = this.buttons.filter((button) => !button.hidden);
    this.marked = found.length ? Math.max(-1, Math.min(position, found.length - 1)) : -1;
    for (const button of this.buttons) button.classList.remove("marked");
    const marked = found[this.marked];
    marked?.classList.add("marked");
    marked?.scrollIntoView({ block: "nearest" });
    const typed = this.input.value.trim();
    const among = `${found.length} of ${this.buttons.length}`;
    const counted = marked ? `${among} · Enter: ${marked.dataset.name}` : "No label matches.";
    setText(this.matches, typed ? counted : "");
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "ArrowDown") this.#mark(this.marked + 1);
    else if (event.key === "ArrowUp") this.#mark(Math.max(0, this.marked - 1));
    else if (event.key === "Enter") this.#enter(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #enter(event) {
    if (event.repeat || this.marked < 0) return;
    const name = this.buttons.filter((button) => !button.hidden)[this.marked].dataset.name;
    this.close();
    this.onChoose(name, event);
  }
}
