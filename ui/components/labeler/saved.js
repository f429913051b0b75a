// The line that says what is saved: "All saved" only when it is true, and only after a quiet moment,
// so that it does not blink.

const CALM_MS = 250;

class SavedLine {
  constructor(line, announce) {
    this.line = line;
    this.announce = announce;
  }

  close() {
    clearTimeout(this.timer);
  }

  show(outbox) {
    clearTimeout(this.timer);
    const count = outbox.unsaved;
    if (!count) {
      const calm = this.line.dataset.state === "saving" ? CALM_MS : 0;
      if (calm) this.timer = setTimeout(() => this.#say("saved", "All saved"), calm);
      else this.#say("saved", "All saved");
    } else if (!outbox.stored) {
      this.#say("trouble", `${count} not saved yet, and this browser keeps nothing: leave the tab open`);
    } else if (outbox.failures < 2) {
      this.#say("saving", `Saving ${count}…`);
    } else {
      const why = outbox.reason ? `Not saved yet (${outbox.reason})` : "Offline";
      this.#say("trouble", `${why}: ${count} kept in this browser, trying again`);
    }
  }

  #say(state, text) {
    if (this.line.dataset.state !== state) this.line.dataset.state = state;
    setText(this.line, text);
    if (state !== "saving") setText(this.announce, text);
  }
}
