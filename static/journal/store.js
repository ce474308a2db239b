/**
 * What stays on this device: sealed drafts, marks of what was last seen, and which journal belongs to which account.
 * Never a key, never a word in clear.
 */

const NAME = "cohort-journal";
const STORES = { drafts: ["vault", "id"], seen: ["vault", "id"], known: "account" };

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
  };
  const db = await done(request);
  db.onversionchange = () => db.close();
  return db;
}

/** Private windows may refuse storage. Then `durable` is false, nothing is kept, and the page saves to the server at once. */
export class Store {
  #db = null;
  #asked = false;

  static async open() {
    const store = new Store();
    try {
      store.#db = await open();
    } catch {
      store.#db = null;
    }
    return store;
  }

  get durable() {
    return this.#db !== null;
  }

  async #run(name, mode, work) {
    if (!this.#db) return undefined;
    const transaction = this.#db.transaction(name, mode, { durability: "strict" });
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await done(work(transaction.objectStore(name)));
    await finished;
    return result;
  }

  #all(name, vault) {
    const range = IDBKeyRange.bound([vault], [vault, []]);
    return this.#run(name, "readonly", (store) => store.getAll(range)).then((rows) => rows ?? []);
  }

  /** Keep a sealed draft: `{vault, id, gen, base, blob}`. Resolves once it is on disk. */
  async putDraft(draft) {
    if (!this.#asked) {
      this.#asked = true;
      navigator.storage?.persist?.().catch(() => {});
    }
    await this.#run("drafts", "readwrite", (store) => store.put(draft));
  }

  drafts(vault) {
    return this.#all("drafts", vault);
  }

  dropDraft(vault, id) {
    return this.#run("drafts", "readwrite", (store) => store.delete([vault, id]));
  }

  /** Remember the highest generation and revision of a record that this device has seen. */
  mark(vault, id, gen, rev) {
    return this.#run("seen", "readwrite", (store) => store.put({ vault, id, gen, rev, on: new Date().toISOString() }));
  }

  marks(vault) {
    return this.#all("seen", vault);
  }

  unmark(vault, id) {
    return this.#run("seen", "readwrite", (store) => store.delete([vault, id]));
  }

  known(account) {
    return this.#run("known", "readonly", (store) => store.get(account)).then((row) => row?.vault ?? null);
  }

  remember(account, vault) {
    return this.#run("known", "readwrite", (store) => store.put({ account, vault }));
  }

  /** Forget a journal that was deleted. */
  async forget(account, vault) {
    for (const { id } of await this.drafts(vault)) await this.dropDraft(vault, id);
    for (const { id } of await this.marks(vault)) await this.unmark(vault, id);
    await this.#run("known", "readwrite", (store) => store.delete(account));
  }
}
