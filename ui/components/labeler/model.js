// What the labeler shows: the server's state with everything on top that this browser has done since.

const UNDO_DEPTH = 20;
const CHANNEL = { label: "decision", skip: "decision", flag: "flag", comment: "comment" };

class Model {
  constructor() {
    this.items = [];
    this.history = []; // what undo would bring back, latest last
    this.acknowledged = []; // own events that a state asked for earlier may not hold yet
    this.acted = new Map();
    this.current = null;
    this.task = { type: "single", labels: [], version: 1 };
    this.guidelines = "";
    this.guidelinesVersion = 1;
    this.toCome = 0;
    this.suggesting = false;
    this.looksAhead = false; // suggestions for the next texts are asked for as the work goes on
  }

  // `asked`: performance.now() when this state was asked for. `pending`: what is not acknowledged yet.
  load(state, pending, asked) {
    const at = this.position;
    this.task = state.task;
    this.guidelines = state.guidelines ?? "";
    this.guidelinesVersion = state.guidelines_version;
    this.toCome = state.to_come ?? 0;
    this.team = Boolean(state.team);
    this.earlier = state.earlier ?? 0;
    this.left = state.left ?? 0;
    this.waiting = state.waiting ?? 0;
    this.suggesting = state.suggesting ?? false;
    this.looksAhead = this.suggesting && !state.team;
    this.items = state.items.map((item) => ({ ...item }));
    this.history = [...(state.history ?? [])].reverse();
    this.acknowledged = this.acknowledged.filter((entry) => entry.acknowledgedAt >= asked);
    for (const entry of [...this.acknowledged, ...pending]) this.#replay(entry);
    if (this.current !== null && !this.find(this.current)) {
      this.current = this.team ? null : (this.items[Math.min(at, this.items.length - 1)]?.id ?? null);
      if (this.team) this.advance();
    }
  }

  // What a team's person was handed since; texts that are known stay as they are here, but for a suggestion that
  // could be made only now: the server has it on record as shown.
  take(hand) {
    this.left = hand.left;
    this.waiting = hand.waiting;
    const fresh = hand.items.filter((item) => !this.find(item.id));
    const late = hand.items.filter((item) => item.suggestion && this.find(item.id)?.suggestion === null);
    for (const { id, suggestion } of late) this.find(id).suggestion = suggestion;
    this.items.push(...fresh.map((item) => ({ ...item })));
    return fresh.length + late.length;
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
    return this.earlier + this.items.filter((item) => item.state === "labelled").length;
  }

  get total() {
    return this.earlier + this.left + this.items.filter((item) => item.state !== "skipped").length;
  }

  #replay({ event, before }) {
    const item = this.find(event.item);
    if (event.kind === "undo") {
      this.history = this.history.filter((step) => step.event !== event.value.event);
      if (item) Object.assign(item, before);
    } else {
      this.#remember({ event: event.event_id, item: event.item, kind: event.kind, before });
      if (item) Object.assign(item, after(event));
    }
  }

  #remember(step) {
    if (this.history.some((known) => known.event === step.event)) return;
    this.history = [...this.history, step].slice(-UNDO_DEPTH);
  }

  // Does something to an item and gives the outbox entry for it.
  act(kind, item, value) {
    const event = this.#event(kind, item.id, value);
    const changed = after(event);
    const before = Object.fromEntries(Object.keys(changed).map((name) => [name, item[name]]));
    Object.assign(item, changed);
    this.#remember({ event: event.event_id, item: item.id, kind, before });
    return this.#entry(event, before, CHANNEL[kind]);
  }

  undo() {
    const step = this.history.pop();
    if (!step) return null;
    const item = this.find(step.item);
    if (item) {
      Object.assign(item, step.before);
      this.current = item.id;
    }
    const event = this.#event("undo", step.item, { event: step.event });
    return { kind: step.kind, entry: this.#entry(event, step.before, CHANNEL[step.kind]) };
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

  #entry(event, before, channel) {
    const at = Date.now();
    this.acted.set(`${channel} ${event.item}`, at);
    return { event, before, at };
  }

  // Of what another tab left unsent, all but what was decided anew in this one since.
  adopt(entries) {
    const wanted = entries.filter(({ event, at }) => {
      const channels = event.kind === "undo" ? ["decision", "flag", "comment"] : [CHANNEL[event.kind]];
      return channels.every((channel) => (this.acted.get(`${channel} ${event.item}`) ?? 0) <= at);
    });
    for (const entry of wanted) this.#replay(entry);
    return wanted;
  }

  settle(entries) {
    const acknowledgedAt = performance.now();
    this.acknowledged.push(...entries.map((entry) => ({ ...entry, acknowledgedAt })));
  }

  reject({ event, before }) {
    this.history = this.history.filter((step) => step.event !== event.event_id);
    const item = this.find(event.item);
    if (item && event.kind !== "undo") Object.assign(item, before);
  }

  // The next text to do after the current one, from the start again at the end; none: the work is done.
  advance() {
    const at = this.position;
    const order = [...this.items.slice(at + 1), ...this.items.slice(0, at + 1)];
    this.current = order.find((item) => item.state === "todo")?.id ?? null;
  }

  move(step) {
    if (!this.items.length) return;
    const at = this.current === null ? this.items.length : this.position;
    this.current = this.items[Math.max(0, Math.min(this.items.length - 1, at + step))].id;
  }
}

function after({ kind, value }) {
  if (kind === "label") return { state: "labelled", value };
  if (kind === "skip") return { state: "skipped", value: null };
  return kind === "flag" ? { flagged: value } : { comment: value };
}
