// The texts to settle: the server's word, with everything on top that this browser has done since.

const KEEP_MS = 5_000;

class Settling {
  constructor() {
    this.items = [];
    this.history = []; // own decisions that undo would take back, latest last
    this.mine = new Map(); // item -> what this browser decided, until the server's word holds it
    this.current = null;
    this.task = { type: "single", labels: [], version: 1 };
    this.guidelines = "";
    this.guidelinesVersion = 1;
  }

  load(state) {
    this.task = state.task;
    this.guidelines = state.guidelines;
    this.guidelinesVersion = state.guidelines_version;
    const before = this.find(this.current);
    const known = new Set(state.items.map((item) => item.id));
    // What was settled here stays on the list until the page is left, so that it can be gone back to.
    const kept = this.items.filter((item) => this.mine.has(item.id) && !known.has(item.id));
    for (const item of kept) item.kept = true;
    this.items = [...state.items.map((item) => ({ ...item, was: item.ruling })), ...kept];
    const standing = this.items.filter((item) => item.ruling?.mine).map((item) => item.ruling);
    const session = this.history.filter((step) => !standing.some((ruling) => ruling.event === step.event));
    const stored = standing
      .sort((one, other) => one.sequence - other.sequence)
      .map((ruling) => ({ event: ruling.event, item: this.items.find((item) => item.ruling === ruling).id }));
    this.history = [...stored.filter((step) => !this.#undone(step)), ...session.filter((step) => this.find(step.item))];
    for (const [id, done] of this.mine) this.#lay(id, done);
    if (before && !this.find(before.id)) this.current = this.items[0]?.id ?? null;
  }

  #undone(step) {
    const done = this.mine.get(step.item);
    return done !== undefined && done.ruling?.event !== step.event;
  }

  #lay(id, done) {
    const item = this.find(id);
    if (item?.kept) return;
    const server = item?.ruling?.event ?? null;
    const settled = done.at !== null && performance.now() - done.at > KEEP_MS;
    if (!item || settled || server === (done.ruling?.event ?? null)) this.mine.delete(id);
    else Object.assign(item, { ruling: done.ruling, settled: done.settled });
  }

  find(id) {
    return this.items.find((item) => item.id === id);
  }

  get item() {
    return this.current === null ? undefined : this.find(this.current);
  }

  get position() {
    return this.items.findIndex((item) => item.id === this.current);
  }

  get done() {
    return this.items.filter((item) => item.settled).length;
  }

  settle(label, why) {
    const { item } = this;
    const value = item.kind === "label" ? label : { label, why };
    const kind = item.kind === "label" && label === null ? "skip" : item.kind;
    const event = this.#event(kind, item.id, value);
    const before = { ruling: item.ruling, settled: item.settled };
    const ruling = { event: event.event_id, who: "You", mine: true, label, why, sequence: Infinity };
    Object.assign(item, { ruling, settled: true });
    this.mine.set(item.id, { ruling, settled: true, at: null });
    this.history.push({ event: event.event_id, item: item.id, before });
    return { event, before, at: Date.now() };
  }

  undo() {
    const step = this.history.pop();
    const item = step && this.find(step.item);
    if (!item) return null;
    const before = step.before ?? { ruling: null, settled: false };
    const now = { ruling: item.ruling, settled: item.settled };
    Object.assign(item, before);
    this.mine.set(item.id, { ...before, at: null });
    this.current = item.id;
    return { event: this.#event("undo", item.id, { event: step.event }), before: now, at: Date.now() };
  }

  #event(kind, item, value) {
    return {
      event_id: newId(),
      item,
      kind,
      value,
      task_version: this.task.version,
      guideline_version: this.guidelinesVersion,
    };
  }

  acknowledged(entries) {
    for (const { event } of entries) {
      const done = this.mine.get(event.item);
      if (done) done.at = performance.now();
    }
  }

  reject({ event, before }) {
    this.history = this.history.filter((step) => step.event !== event.event_id);
    this.mine.delete(event.item);
    const item = this.find(event.item);
    if (item) Object.assign(item, before);
  }

  advance() {
    const at = this.position;
    const order = [...this.items.slice(at + 1), ...this.items.slice(0, at + 1)];
    this.current = order.find((item) => !item.settled)?.id ?? null;
  }

  move(step) {
    if (!this.items.length) return;
    const at = this.current === null ? this.items.length : this.position;
    this.current = this.items[Math.max(0, Math.min(this.items.length - 1, at + step))].id;
  }
}
