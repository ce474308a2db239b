/** Everything written so far, what to write about, and what this device noticed. */

import { button, field, h, lockLine } from "./dom.js";
import { dayWords, t } from "./words.js";

const firstLine = (text) => {
  const line = text.trim().split("\n", 1)[0];
  return [...line].length > 90 ? `${[...line].slice(0, 88).join("")}…` : line;
};

/** What stands for an entry in the list. */
export const titleOf = (data) => data.title || firstLine(data.body ?? "") || t("Nothing written yet");

export function list(app) {
  const { session } = app;
  const rows = h("ul", { class: "tasks entries", role: "list" });
  const count = h("p", { class: "soft", role: "status" });
  const draw = (words = "") => {
    const unsent = [...app.drafts].filter(([id]) => !session.entries.has(id) && !words)
      .map(([id, { data }]) => ({ id, rev: 0, data }));
    const found = [...unsent, ...session.list(words)];
    rows.replaceChildren(...found.map((entry) => row(app, entry)));
    rows.hidden = found.length === 0;
    count.textContent = words
      ? t("{count} found", { count: found.length })
      : "";
  };
  const search = field({
    label: t("Search your entries"),
    control: h("input", { type: "search", autocomplete: "off", spellcheck: "false", oninput: (event) => draw(event.target.value.trim()) }),
  });
  draw();
  const empty = session.entries.size + app.drafts.size === 0;
  return {
    title: t("Your journal"),
    node: h(
      "section", { class: "flow" },
      h("div", { class: "row apart" }, lockLine(), button(t("Lock now"), () => app.lock(), "quiet small")),
      h("h1", { tabindex: "-1" }, t("Your journal")),
      ...warnings(app),
      h("div", { class: "row" }, button(t("Write something"), () => app.write({}))),
      questions(app, empty),
      empty ? h("p", { class: "soft" }, t("What you write appears here, newest first. Only on your screen, and only while your journal is open.")) : h(
        "section", { class: "flow" }, h("h2", {}, t("What you wrote")),
        session.entries.size > 3 ? search.node : null, count, rows),
      h("p", { class: "apart-above" }, button(t("Keys, copies and settings"), () => app.settings(), "plain")),
    ),
  };
}

function row(app, entry) {
  const drafted = app.drafts.has(entry.id);
  const data = app.drafts.get(entry.id)?.data ?? entry.data;
  return h(
    "li", {},
    h("span", {}, button(titleOf(data), () => app.write({ id: entry.id }), "plain", { translate: "no" }), h("br"),
      h("span", { class: "soft" }, dayWords(data.created), data.prompt ? ` · ${data.prompt.text}` : "")),
    drafted ? h("span", { class: "state now" }, t("Kept on this device")) : null,
  );
}

function questions(app, open) {
  if (!app.prompts.length) return null;
  const items = app.prompts.map((prompt, index) => {
    const heard = prompt.source && prompt.source !== app.prompts[index - 1]?.source; // said once for those that share it
    return h("li", {}, h("span", {}, heard ? h("span", { class: "eyebrow" }, prompt.source) : null, heard ? h("br") : null,
      button(prompt.text, () => app.write({ prompt }), "plain")));
  });
  return h("details", { class: "more", open }, h("summary", {}, t("Questions to write about")),
    h("p", { class: "hint" }, t("Which one you choose stays inside your locked entry.")), h("ul", { class: "tasks", role: "list" }, ...items));
}

/** Things this device noticed, each with what it may mean and a way to put it aside. */
function warnings(app) {
  const { session } = app;
  const name = (id) => (session.entries.has(id) ? `“${titleOf(session.entries.get(id).data)}”` : t("An entry"));
  const words = {
    older: ({ id }) => t("{entry}: the server sent an older version than the one this device saw last.", { entry: name(id) }),
    missing: ({ on }) => t("An entry last seen here on {day} is not on the server. If you deleted it elsewhere, ignore this.", { day: dayWords(on) }),
    tampered: () => t("One entry could not be opened: what the server sent is not what you saved, or was moved. Nothing of it is shown."),
    draft: () => t("Words kept on this device could not be opened. They are still here."),
  };
  const notes = session.warnings.map((warning) => {
    const note = h("div", { class: "note", role: "alert" }, h("p", {}, words[warning.kind](warning)), button(t("I know"), async () => {
      if (warning.kind === "missing") await app.store.unmark(session.name, warning.id);
      if (warning.kind === "older") {
        const entry = session.entries.get(warning.id);
        if (entry) await app.store.mark(session.name, warning.id, entry.gen, entry.rev);
      }
      session.warnings = session.warnings.filter((one) => one !== warning);
      note.remove();
    }, "quiet small"));
    return note;
  });
  if (!app.store.durable) {
    notes.push(h("p", { class: "note" }, t("This browser window keeps nothing on this device, so every change goes to the server at once. A normal window is safer for your words.")));
  }
  if (session.unfinished) {
    notes.push(h("div", { class: "note" }, h("p", {}, t("A change of key was begun and not finished. Open your journal with your newest passphrase or code to finish it.")),
      button(t("Finish it now"), () => app.resumeRotation(), "quiet small")));
  }
  return notes;
}
