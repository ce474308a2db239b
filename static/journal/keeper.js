/** Keeps one entry safe while it is written: sealed on this device within a second, on the server within half a minute. */

const LOCAL_AFTER = 1000;
const LOCAL_AT_LEAST = 5000;
const SERVER_AFTER = [15_000, 25_000];

const between = ([low, high]) => low + Math.random() * (high - low);

export class Keeper {
  #version = 0; // of what is on the screen
  #kept = 0; // sealed on this device
  #saved = 0; // on the server
  #localTimer = null;
  #serverTimer = null;
  #firstUnkept = 0;
  #queue = Promise.resolve(true);
  #stopped = false;
  #guard = (event) => {
    if (this.risky) event.preventDefault();
  };

  /**
   * `entry` is {id, rev, data}; `hear` gets a status code: "kept", "saved", "offline", "failed".
   * `stuck(error)` is asked when the server refuses; after `retarget` it answers "again".
   */
  constructor({ session, store, entry, hear, stuck, base = null }) {
    Object.assign(this, { session, store, entry, hear, stuck });
    this.base = base ?? entry.rev;
    window.addEventListener("beforeunload", this.#guard);
  }

  /** Words that are neither sealed on this device nor on the server. */
  get risky() {
    return !this.#stopped && this.#version > Math.max(this.#kept, this.#saved);
  }

  get unsaved() {
    return this.#version > this.#saved;
  }

  /** What is written changed. */
  change(changes) {
    const now = new Date().toISOString();
    this.entry = { ...this.entry, data: { ...this.entry.data, ...changes, edited: now } };
    this.#version += 1;
    if (!this.risky) return;
    if (this.#kept === this.#version - 1 || !this.#firstUnkept) this.#firstUnkept = Date.now();
    clearTimeout(this.#localTimer);
    const longest = this.#firstUnkept + LOCAL_AT_LEAST - Date.now();
    this.#localTimer = setTimeout(() => this.keep(), Math.max(0, Math.min(LOCAL_AFTER, longest)));
    const soon = this.store.durable ? between(SERVER_AFTER) : LOCAL_AFTER;
    this.#serverTimer ??= setTimeout(() => this.save(), soon);
  }

  /** Seal what is on the screen and keep it here. */
  async keep() {
    clearTimeout(this.#localTimer);
    this.#firstUnkept = 0;
    if (!this.store.durable || !this.risky) return;
    const version = this.#version;
    try {
      await this.session.keepDraft(this.entry.id, this.base, this.entry.data);
      this.#kept = Math.max(this.#kept, version);
      if (this.#saved >= version) await this.store.dropDraft(this.session.name, this.entry.id);
      else if (!this.#stopped) this.hear("kept");
    } catch (error) {
      this.hear("failed", error);
    }
  }

  /** Save to the server; saves of one entry never overlap. Resolves to whether everything is there. */
  save() {
    clearTimeout(this.#serverTimer);
    this.#serverTimer = null;
    this.#queue = this.#queue.then(() => this.#saveNow());
    return this.#queue;
  }

  async #saveNow() {
    if (!this.unsaved) return true;
    const { entry, session, store } = this;
    const vault = session.name;
    if (this.base === 0 && !entry.data.body.trim()) { // an empty new entry is not worth a record
      this.#saved = this.#version;
      await store.dropDraft(vault, entry.id);
      return true;
    }
    const version = this.#version;
    try {
      const rev = await session.put(entry.id, this.base, entry.data);
      if (this.entry.id !== entry.id) return false;
      this.base = rev;
      this.#saved = Math.max(this.#saved, version);
      if (this.#version === version) {
        await store.dropDraft(vault, entry.id);
        if (!this.#stopped) this.hear("saved");
      }
      return this.#version === version;
    } catch (error) {
      if (this.#stopped && error.code === "locked") return false;
      await this.keep();
      if (error.code === "offline") {
        if (!this.#stopped) {
          this.hear("offline");
          this.#serverTimer ??= setTimeout(() => this.save(), between(SERVER_AFTER));
        }
        return false;
      }
      if (this.#stopped) return false;
      if (!["conflict", "signed-out"].includes(error.code)) this.hear("failed", error); // those two are asked about
      return (await this.stuck(error)) === "again" ? this.#saveNow() : false;
    }
  }

  /** Go on with another record or another base revision, after a conflict was decided. */
  async retarget(entry, base) {
    const before = this.entry.id;
    this.entry = entry;
    this.base = base;
    this.#version += 1;
    if (before !== entry.id) await this.store.dropDraft(this.session.name, before);
  }

  /** Take the server's words: nothing of ours is left to save. */
  async settle(entry) {
    this.entry = entry;
    this.base = entry.rev;
    this.#kept = this.#saved = this.#version;
    await this.store.dropDraft(this.session.name, entry.id);
  }

  /** Seal first, then send, then let go. Used for locking and for leaving; does not wait for the server. */
  async stop() {
    await this.keep();
    this.save();
    this.halt();
    await new Promise((resolve) => { setTimeout(resolve); }); // sealing has begun, with the key it needs
  }

  /** No more timers; nothing new is begun. */
  halt() {
    this.#stopped = true;
    clearTimeout(this.#localTimer);
    clearTimeout(this.#serverTimer);
    window.removeEventListener("beforeunload", this.#guard);
  }
}
