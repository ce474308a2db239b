/** The one page of the journal: what is shown, when it locks, and what happens when the sign-in runs out. */

import { Api } from "./api.js";
import { announce, ask, button, closeDialogs, h } from "./dom.js";
import { Idle } from "./idle.js";
import { list } from "./screen-list.js";
import { settings } from "./screen-settings.js";
import { setup } from "./screen-setup.js";
import { share } from "./screen-share.js";
import { unlock } from "./screen-unlock.js";
import { write } from "./screen-write.js";
import { Store } from "./store.js";
import { Tabs, hold } from "./tabs.js";
import { problem, t } from "./words.js";

const place = document.getElementById("page");

class App {
  api = new Api();
  state = null;
  session = null;
  prompts = [];
  drafts = new Map();
  #screen = null;
  #locking = null;
  #turn = 0;
  idle = new Idle({ warn: () => this.#warn(), lock: () => this.lock(t("Locked after a while without a touch. Nothing is lost.")) });
  #tabs = new Tabs(() => this.lock("", { tell: false }));

  get tools() {
    return { api: this.api, store: this.store };
  }

  // -------------------------------------------------------------- showing
  /** Put a screen on the page: {title, node, focus?, leave?, wipe?}. The one before is left first. */
  async render(coming, notice = "") {
    this.#turn += 1;
    const turn = this.#turn;
    await this.#leave();
    const screen = await coming;
    if (turn !== this.#turn) return; // somebody asked for another screen meanwhile
    this.#screen = screen;
    if (notice) screen.node.prepend(h("p", { class: "note good", role: "status" }, notice));
    place.replaceChildren(screen.node);
    document.title = `${screen.title} – Cohort`;
    const target = screen.focus?.() ?? screen.node.querySelector("h1");
    target?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  async #leave() {
    const leaving = this.#screen;
    this.#screen = null;
    await leaving?.leave?.();
  }

  list(notice = "") {
    if (!this.session?.open) return this.start();
    const shown = this.#leave().then(() => this.render(list(this), notice));
    shown.then(() => this.sendDrafts());
    return shown;
  }

  async write(what) {
    await this.#leave(); // the entry that was open is let go before it may be opened again
    history.pushState({ journal: "write" }, "");
    return this.render(write(this, what));
  }

  settings() {
    return this.render(settings(this));
  }

  async share(entry) {
    try {
      return await this.render(share(this, entry));
    } catch (error) {
      return this.handled(error) || this.list(problem(error.code));
    }
  }

  // -------------------------------------------------------------- opening and locking
  /** Ask the server who is signed in and what there is, and show the right beginning. */
  async start(notice = "") {
    try {
      const state = await this.refresh();
      if (state.journal) return this.render(unlock(this, { notice }));
      const known = await this.store.known(state.account);
      return this.render(known ? this.#vanished(state, known) : setup(this));
    } catch (error) {
      if (error.code === "signed-out") return this.render(this.#signIn());
      return this.render({
        title: t("Journal"),
        node: h("section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("Your journal cannot be reached")), h("p", {}, problem(error.code)), button(t("Try again"), () => this.start())),
      });
    }
  }

  async refresh() {
    this.state = await this.api.state();
    return this.state;
  }

  #signIn() {
    return {
      title: t("Sign in"),
      node: h("section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("Your journal")),
        h("p", {}, t("Sign in first. Then your passphrase opens your journal; your sign-in alone does not.")),
        h("p", {}, h("a", { class: "button", href: `/accounts/login/?next=${encodeURIComponent("/journal/")}` }, t("Sign in")))),
    };
  }

  /** The server says there is no journal, but this device remembers one. */
  #vanished(state, known) {
    return {
      title: t("Your journal is missing"),
      node: h("section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("A journal was here before")),
        h("p", { class: "note" }, t("This device remembers a journal of yours, and the server says that there is none. If you deleted it elsewhere, that is right. If not, please tell the people who run this site before you set up a new one.")),
        button(t("I deleted it: set up a new journal"), async () => {
          await this.store.forget(state.account, known);
          this.start();
        }, "quiet")),
    };
  }

  /** A journal is open: read it, restore what was kept here, and start watching the clock. */
  async unlocked(session) {
    try {
      await session.load();
      this.drafts = await session.drafts();
    } catch (error) {
      session.close();
      throw error;
    }
    this.session = session;
    this.prompts = await this.api.prompts().catch(() => []);
    this.idle.start(session.settings.idle);
    if (this.state.journal?.reset_on) {
      await this.api.reset("cancel", session.proof).catch(() => {});
      return this.list(t("Somebody had asked to throw this journal away. You opened it, so it stays."));
    }
    if (session.unfinished && session.gen === this.state.journal?.pending_gen) await this.resumeRotation();
    return this.list();
  }

  async resumeRotation() {
    try {
      const state = await this.refresh();
      if (this.session.gen !== state.journal.pending_gen) {
        return this.list(t("To finish, lock your journal and open it with your newest passphrase or code."));
      }
      await this.session.finishRotation();
      return this.list(t("Everything is locked with a new key."));
    } catch (error) {
      return this.handled(error) || this.list(problem(error.code));
    }
  }

  /** Seal what is open, forget the key, clear the page, tell the other tabs. */
  lock(notice = "", { tell = true } = {}) {
    if (!this.session?.open) return null;
    this.#locking ??= (async () => {
      this.idle.stop();
      closeDialogs();
      const { session } = this;
      try {
        await this.#leave();
      } finally {
        session.close();
        this.session = null;
        this.drafts = new Map();
        this.prompts = [];
        place.replaceChildren();
        document.getElementById("print").replaceChildren();
        if (tell) this.#tabs.lock();
        this.#locking = null;
      }
      await this.start(notice || t("Locked. Nothing is lost."));
    })();
    return this.#locking;
  }

  /** The page is going away, maybe into the browser's memory of pages: clear it now. */
  wipe() {
    if (!this.session?.open) return;
    this.idle.stop();
    closeDialogs();
    this.#screen?.wipe?.();
    this.#screen = null;
    const { session } = this;
    setTimeout(() => session.close()); // sealing of the last words has begun
    this.session = null;
    this.drafts = new Map();
    place.replaceChildren();
    document.getElementById("print").replaceChildren();
  }

  /** The journal is deleted. */
  gone() {
    this.idle.stop();
    this.session.close();
    this.session = null;
    this.drafts = new Map();
    this.#tabs.lock();
    return this.render({
      title: t("Deleted"),
      node: h("section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("Your journal is deleted")), h("p", {}, t("Thank you for the time you gave it.")),
        h("p", {}, h("a", { href: "/" }, t("Home")))),
    });
  }

  async #warn() {
    announce(t("Your journal will lock in one minute."));
    await ask({
      title: t("Still here?"), cancel: "stay", body: [t("Your journal locks in one minute. What you wrote is kept either way.")],
      choices: [{ words: t("Stay"), value: "stay" }],
    });
    this.idle.stay();
  }

  // -------------------------------------------------------------- when the server says no
  /** Send what was kept here, where nothing else was saved meanwhile; conflicts wait until the entry is opened. */
  async sendDrafts() {
    const { session } = this;
    for (const [id, { base, data }] of [...this.drafts]) {
      if (!session.open || base !== (session.entries.get(id)?.rev ?? 0)) continue;
      const release = await hold(id);
      if (!release) continue; // another tab is writing it
      try {
        await session.put(id, base, data);
        await this.store.dropDraft(session.name, id);
        this.drafts.delete(id);
        if (this.#screen?.title === t("Your journal")) await this.render(list(this));
      } catch {
        return;
      } finally {
        release();
      }
    }
  }

  /** Errors that are about more than one field: a sign-in that ran out, a key that was changed elsewhere. */
  handled(error) {
    if (error.code === "signed-out") {
      this.#signedOut();
      return true;
    }
    if (["stale-gen", "proof", "no-journal"].includes(error.code) && this.session) {
      this.lock(t("Your journal was changed on another device. Open it again; what you wrote is kept here."));
      return true;
    }
    return false;
  }

  /** A save was refused. Words stay on this device; after a new sign-in in another tab the save is tried again. */
  async stuck(error) {
    if (error.code === "signed-out") return (await this.#signedOut()) ? "again" : "no";
    this.handled(error);
    return "no";
  }

  async #signedOut() {
    const account = this.state?.account;
    const answer = await ask({
      title: t("You are signed out"), cancel: "later",
      body: [t("Your words are kept on this device, encrypted. Sign in again in a new tab, then come back here."),
        h("p", {}, h("a", { href: "/accounts/login/?next=/", target: "_blank", rel: "noopener" }, t("Sign in in a new tab")))],
      choices: [{ words: t("I have signed in"), value: "again" }, { words: t("Later"), value: "later", kind: "quiet" }],
    });
    if (answer !== "again") return false;
    try {
      await this.refresh();
    } catch {
      return false;
    }
    if (this.state.account === account) return true;
    this.lock(t("Somebody else is signed in now, so this journal is locked."));
    return false;
  }
}

async function begin() {
  document.getElementById("waiting").remove();
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle || !document.createElement("dialog").showModal) {
    place.replaceChildren(h("h1", {}, t("Your journal")),
      h("p", {}, t("This browser cannot lock your words: the journal needs a recent browser and a secure address (https). Without them there is no safe way to write here.")));
    return;
  }
  const app = new App();
  app.store = await Store.open();
  window.addEventListener("pagehide", () => app.wipe());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) app.start(t("Locked. Nothing is lost."));
  });
  window.addEventListener("popstate", () => {
    if (app.session?.open) app.list();
  });
  window.addEventListener("online", () => {
    if (app.session?.open) app.sendDrafts();
  });
  await app.start();
}

begin();
