// What a person of a team holds is kept for them while they are at it, and left to others when they go.

const RENEW_MS = 60_000;
const POLL_MS = 10_000;
const TICK_MS = 1_000;
const AWAY_MS = 30_000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "focus"];

class Shift {
  constructor(engine) {
    this.engine = engine;
    this.sign = performance.now(); // the latest sign of the person
    this.asked = performance.now();
    this.seen = performance.now(); // when the labeler was last on the page
    this.left = false;
    for (const name of SIGNS) {
      addEventListener(name, () => (this.sign = performance.now()), { capture: true, passive: true });
    }
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", (event) => event.persisted && this.#ask());
    setInterval(() => this.#tick(), TICK_MS);
  }

  // Renewed after a sign of the person only: a tab that was forgotten keeps nothing from others.
  #tick() {
    const { engine } = this;
    const now = performance.now();
    if (!engine.model.team) return;
    if (engine.view) this.seen = now;
    else if (now - this.seen > AWAY_MS) this.leave();
    const idle = engine.model.current === null;
    const due = idle ? now - this.asked > POLL_MS : this.sign > this.asked && now - this.asked > RENEW_MS;
    if (due && engine.view && document.visibilityState === "visible") this.#ask();
  }

  #ask() {
    this.asked = performance.now();
    this.left = false;
    this.engine.askHand();
  }

  // The server gives a moment's grace, so that a page that is only loaded again keeps its texts.
  leave() {
    if (!this.engine.model.team || this.left) return;
    this.left = true;
    navigator.sendBeacon(`${this.engine.base}api/leave`, JSON.stringify({ token: this.engine.outbox.token }));
  }
}

// The text one is on, so that a page that is loaded again opens there.
class Place {
  constructor(scope) {
    this.key = `votek:place:${scope}`;
  }

  read() {
    return kept.read(this.key);
  }

  keep(id) {
    if (id !== this.last) kept.write(this.key, id);
    this.last = id;
  }
}
