// One per project and person on a page: the model, the outbox, and the talk with the server.

const engines = new Map();
const SUGGESTIONS_EVERY = 4; // decisions; well before the texts run out for which the server has worked them out
const REPLACEMENT_WAITS_MS = [400, 400, 600, 1_000, 1_500, 2_000, 3_000, 5_000, 8_000, 8_000];

class Engine {
  constructor({ base, project, person }) {
    const scope = `${encodeURIComponent(project)}:${encodeURIComponent(person)}`;
    this.scope = scope;
    this.base = base;
    this.model = new Model();
    this.place = new Place(scope);
    this.view = null;
    this.loaded = false;
    this.loading = false;
    this.owed = 0; // replacements of skipped texts that have not come yet
    this.waiting = false;
    this.decided = 0; // since the state was last taken in
    this.rejections = [];
    this.tokenAsked = -Infinity;
    this.wanted = null; // a text to open, as the page was asked to
    this.openedBy = null;
    this.outbox = new Outbox({
      scope,
      url: `${base}api/labels`,
      onChange: () => this.view?.showSaved(),
      onAcknowledged: (entries) => this.#acknowledged(entries),
      onHand: (hand) => this.#handed(hand),
      onRejected: (entry, reason) => this.#rejected(entry, reason),
      onAdopted: (entries) => this.#adopted(entries),
      askToken: () => this.askToken(),
    });
    this.shift = new Shift(this);
    addEventListener("focus", () => this.refresh());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.refresh());
  }

  // The page ran (again): its token is fresh; its state counts only before this browser has done anything,
  // because nobody knows which of the browser's events it already holds.
  accept({ token, state }) {
    const fresh = token !== this.outbox.token;
    this.outbox.setToken(token);
    if (!this.loaded) {
      this.loaded = true;
      this.model.load(state, this.outbox.entries, -Infinity);
      const cursor = [this.place.read(), state.cursor].map((id) => this.model.find(id));
      this.model.current = cursor.find((item) => item?.state === "todo")?.id ?? null;
      if (this.model.current === null) this.model.advance();
    } else if (fresh) {
      this.#goOnWith(state);
      this.refresh();
    }
    if (state.open && this.openedBy !== token) {
      this.openedBy = token; // the same run may be mounted again
      this.wanted = state.open;
      this.#openWanted();
    }
  }

  // Back on the page with nothing left to do, new texts show at once. What this browser has done is played on
  // top, twice where the page's state already holds it; the refresh then brings the server's word.
  #goOnWith(state) {
    if (this.model.current !== null) return;
    this.model.load(state, this.outbox.entries, -Infinity);
    this.model.advance();
  }

  askToken() {
    if (!this.view || performance.now() - this.tokenAsked < 2_000) return;
    this.tokenAsked = performance.now();
    this.view.trigger("token", newId());
  }

  record(entry) {
    this.outbox.add(entry);
  }

  #adopted(entries) {
    const wanted = this.model.adopt(entries);
    if (wanted.length && this.loaded) {
      if (this.model.item && this.model.item.state !== "todo") this.model.advance();
      this.view?.draw();
    }
    return wanted;
  }

  #acknowledged(entries) {
    this.model.settle(entries);
    const skips = entries.filter(({ event }) => event.kind === "skip" && this.#replaceable(event.item)).length;
    const undone = entries.some(({ event, before }) => event.kind === "undo" && "state" in before);
    this.owed += skips;
    this.decided += entries.filter(({ event }) => CHANNEL[event.kind] === "decision").length;
    if (skips) this.#awaitReplacements();
    else if (undone || (this.model.looksAhead && this.decided >= SUGGESTIONS_EVERY)) this.refresh();
    if (!this.outbox.unsaved) this.view?.tellProgress(this.model.current === null ? 0 : undefined);
  }

  #handed(hand) {
    if (!this.model.take(hand) && this.model.current !== null) return;
    if (this.model.current === null) this.model.advance();
    this.view?.draw();
  }

  // Asks for what there is to do, and keeps what is held for a while longer.
  async askHand() {
    const answer = await this.#ask("api/hand", { method: "POST", body: JSON.stringify({ token: this.outbox.token }) });
    if (answer) this.#handed(answer);
  }

  async #ask(path, options) {
    try {
      const response = await fetch(`${this.base}${path}`, {
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...options,
      });
      if (response.status === 401) this.askToken();
      return response.ok ? await response.json() : null;
    } catch {
      return null; // The server is away; the outbox tells the person so, and the next answer mends the state.
    }
  }

  #replaceable(id) {
    const item = this.model.find(id);
    return !this.model.team && item?.state === "skipped" && item.origin !== "added";
  }

  #rejected(entry, reason) {
    if (entry.event.kind === "undo" && this.rejections.some(({ id }) => id === entry.event.value.event)) return;
    this.model.reject(entry);
    const text = this.model.find(entry.event.item)?.text ?? entry.event.item;
    this.rejections.push({ id: entry.event.event_id, kind: entry.event.kind, text, reason });
    if (this.model.current === null) this.model.advance();
    this.view?.draw();
    this.refresh();
  }

  // The worker finds the next-best text within seconds; the labeler goes on with what it holds meanwhile.
  async #awaitReplacements() {
    this.turn = 0;
    if (this.waiting) return;
    this.waiting = true;
    this.view?.draw();
    while (this.owed > 0 && this.turn < REPLACEMENT_WAITS_MS.length) {
      await new Promise((done) => setTimeout(done, REPLACEMENT_WAITS_MS[this.turn]));
      this.turn += 1;
      await this.refresh();
    }
    this.owed = 0;
    this.waiting = false;
    this.view?.draw();
  }

  // Takes the server's state in; events under way while it was asked for stay on top of it.
  async refresh() {
    if (this.loading || !this.loaded) return;
    this.loading = true;
    const asked = performance.now();
    const state = await this.#ask("api/queue", { headers: { Authorization: `Bearer ${this.outbox.token}` } });
    this.loading = false;
    if (state) this.#take(state, asked);
  }

  #take(state, asked) {
    this.decided = 0;
    const finished = this.model.current === null;
    const known = new Set(this.model.items.map((item) => item.id));
    this.model.load(state, this.outbox.entries, asked);
    this.owed = Math.max(0, this.owed - this.model.items.filter((item) => !known.has(item.id)).length);
    if (finished) this.model.advance();
    this.#openWanted();
    this.view?.draw();
  }

  // A text that has just come into the queue may be known only after the next refresh.
  #openWanted() {
    if (!this.model.find(this.wanted)) return;
    this.model.current = this.wanted;
    this.wanted = null;
    this.view?.draw();
  }
}

function engineFor(data) {
  const id = JSON.stringify([data.base, data.project, data.person]);
  if (!engines.has(id)) engines.set(id, new Engine(data));
  return engines.get(id);
}
