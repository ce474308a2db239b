/** Keys, copies to keep, and how this page behaves. */

import { ask, button, download, field, h, localForm, managerName, secretField } from "./dom.js";
import { decodeRecovery } from "./recovery.js";
import { checkCode, choosePassphrase, print } from "./screen-setup.js";
import { titleOf } from "./screen-list.js";
import { KIND, withRawKey } from "./slots.js";
import { dayWords, problem, t } from "./words.js";

const MINUTES = [2, 5, 10, 20, 30, 60];

export function settings(app) {
  const section = (title, ...children) => h("section", { class: "flow" }, h("h2", {}, title), ...children);
  return {
    title: t("Keys, copies and settings"),
    node: h(
      "section", { class: "flow" },
      h("div", { class: "row apart" }, button(t("Back to your journal"), () => app.list(), "plain"), button(t("Lock now"), () => app.lock(), "quiet small")),
      h("h1", { tabindex: "-1" }, t("Keys, copies and settings")),
      section(t("Your keys"),
        h("p", {}, t("A change here is quick: your entries stay as they are, locked with the same inner key.")),
        h("div", { class: "row" },
          button(t("Change my passphrase"), () => app.render(confirmSecret(app, changePassphrase)), "quiet"),
          button(t("Get a new recovery code"), () => app.render(confirmSecret(app, replaceCode)), "quiet")),
        h("p", {}, t("That does not lock out someone who already knew your old passphrase and has an old copy of your locked data. If someone may know it, move your journal to a new inner key: everything is locked again.")),
        button(t("Someone may know it: lock everything again"), () => app.render(confirmSecret(app, rotate)), "quiet")),
      section(t("Copies to keep"),
        h("p", {}, t("A copy is made on this device and sent nowhere. It is readable by anyone who can use this computer.")),
        h("div", { class: "row" },
          button(t("Save as text (.md)"), () => exported(app, "md"), "quiet"), button(t("Save as data (.json)"), () => exported(app, "json"), "quiet"),
          button(t("Print"), () => exported(app, "print"), "quiet"))),
      section(t("This page"), preferences(app)),
      section(t("Delete this journal"),
        h("p", {}, t("Every entry is removed from the server and from this device. Locked copies in backups stay until those are deleted, at most 35 days; your passphrase would still open them until then.")),
        button(t("Delete this journal"), () => app.render(deletion(app)), "quiet danger")),
    ),
  };
}

/** Ask for the passphrase or the code again: only then does this program touch the raw key. */
function confirmSecret(app, next) {
  const secret = secretField({ label: t("Your present passphrase, or your recovery code") });
  const form = localForm(
    {
      words: t("Continue"), busy: t("Checking…"), extra: [button(t("Go back"), () => app.settings(), "plain")],
      submit: async () => {
        secret.clear();
        const typed = secret.control.value;
        try {
          const { session } = app;
          const { journal } = await app.refresh();
          const raw = await decodeRecovery(typed).catch(() => null);
          const kind = raw ? KIND.recovery : KIND.passphrase;
          const json = journal.slots.find((slot) => slot.kind === kind && slot.gen === session.gen);
          const current = raw ?? typed;
          await withRawKey({ json, secret: current, vault: session.vault, gen: session.gen }, () => null);
          secret.control.value = "";
          await next(app, json, current);
        } catch (error) {
          if (!app.handled(error)) secret.fail(problem(error.code));
        }
      },
    },
    managerName(app.state.email), secret.node,
  );
  return {
    title: t("Is it you?"), focus: () => secret.control,
    node: h("section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("First, your present key")), form),
  };
}

const back = (app) => () => app.settings();

function changePassphrase(app, json, current) {
  app.render(choosePassphrase(app, {
    back: back(app),
    done: async (passphrase) => {
      try {
        await app.session.rewrap(json, current, { passphrase });
        app.list(t("Your passphrase is changed. Your recovery code still works."));
      } catch (error) {
        if (!app.handled(error)) app.list(problem(error.code));
      }
    },
  }));
}

async function replaceCode(app, json, current) {
  app.render(await checkCode({
    words: t("Use this code from now on"), busy: t("Saving…"),
    lead: t("The code before this one stops working when you finish here."),
    accept: async (recovery) => {
      try {
        await app.session.rewrap(json, current, { recovery });
        app.list(t("Your recovery code is replaced."));
        return null;
      } catch (error) {
        return error.code ?? "unknown";
      }
    },
  }));
}

function rotate(app, json, current) {
  app.render(choosePassphrase(app, {
    number: 1, total: 2, back: back(app),
    done: async (passphrase) => app.render(await checkCode({
      number: 2, total: 2, words: t("Lock everything again"), busy: t("Locking your entries again…"),
      lead: t("Your journal gets a new inner key, so both your passphrase and your code are new."),
      accept: async (recovery) => {
        try {
          await app.session.beginRotation(json, current, { passphrase, recovery });
          await app.session.finishRotation();
          app.list(t("Everything is locked with a new key."));
          return null;
        } catch (error) {
          return error.code ?? "unknown";
        }
      },
    })),
  }));
}

function preferences(app) {
  const { session } = app;
  const minutes = field({
    label: t("Lock by itself after"),
    control: h("select", {}, ...MINUTES.map((value) => h("option", { value, selected: value === session.settings.idle }, t("{value} minutes", { value })))),
  });
  const spelling = h("input", { type: "checkbox", id: "spelling", checked: session.settings.spellcheck });
  const done = h("p", { class: "soft", role: "status" });
  return localForm(
    {
      words: t("Save"), kind: "quiet", busy: t("Saving…"),
      submit: async () => {
        try {
          await session.saveSettings({ idle: Number(minutes.control.value), spellcheck: spelling.checked });
          app.idle.start(session.settings.idle);
          done.textContent = t("Saved.");
        } catch (error) {
          if (!app.handled(error)) done.textContent = problem(error.code);
        }
      },
    },
    minutes.node,
    h("div", { class: "field" }, h("div", { class: "choice" }, spelling, h("label", { for: "spelling" }, t("Check my spelling"))),
      h("p", { class: "hint" }, t("Off by default: some browsers send what you type to the company that makes them, to check it there."))), done,
  );
}

const stamp = () => new Date().toISOString().slice(0, 10);

async function exported(app, form) {
  const entries = app.session.list();
  const sure = await ask({
    title: t("Make a readable copy?"), cancel: false,
    body: [t("This file is readable by anyone with this computer. Your journal here stays locked.")],
    choices: [{ words: t("Make it"), value: true }, { words: t("Not now"), value: false, kind: "quiet" }],
  });
  if (!sure || !app.session?.open) return;
  if (form === "json") {
    const data = { format: "private-journal-export", v: 1, entries: entries.map((entry) => entry.data) };
    download(`journal-${stamp()}.json`, "application/json", JSON.stringify(data, null, 2));
  } else if (form === "md") {
    download(`journal-${stamp()}.md`, "text/markdown", entries.map(({ data }) => [
      `## ${dayWords(data.created)}`, data.prompt ? `> ${data.prompt.text}` : "", data.body,
    ].filter(Boolean).join("\n\n")).join("\n\n---\n\n"));
  } else {
    print(entries.map(({ data }) => h("article", {}, h("h2", {}, dayWords(data.created)),
      data.prompt ? h("p", { class: "eyebrow" }, data.prompt.text) : null, h("div", { class: "plain-words" }, data.body || titleOf(data)))));
  }
}

function deletion(app) {
  const word = t("delete");
  const typed = field({ label: t("Type the word “{word}”", { word }), control: h("input", { type: "text", class: "short", autocomplete: "off", autocapitalize: "none" }) });
  const form = localForm(
    {
      words: t("Delete my journal for good"), kind: "danger", busy: t("Deleting…"),
      extra: [button(t("Keep it"), () => app.settings(), "plain")],
      submit: async () => {
        typed.clear();
        if (typed.control.value.trim().toLowerCase() !== word) return typed.fail(t("Type the word to go on."));
        try {
          const { session } = app;
          await app.api.deleteJournal(session.proof);
          await app.store.forget(session.account, session.name);
          return app.gone();
        } catch (error) {
          return app.handled(error) || typed.fail(problem(error.code));
        }
      },
    },
    typed.node,
  );
  return {
    title: t("Delete this journal"), focus: () => typed.control,
    node: h("section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("Delete your whole journal?")),
      h("p", {}, t("All {count} entries go, and cannot be brought back. Copies that you shared stay until you take them back.", { count: app.session.entries.size })), form),
  };
}
