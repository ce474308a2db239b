/**
 * An open journal. The key lives in this object and nowhere else; `close` forgets it and everything that was read.
 */

import { JournalError, fromB64u, secureRandom, toB64u } from "./bytes.js";
import { TYPE, openLink, openRecord, sealLink, sealRecord } from "./records.js";
import { encodeRecovery, newRecovery } from "./recovery.js";
import { ITERATIONS, KIND, importJournalKey, openSlot, sealSlot, verifierOf, withRawKey, writeToken } from "./slots.js";

export const DEFAULTS = Object.freeze({ v: 1, min_fmt: 1, idle: 10, spellcheck: false });

/** The new slots for a passphrase, a raw recovery secret, or both. */
const newSlots = (journalKey, vault, gen, { passphrase, recovery }) => Promise.all([
  ...(passphrase === undefined ? [] : [sealSlot({ kind: KIND.passphrase, secret: passphrase, journalKey, vault, gen })]),
  ...(recovery === undefined ? [] : [sealSlot({ kind: KIND.recovery, secret: recovery, journalKey, vault, gen })]),
]);

/** Whether two versions of an entry say the same, so that nothing would be lost by keeping either. */
export const sameWords = (left, right) => Boolean(left) && left.body === right.body && left.title === right.title;

export class Session {
  #key;
  #token;
  #older = new Map(); // keys of older generations, for drafts left here before a change of key

  constructor({ api, store, account, vault, gen, key, token }) {
    Object.assign(this, { api, store, account, vault, gen, name: toB64u(vault) });
    this.#key = key;
    this.#token = token;
    this.entries = new Map(); // id (base64url) -> {id, rev, data}
    this.settings = { ...DEFAULTS };
    this.settingsRev = 0;
    this.warnings = [];
    this.unfinished = false; // a change of key that was begun and not finished
  }

  /** Make a journal: key, vault and slots are drawn here; the server gets the slots and the hash of the proof. */
  static async create({ api, store, account, passphrase, recovery }) {
    const vault = secureRandom(16);
    const raw = secureRandom(32);
    try {
      const slots = await newSlots(raw, vault, 1, { passphrase, recovery });
      const key = await importJournalKey(raw);
      const token = await writeToken(key, vault, 1);
      await api.create(vault, await verifierOf(token), slots);
      const session = new Session({ api, store, account, vault, gen: 1, key, token });
      await store.remember(account, session.name);
      await session.saveSettings({});
      return session;
    } finally {
      raw.fill(0);
    }
  }

  /** Open with `secret`: a passphrase (kind 1) or 16 raw bytes of a code (kind 2). Throws `wrong-secret` and others. */
  static async open({ api, store, state, kind, secret }) {
    const { journal, account } = state;
    const vault = fromB64u(journal.vault, 16);
    const generations = [journal.gen, ...(journal.pending_gen ? [journal.pending_gen] : [])];
    let failure = new JournalError("unsupported");
    for (const gen of generations) {
      const json = journal.slots.find((slot) => slot.kind === kind && slot.gen === gen);
      if (!json) continue;
      if (json.pep) throw new JournalError("unsupported", "pepper");
      try {
        const key = await openSlot({ json, secret, vault, gen });
        const token = await writeToken(key, vault, gen);
        const session = new Session({ api, store, account, vault, gen, key, token });
        await session.#readLinks(journal.links);
        session.unfinished = Boolean(journal.pending_gen);
        if (kind === KIND.passphrase && json.it < ITERATIONS.standard && !journal.pending_gen) {
          await session.rewrap(json, secret, { passphrase: secret }).catch(() => {});
        }
        return session;
      } catch (error) {
        failure = error;
        if (error.code !== "wrong-secret") throw error;
      }
    }
    throw failure;
  }

  async #readLinks(links) {
    let key = this.#key;
    for (let gen = this.gen; gen > 1; gen -= 1) {
      const link = links.find((one) => one.old_gen === gen - 1);
      if (!link) return;
      key = await openLink(key, { vault: this.vault, gen, oldGen: gen - 1 }, fromB64u(link.blob, 100));
      this.#older.set(gen - 1, key);
    }
  }

  get open() {
    return this.#key !== null;
  }

  /** Forget the key and everything that was read. What is being sealed at this moment still finishes. */
  close() {
    this.#key = null;
    this.#token = null;
    this.#older.clear();
    this.entries.clear();
    this.settings = { ...DEFAULTS };
    this.warnings = [];
  }

  #keyOf(gen) {
    const key = gen === this.gen ? this.#key : this.#older.get(gen);
    if (!key) throw new JournalError(this.#key ? "tampered" : "locked", "generation");
    return key;
  }

  get proof() {
    if (!this.#token) throw new JournalError("locked");
    return this.#token;
  }

  // -------------------------------------------------------------- reading
  /** Fetch and open everything; notice what is older than this device has seen, what is missing, what does not open. */
  async load() {
    const rows = await this.api.records();
    const marks = new Map((await this.store.marks(this.name)).map((mark) => [mark.id, mark]));
    for (const row of rows) {
      const mark = marks.get(row.id);
      marks.delete(row.id);
      try {
        const text = await this.#openRow(row);
        if (row.id === this.name) this.#readSettings(text, row.rev);
        else this.entries.set(row.id, { id: row.id, rev: row.rev, gen: row.gen, data: JSON.parse(text) });
      } catch (error) {
        if (error.code === "locked") throw error;
        this.warnings.push({ kind: "tampered", id: row.id });
        continue;
      }
      if (mark && (row.gen < mark.gen || row.rev < mark.rev)) this.warnings.push({ kind: "older", id: row.id });
      else await this.store.mark(this.name, row.id, row.gen, row.rev);
    }
    for (const mark of marks.values()) this.warnings.push({ kind: "missing", id: mark.id, on: mark.on });
    await this.store.remember(this.account, this.name);
  }

  #openRow(row) {
    const type = row.id === this.name ? TYPE.settings : TYPE.entry;
    const place = { type, gen: row.gen, vault: this.vault, id: fromB64u(row.id, 16), rev: row.rev };
    return openRecord(this.#keyOf(row.gen), place, fromB64u(row.blob));
  }

  #readSettings(text, rev) {
    const found = JSON.parse(text);
    if (!(found.min_fmt <= 1)) throw new JournalError("unsupported", "format");
    this.settings = { ...DEFAULTS, ...found };
    this.settingsRev = rev;
  }

  /** What the server sent with a conflict, opened. */
  async openConflict(row) {
    return { id: row.id, rev: row.rev, gen: row.gen, data: JSON.parse(await this.#openRow(row)) };
  }

  /** Entries, newest first; with `words`, only those that hold them. Nothing is indexed or stored. */
  list(words = "") {
    const wanted = words.normalize("NFKC").toLocaleLowerCase();
    const holds = ({ data }) => [data.title, data.body, data.prompt?.text, ...(data.tags ?? [])]
      .some((part) => part?.normalize("NFKC").toLocaleLowerCase().includes(wanted));
    return [...this.entries.values()].filter((entry) => !wanted || holds(entry))
      .sort((left, right) => (right.data.created ?? "").localeCompare(left.data.created ?? ""));
  }

  // -------------------------------------------------------------- writing
  /** Save `data` as the revision after `base`; returns the new revision. The draft here goes only after the server has it. */
  async put(id, base, data) {
    const { proof, gen } = this;
    const blob = await sealRecord(
      this.#keyOf(gen), { type: TYPE.entry, gen, vault: this.vault, id: fromB64u(id, 16), rev: base + 1 },
      JSON.stringify(data));
    const rev = await this.api.put(id, base, blob, proof);
    if (this.open) this.entries.set(id, { id, rev, gen, data });
    await this.store.mark(this.name, id, gen, rev);
    return rev;
  }

  async remove(id) {
    await this.api.deleteRecord(id, this.proof);
    this.entries.delete(id);
    await this.store.dropDraft(this.name, id);
    await this.store.unmark(this.name, id);
  }

  /** Seal what is being written and keep it on this device. */
  async keepDraft(id, base, data) {
    const { gen, name } = this;
    const place = { type: TYPE.draft, gen, vault: this.vault, id: fromB64u(id, 16), rev: base };
    const blob = await sealRecord(this.#keyOf(gen), place, JSON.stringify(data));
    await this.store.putDraft({ vault: name, id, gen, base, blob });
  }

  /** Drafts kept here: id -> {base, data}. One that does not open is left where it is and warned about. */
  async drafts() {
    const found = new Map();
    for (const { id, gen, base, blob } of await this.store.drafts(this.name)) {
      try {
        const place = { type: TYPE.draft, gen, vault: this.vault, id: fromB64u(id, 16), rev: base };
        const data = JSON.parse(await openRecord(this.#keyOf(gen), place, blob));
        if (sameWords(this.entries.get(id)?.data, data)) await this.store.dropDraft(this.name, id); // it did arrive
        else found.set(id, { base, data });
      } catch (error) {
        if (error.code === "locked") throw error;
        this.warnings.push({ kind: "draft", id });
      }
    }
    return found;
  }

  async saveSettings(changes) {
    const { gen, proof } = this;
    const settings = { ...this.settings, ...changes };
    const rev = this.settingsRev + 1;
    const place = { type: TYPE.settings, gen, vault: this.vault, id: this.vault, rev };
    const blob = await sealRecord(this.#keyOf(gen), place, JSON.stringify(settings));
    this.settingsRev = await this.api.put(this.name, rev - 1, blob, proof);
    this.settings = settings;
    await this.store.mark(this.name, this.name, gen, rev);
  }

  // -------------------------------------------------------------- keys
  /** Wrap the same key for a new passphrase, a new recovery secret, or both; `current` opens the slot `json`. */
  async rewrap(json, current, { passphrase, recovery }) {
    const slots = await withRawKey({ json, secret: current, vault: this.vault, gen: this.gen }, (raw) =>
      newSlots(raw, this.vault, this.gen, { passphrase, recovery }));
    await this.api.replaceSlots(slots, this.proof);
  }

  /**
   * Move to a new key (6.7). `current` opens slot `json` of this generation; a fresh recovery code is returned, and
   * must have been shown and checked before `begin` is called.
   */
  async beginRotation(json, current, { passphrase, recovery }) {
    const gen = this.gen + 1;
    const newRaw = secureRandom(32);
    try {
      const newKey = await importJournalKey(newRaw);
      const token = await writeToken(newKey, this.vault, gen);
      const slots = await newSlots(newRaw, this.vault, gen, { passphrase, recovery });
      const link = await withRawKey({ json, secret: current, vault: this.vault, gen: this.gen }, (raw) =>
        sealLink(newKey, { vault: this.vault, gen, oldGen: this.gen }, raw));
      const started = { gen, verifier: toB64u(await verifierOf(token)), slots, link: toB64u(link) };
      await this.api.rotation("start", started, this.proof);
      this.#older.set(this.gen, this.#key);
      this.#key = newKey;
      this.#token = token;
      this.gen = gen;
      this.unfinished = true;
    } finally {
      newRaw.fill(0);
    }
  }

  /** Seal every record of an older key anew, then finish. May be stopped at any point and begun again. */
  async finishRotation(progress = () => {}) {
    for (;;) {
      const rows = (await this.api.records()).filter((row) => row.gen !== this.gen);
      for (const [index, row] of rows.entries()) {
        progress(index, rows.length);
        const text = await this.#openRow(row);
        const type = row.id === this.name ? TYPE.settings : TYPE.entry;
        const place = { type, gen: this.gen, vault: this.vault, id: fromB64u(row.id, 16), rev: row.rev + 1 };
        const blob = await sealRecord(this.#keyOf(this.gen), place, text);
        try {
          await this.api.putPatiently(row.id, row.rev, blob, this.proof);
        } catch (error) {
          if (error.code !== "conflict") throw error; // somebody saved it meanwhile: the next round takes it
        }
      }
      try {
        await this.api.rotation("finish", {}, this.proof);
        break;
      } catch (error) {
        if (error.code !== "records-left") throw error;
      }
    }
    this.unfinished = false;
    this.entries.clear();
    this.warnings = [];
    await this.load();
  }
}

/** A new code: the raw secret, and the words to copy. */
export async function drawRecovery() {
  const raw = newRecovery();
  return { raw, code: await encodeRecovery(raw) };
}
