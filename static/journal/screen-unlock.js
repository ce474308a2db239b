/** Opening a journal that exists: by passphrase, by recovery code, or, when both are lost, starting again. */

import { button, field, h, localForm, lockLine, managerName, secretField } from "./dom.js";
import { decodeRecovery } from "./recovery.js";
import { Session } from "./session.js";
import { checkCode, choosePassphrase, truth } from "./screen-setup.js";
import { KIND } from "./slots.js";
import { dayWords, problem, t } from "./words.js";

let failures = 0;

export function unlock(app, { notice = "" } = {}) {
  const secret = secretField({ label: t("Your journal passphrase") });
  const offer = h("p", { hidden: failures < 3 }, t("Your recovery code opens it too."), " ", button(t("Use my recovery code"), () => app.render(byCode(app)), "quiet"));
  const form = localForm(
    {
      words: t("Open"), busy: t("Opening…"),
      submit: async () => {
        secret.clear();
        try {
          const state = await app.refresh();
          const session = await Session.open({ ...app.tools, state, kind: KIND.passphrase, secret: secret.control.value });
          secret.control.value = "";
          failures = 0;
          await app.unlocked(session);
        } catch (error) {
          if (error.code === "wrong-secret") {
            failures += 1;
            offer.hidden = failures < 3;
          }
          if (app.handled(error)) return;
          secret.fail(problem(error.code));
        }
      },
    },
    managerName(app.state.email), secret.node,
  );
  return {
    title: t("Open your journal"), focus: () => secret.control,
    node: h(
      "section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("Your journal is locked")),
      notice ? h("p", { class: "note good", role: "status" }, notice) : null,
      h("p", {}, lockLine()), resetNote(app), form, offer,
      h("details", { class: "more" }, h("summary", {}, t("I don’t have my passphrase")),
        h("p", {}, t("Your recovery code opens your journal. You then choose a new passphrase, and get a new code.")),
        h("div", { class: "row" }, button(t("Use my recovery code"), () => app.render(byCode(app)), "quiet"),
          button(t("I have neither"), () => app.render(startAgain(app)), "plain"))),
      h("details", { class: "more" }, h("summary", {}, t("What is private here")), ...truth()),
    ),
  };
}

function resetNote(app) {
  const day = app.state.journal?.reset_on;
  if (!day) return null;
  return h("p", { class: "note" }, t("Somebody who was signed in to your account asked to throw this journal away on {day}. Open it, and it stays.", { day: dayWords(`${day}T12:00:00`) }));
}

/** With a recovery code: a new passphrase and a new code at once, stored together. */
function byCode(app) {
  const code = field({
    label: t("Recovery code"), hint: t("Seven groups of four. Capitals, spaces and dashes do not matter."),
    control: h("input", { type: "text", class: "code", autocomplete: "off", autocapitalize: "characters", autocorrect: "off", spellcheck: "false" }),
  });
  const form = localForm(
    {
      words: t("Open with this code"), busy: t("Opening…"),
      extra: [button(t("Go back"), () => app.start(), "plain")],
      submit: async () => {
        code.clear();
        try {
          const secret = await decodeRecovery(code.control.value);
          const state = await app.refresh();
          const session = await Session.open({ ...app.tools, state, kind: KIND.recovery, secret });
          const json = state.journal.slots.find((slot) => slot.kind === KIND.recovery && slot.gen === session.gen);
          code.control.value = "";
          if (session.unfinished) {
            await app.unlocked(session);
            return;
          }
          app.render(choosePassphrase(app, { number: 1, total: 2, done: (passphrase) => app.render(newCode(app, session, json, secret, passphrase)) }));
        } catch (error) {
          if (app.handled(error)) return;
          code.fail(problem(error.code === "wrong-secret" ? "wrong-code" : error.code));
        }
      },
    },
    code.node,
  );
  return {
    title: t("Use your recovery code"), focus: () => code.control,
    node: h("section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("Open with your recovery code")), form),
  };
}

function newCode(app, session, json, secret, passphrase) {
  return checkCode({
    number: 2, total: 2, words: t("Save and open my journal"), busy: t("Saving…"),
    lead: t("The code you just used will stop working. This new one takes its place."),
    accept: async (recovery) => {
      try {
        await session.rewrap(json, secret, { passphrase, recovery });
        secret.fill(0);
        await app.unlocked(session);
        return null;
      } catch (error) {
        return error.code ?? "unknown";
      }
    },
  });
}

/** Neither passphrase nor code: the plain truth, a fresh sign-in, seven days, and then an empty journal. */
function startAgain(app) {
  const message = h("p", { class: "error", role: "alert" });
  const day = app.state.journal?.reset_on;
  const due = Boolean(day) && app.state.journal.reset_due;
  const act = async (step) => {
    message.replaceChildren();
    try {
      const answer = await app.api.reset(step);
      if (step === "finish") {
        await app.store.forget(app.state.account, app.state.journal.vault);
        app.start();
        return;
      }
      Object.assign(app.state.journal, { reset_on: answer.reset_on, reset_due: false });
      app.render(startAgain(app));
    } catch (error) {
      if (error.code === "sign-in-again") {
        message.append(t("To do this, confirm that it is you."), " ", h("a", { href: error.body.sign_in }, t("Sign in again")));
      } else if (!app.handled(error)) message.textContent = problem(error.code);
    }
  };
  const what = day
    ? [h("p", { class: "note" }, due
      ? t("The seven days are over. You can now throw this journal away and set up an empty one.")
      : t("Asked. From {day} you can throw this journal away here. Until then, anyone who can open it can keep it.", { day: dayWords(`${day}T12:00:00`) })),
    due ? button(t("Throw this journal away for good"), () => act("finish"), "danger") : null]
    : [button(t("Ask to start again"), () => act("start"), "danger")];
  return {
    title: t("Start again"),
    node: h(
      "section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("Without passphrase and code")),
      h("p", {}, t("Then nobody can open your entries: not you, not us. We are sorry. Look once more, in your papers, your password manager, your downloads.")),
      h("p", {}, t("You can start again with an empty journal. We then throw away what is locked now. To protect you from somebody who only knows your sign-in, this takes seven days, and we tell you by mail. Copies in backups stay until those are deleted; nobody can open them without your passphrase or code.")),
      h("div", { class: "row" }, ...what.filter(Boolean), button(t("Go back"), () => app.start(), "plain")), message,
    ),
  };
}
