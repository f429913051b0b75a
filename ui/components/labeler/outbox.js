// Keeps what a person did until the server has acknowledged it, across refreshes, crashes and bad networks.

const BATCH = 50;
const TIMEOUT_MS = 15_000;
const LONGEST_WAIT_MS = 10_000;
const SILENT_MS = 10_000;

// localStorage can be full or forbidden; the caller then has to say that nothing is kept.
const kept = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  },
};

// crypto.randomUUID exists on https and localhost only.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("");
}

// Entries: { event, before, at }. `event` goes to the server; the rest is for drawing and order.
class Outbox {
  // `options`: what every batch says besides its events. `onHand`: takes what the server hands out with its answer.
  constructor({ scope, url, options = {}, onChange, onAcknowledged, onHand, onRejected, onAdopted, askToken }) {
    Object.assign(this, { url, options, onChange, onAcknowledged, onHand, onRejected, onAdopted, askToken });
    this.prefix = `votek:outbox:${scope}:`;
    this.key = this.prefix + newId(); // one queue per tab: two tabs never write over each other
    this.entries = [];
    this.token = "";
    this.refused = false; // the token was refused and no other one has come yet
    this.busy = false;
    this.size = BATCH;
    this.failures = 0;
    this.reason = "";
    this.stored = true;
    this.timer = 0;
    this.alone = !navigator.locks;
    if (navigator.locks) navigator.locks.request(this.key, () => new Promise(() => {}));
    this.#listen();
    this.adopt();
    for (const wait of [1_000, 4_000, SILENT_MS + 1_000]) setTimeout(() => this.adopt(), wait);
  }

  get unsaved() {
    return this.entries.length;
  }

  #listen() {
    addEventListener("online", () => this.flush());
    addEventListener("focus", () => this.adopt());
    addEventListener("pagehide", () => this.#persist({ seen: 0 }));
    addEventListener("pageshow", (event) => event.persisted && this.flush());
    addEventListener("beforeunload", (event) => {
      if (!this.entries.length) return;
      event.preventDefault();
      event.returnValue = "";
    });
    // Without locks a living tab is known by its heartbeat.
    if (this.alone) setInterval(() => this.entries.length && this.#persist(), SILENT_MS / 3);
  }

  #persist({ seen = Date.now() } = {}) {
    this.stored = kept.write(this.key, this.entries.length ? { seen, entries: this.entries } : null);
  }

  add(entry) {
    this.entries.push(entry);
    this.#persist();
    this.onChange();
    this.#later(0);
  }

  setToken(token) {
    if (token === this.token) return;
    this.token = token;
    this.refused = false;
    this.flush();
  }

  // Takes over what closed or crashed tabs of the same person left behind.
  async adopt() {
    for (const key of kept.keys(this.prefix)) {
      if (key === this.key) continue;
      if (this.alone) {
        if ((kept.read(key)?.seen ?? 0) < Date.now() - SILENT_MS) this.#take(key);
      } else {
        await navigator.locks.request(key, { ifAvailable: true }, (lock) => {
          if (lock) this.#take(key);
        });
      }
    }
  }

  #take(key) {
    const found = kept.read(key)?.entries;
    const known = new Set(this.entries.map((entry) => entry.event.event_id));
    const fresh = (Array.isArray(found) ? found : []).filter((entry) => !known.has(entry.event.event_id));
    const wanted = this.onAdopted(fresh);
    const started = this.busy ? this.entries.splice(0, this.sending) : [];
    this.entries = [...started, ...[...wanted, ...this.entries].sort((a, b) => a.at - b.at)];
    this.#persist();
    if (this.stored) kept.write(key, null);
    this.onChange();
    this.flush();
  }

  flush() {
    if (!this.entries.length) return;
    this.#later(0);
  }

  #later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#send(), wait);
  }

  async #send() {
    if (this.busy || !this.entries.length) return;
    if (this.refused) {
      this.askToken();
      this.#retry();
      return;
    }
    this.busy = true;
    const batch = this.entries.slice(0, this.size);
    this.sending = batch.length;
    const { status, answer } = await this.#post(batch);
    this.busy = false;
    this.#settle(batch, status, answer);
    this.onChange();
  }

  async #post(batch) {
    const body = JSON.stringify({ ...this.options, token: this.token, events: batch.map((entry) => entry.event) });
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        cache: "no-store",
        keepalive: body.length < 30_000, // lets a last batch finish while the tab closes
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, answer: await response.json() };
    } catch {
      return { status: 0, answer: {} };
    }
  }

  #settle(batch, status, answer) {
    if (status === 200 && Array.isArray(answer.acknowledged) && Array.isArray(answer.rejected)) {
      const accepted = new Set(answer.acknowledged.map((ack) => ack.event_id));
      const refused = new Map(answer.rejected.map((ack) => [ack.event_id, ack.reason]));
      const done = batch.filter(({ event }) => accepted.has(event.event_id) || refused.has(event.event_id));
      if (!done.length) return this.#retry();
      this.failures = 0;
      this.reason = "";
      this.size = BATCH;
      this.#remove(done);
      if (answer.hand) this.onHand(answer.hand);
      this.onAcknowledged(done.filter(({ event }) => accepted.has(event.event_id)));
      for (const entry of done) {
        const reason = refused.get(entry.event.event_id);
        if (reason !== undefined) this.onRejected(entry, String(reason));
      }
      if (this.entries.length) this.#later(0);
    } else if ((status === 400 || status === 413) && batch.length === 1) {
      this.#remove(batch);
      this.onRejected(batch[0], String(answer.reason ?? "the server could not read it"));
      if (this.entries.length) this.#later(0);
    } else if (status === 400 || status === 413) {
      this.size = Math.max(1, Math.floor(batch.length / 4));
      this.#later(0);
    } else if (status === 401) {
      this.refused = true;
      this.askToken();
      this.#retry();
    } else {
      this.#retry(status ? answer.reason : "");
    }
    return undefined;
  }

  #remove(done) {
    const gone = new Set(done.map((entry) => entry.event.event_id));
    this.entries = this.entries.filter((entry) => !gone.has(entry.event.event_id));
    this.#persist();
  }

  #retry(reason = "") {
    this.failures += 1;
    this.reason = reason ?? "";
    const wait = Math.min(LONGEST_WAIT_MS, 400 * 2 ** Math.min(this.failures - 1, 6));
    this.#later(wait * (0.75 + Math.random() / 2)); // spread, so that a hundred tabs do not come back at once
    this.onChange();
  }
}
