/** Several tabs: one entry is written in one of them, and locking one locks all. */

/** Hold an entry in this tab. Resolves to a function that lets it go, or null when another tab has it. */
export function hold(id) {
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    navigator.locks.request(`journal:${id}`, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(null);
        return null;
      }
      return new Promise((release) => { resolve(release); });
    });
  });
}

/** Tell the other tabs to lock, and hear it from them. The key itself is never sent. */
export class Tabs {
  #channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("cohort-journal") : null;

  constructor(onLock) {
    this.#channel?.addEventListener("message", (event) => {
      if (event.data === "lock") onLock();
    });
  }

  lock() {
    this.#channel?.postMessage("lock");
  }
}
