/** The page one writes on: the question above, the words, and a line that says where they are. */

import { secureRandom, toB64u } from "./bytes.js";
import { ask, button, h, lockLine } from "./dom.js";
import { Keeper } from "./keeper.js";
import { titleOf } from "./screen-list.js";
import { sameWords } from "./session.js";
import { hold } from "./tabs.js";
import { dayWords, problem, t } from "./words.js";

const newEntry = (prompt) => ({
  id: toB64u(secureRandom(16)), rev: 0,
  data: {
    v: 1, title: "", body: "", created: new Date().toISOString(), edited: null,
    prompt: prompt ? { id: prompt.id, text: prompt.text } : null, tags: [], shares: [],
  },
});

export async function write(app, { id = null, prompt = null }) {
  const { session, store } = app;
  const entry = id ? session.entries.get(id) ?? { id, rev: 0, data: app.drafts.get(id)?.data } : newEntry(prompt);
  const draft = app.drafts.get(entry.id);
  let release = await hold(entry.id);
  const readOnly = release === null;
  const status = h("span", { class: "soft", role: "status" }, readOnly ? t("Being edited in another tab") : "");
  const said = {
    kept: t("Kept on this device, encrypted"), saved: t("Saved to your journal"),
    offline: t("Can’t reach the server; kept on this device, encrypted"),
  };
  const hear = (code, error) => {
    status.textContent = said[code] ?? problem(error?.code);
  };
  const stuck = (error) => (error.code === "conflict" ? decide(error.body.record) : app.stuck(error, keeper));
  const keeper = new Keeper({ session, store, entry: draft ? { ...entry, data: draft.data } : entry, base: draft?.base ?? null, hear, stuck });
  const { spellcheck } = session.settings;
  const area = h("textarea", {
    "aria-label": t("Your words"), autocomplete: "off", autocapitalize: "sentences", autocorrect: "off",
    spellcheck: spellcheck ? "true" : "false", writingsuggestions: "false", translate: "no", rows: "12", readonly: readOnly,
    oninput: () => keeper.change({ body: area.value }), onblur: () => keeper.save(),
  });
  area.value = keeper.entry.data.body;
  const heading = keeper.entry.data.prompt?.text ?? t("Write for yourself");
  const above = prompt?.source || (keeper.entry.rev || draft ? dayWords(keeper.entry.data.created) : t("Any time"));

  /** Somebody (another device, most likely) saved this entry too. Nobody's words are thrown away without being asked. */
  async function decide(row) {
    if (row === null) {
      const answer = await ask({
        title: t("This entry is no longer on the server"), cancel: "keep",
        body: [t("It was deleted, probably by you on another device. What you see here can be kept as a new entry.")],
        choices: [{ words: t("Keep it as a new entry"), value: "keep" }, { words: t("Let it go"), value: "drop", kind: "quiet" }],
      });
      if (answer === "keep") return asNew();
      await keeper.settle({ ...keeper.entry, rev: 0 });
      await store.unmark(session.name, entry.id);
      session.entries.delete(entry.id);
      app.drafts.delete(entry.id);
      app.list();
      return "done";
    }
    const theirs = await session.openConflict(row);
    if (sameWords(theirs.data, keeper.entry.data)) { // our own save, whose answer never came
      session.entries.set(theirs.id, theirs);
      await keeper.settle(theirs);
      hear("saved");
      return "done";
    }
    const answer = await ask({
      title: t("This entry was changed somewhere else too"), cancel: "both",
      body: [t("Both versions are safe. Which do you want to go on with?"), h("p", { class: "note" }, t("The other one begins: “{words}”", { words: titleOf(theirs.data) }))],
      choices: [
        { words: t("Keep both"), value: "both" }, { words: t("Keep mine"), value: "mine", kind: "quiet" },
        { words: t("Keep the other one"), value: "theirs", kind: "quiet" },
      ],
    });
    session.entries.set(theirs.id, theirs);
    await store.mark(session.name, theirs.id, theirs.gen, theirs.rev);
    if (answer === "both") return asNew();
    if (answer === "mine") {
      await keeper.retarget(keeper.entry, theirs.rev);
      return "again";
    }
    await keeper.settle(theirs);
    area.value = theirs.data.body;
    hear("saved");
    return "done";
  }

  async function asNew() {
    const fresh = { ...keeper.entry, id: toB64u(secureRandom(16)), rev: 0 };
    app.drafts.delete(keeper.entry.id);
    await keeper.retarget(fresh, 0);
    return "again";
  }

  async function remove() {
    const answer = await ask({
      title: t("Delete this entry?"), cancel: "no",
      body: [t("It is removed from the server and from this device, and cannot be brought back. Locked copies in backups stay until those are deleted. Copies that you shared stay until you take them back.")],
      choices: [{ words: t("Delete it"), value: "yes", kind: "danger" }, { words: t("Keep it"), value: "no", kind: "quiet" }],
    });
    if (answer !== "yes" || !session.open) return;
    try {
      const { id: gone, rev } = keeper.entry;
      keeper.halt();
      if (session.entries.has(gone) || rev) await session.remove(gone);
      else await store.dropDraft(session.name, gone);
      app.drafts.delete(gone);
      app.list();
    } catch (error) {
      if (!app.handled(error)) hear("failed", error);
    }
  }

  const onHidden = () => {
    if (document.visibilityState !== "hidden") return;
    keeper.keep();
    keeper.save();
  };
  document.addEventListener("visibilitychange", onHidden);
  if (draft && !readOnly) keeper.change({}); // words from before the lock go to the server like any others

  return {
    title: t("Write"), focus: () => area, keeper,
    node: h(
      "section", { class: "flow writing" },
      h("div", { class: "row apart" }, lockLine(), status),
      h("p", { class: "eyebrow" }, above), h("h1", { tabindex: "-1" }, heading), area,
      shares(keeper.entry.data.shares ?? []), h("hr"),
      h("div", { class: "row" },
        button(t("Done"), async () => {
          if (readOnly || await keeper.save() || !keeper.unsaved) app.list();
          else if (store.durable) app.list(); // kept here, and sent when the server can be reached
        }),
        button(t("Lock now"), () => app.lock(), "quiet"),
        readOnly ? null : button(t("Make a copy to share"), async () => {
          await keeper.save();
          app.share(keeper.entry);
        }, "plain"),
        readOnly ? null : button(t("Delete"), remove, "plain")),
    ),
    /** Sealed first, then gone from the screen. */
    leave: async () => {
      document.removeEventListener("visibilitychange", onHidden);
      if (!readOnly) await keeper.stop();
      if (keeper.unsaved && keeper.entry.data.body.trim()) app.drafts.set(keeper.entry.id, { base: keeper.base, data: keeper.entry.data });
      else app.drafts.delete(keeper.entry.id);
      release?.();
      release = null;
    },
    /** At once, without waiting: the page is going away. */
    wipe: () => {
      document.removeEventListener("visibilitychange", onHidden);
      if (!readOnly) keeper.stop();
      area.value = "";
      release?.();
    },
  };
}

function shares(made) {
  if (!made.length) return null;
  return h("p", { class: "soft" }, t("Copies you shared:"), " ", ...made.flatMap((share, index) => [
    index ? ", " : "", h("a", { href: `/shared/${encodeURIComponent(share.id)}/` }, `${share.to}, ${dayWords(share.at)}`),
  ]));
}
