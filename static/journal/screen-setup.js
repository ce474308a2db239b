/** Setting a journal up: what is private, a passphrase, a recovery code, and then a page to write on. */

import { randomBelow } from "./bytes.js";
import { button, download, field, h, localForm, lockLine, managerName, secretField } from "./dom.js";
import { normalise, suggest, weakness } from "./passphrase.js";
import { Session, drawRecovery } from "./session.js";
import { problem, t } from "./words.js";

const step = (number, total) => h("p", { class: "eyebrow" }, t("Step {number} of {total}", { number, total }));

/** The same truth wherever it is told: what is locked, and the two limits. */
export const truth = () => [
  h("p", {}, t("Your private reflections are locked in your browser before they are sent. We store only the locked form and have neither your passphrase nor your recovery code, so staff, facilitators, a copied database or a backup cannot open them.")),
  h("p", {}, t("Two limits. Anyone able to change the program this site sends you could capture your passphrase the next time you type it. And whoever controls your device can see what you see.")),
];

export function setup(app) {
  return {
    title: t("Set up your journal"),
    node: h(
      "section", { class: "flow" }, step(1, 3), h("h1", { tabindex: "-1" }, t("A journal that only you can open")),
      h("p", {}, lockLine()), ...truth(),
      h("p", {}, t("Writing is up to you. Nobody is told whether you write, or when, and nothing depends on it. Because nobody else has a key, nobody can make you a new one: if you lose both your passphrase and your recovery code, your entries are gone.")),
      h("p", { class: "soft" }, t("It takes about two minutes. Use a device that is yours.")),
      h("div", { class: "row" }, button(t("Start"), () => app.render(choosePassphrase(app, {
        number: 2, total: 3, done: (passphrase) => app.render(recoveryCode(app, passphrase)),
      })))),
    ),
  };
}

/**
 * Choose a passphrase: one drawn here, or your own, typed again. `done(passphrase)` gets it.
 * Used for setting up and for every change.
 */
export function choosePassphrase(app, { number = 0, total = 0, done, back = null }) {
  let suggested = suggest();
  const shown = h("p", { class: "secret", translate: "no" }, suggested);
  const own = secretField({
    label: t("Your passphrase"), purpose: "new-password",
    hint: t("15 characters or more, or five different words. Not your sign-in password."),
  });
  const again = secretField({ label: t("Type it again"), purpose: "new-password" });
  const pick = h(
    "div", { class: "flow" }, h("p", {}, t("We suggest six words, drawn just now in your browser. Write them on paper and keep it where you keep things that matter.")),
    shown,
    h("div", { class: "row" }, button(t("Draw other words"), () => {
      suggested = suggest();
      shown.textContent = suggested;
    }, "quiet"), button(t("Use words of my own"), () => switchTo(true), "plain")),
  );
  const mine = h("div", { class: "flow", hidden: true }, own.node, button(t("Use suggested words instead"), () => switchTo(false), "plain"));
  let usesOwn = false;
  const switchTo = (value) => {
    usesOwn = value;
    pick.hidden = value;
    mine.hidden = !value;
    again.control.value = "";
    (value ? own.control : again.control).focus();
  };
  const form = localForm(
    {
      words: t("Continue"), busy: t("Checking…"), extra: back ? [button(t("Go back"), back, "plain")] : [],
      submit: async () => {
        const chosen = usesOwn ? own.control.value : suggested;
        own.clear();
        again.clear();
        if (usesOwn) {
          const { email, name } = app.state;
          const avoid = [email, email.split("@")[0], name, ...name.split(" "), "Cohort", location.hostname];
          const weak = weakness(chosen, { common: await app.api.common(), avoid });
          if (weak) {
            own.fail(problem(weak));
            return;
          }
        }
        if (normalise(again.control.value) !== normalise(chosen)) {
          again.fail(problem("passphrase-differs"));
          return;
        }
        own.control.value = "";
        again.control.value = "";
        done(chosen);
      },
    },
    managerName(app.state.email), pick, mine, again.node,
  );
  return {
    title: t("Choose a passphrase"),
    node: h(
      "section", { class: "flow" }, number ? step(number, total) : null,
      h("h1", { tabindex: "-1" }, t("Choose a passphrase")),
      h("p", {}, t("It locks your journal. It is not your sign-in password, and nobody can send it to you again.")), form,
    ),
  };
}

/** Two different groups of the code to type back, drawn here. */
function twoGroups() {
  const first = randomBelow(7);
  return [first, (first + 1 + randomBelow(6)) % 7].sort((left, right) => left - right);
}

/**
 * Show a recovery code and have two of its groups typed back; it cannot be skipped. `accept(raw)` stores it and
 * answers with the code of what went wrong, or nothing.
 */
export async function checkCode({ number = 0, total = 0, words, busy, accept, lead }) {
  const { raw, code } = await drawRecovery();
  const groups = code.split("-");
  const asked = twoGroups();
  const failed = h("p", { class: "error", role: "alert" });
  const status = h("p", { class: "soft", role: "status" });
  const typed = asked.map((index) => field({
    label: t("Group {number}", { number: index + 1 }),
    control: h("input", { type: "text", class: "short code", autocomplete: "off", autocapitalize: "characters", autocorrect: "off", spellcheck: "false", maxlength: "8" }),
  }));
  const text = t("Recovery code of my journal\n\n{code}\n\nIt opens my journal when I do not have my passphrase.\n", { code });
  const form = localForm(
    {
      words, busy,
      submit: async () => {
        const wrong = typed.find((one, index) => {
          one.clear();
          const value = one.control.value.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
          return value !== groups[asked[index]];
        });
        if (wrong) {
          wrong.fail(problem("groups-differ"));
          return;
        }
        failed.textContent = "";
        const code = await accept(raw);
        if (code) failed.textContent = problem(code);
        else raw.fill(0);
      },
    },
    h("p", {}, t("To be sure that you have it, type two of its groups from your copy.")),
    h("div", { class: "row top" }, ...typed.map((one) => one.node)), failed,
  );
  return {
    title: t("Your recovery code"),
    node: h(
      "section", { class: "flow" }, number ? step(number, total) : null,
      h("h1", { tabindex: "-1" }, t("Keep this recovery code")), h("p", {}, lead),
      h("p", { class: "secret code", translate: "no" }, ...groups.flatMap((group, index) => [
        index ? document.createTextNode(" ") : "", h("span", {}, group),
      ])),
      h("div", { class: "row" },
        button(t("Copy"), async () => {
          try {
            await navigator.clipboard.writeText(code);
            status.textContent = t("Copied.");
          } catch {
            status.textContent = t("Your browser did not allow it. Write the code down instead.");
          }
        }, "quiet"),
        button(t("Download"), () => download("journal-recovery-code.txt", "text/plain", text), "quiet"),
        button(t("Print"), () => print([h("h1", {}, t("Recovery code of my journal")), h("p", { class: "code" }, code),
          h("p", {}, t("It opens my journal when I do not have my passphrase."))]), "quiet")),
      status, form,
    ),
    leave: () => raw.fill(0),
  };
}

/** Print these elements, and only these. */
export function print(nodes) {
  const place = document.getElementById("print");
  place.replaceChildren(...nodes);
  window.addEventListener("afterprint", () => place.replaceChildren(), { once: true });
  window.print();
}

async function recoveryCode(app, passphrase) {
  return checkCode({
    number: 3, total: 3, words: t("Finish and start writing"), busy: t("Locking your journal…"),
    lead: t("If you lose your passphrase, this code is the only other way in. Write it down, or print it, and keep it away from this device."),
    accept: async (recovery) => {
      try {
        const { api, store, state } = app;
        const session = await Session.create({ api, store, account: state.account, passphrase, recovery });
        await app.unlocked(session);
        return null;
      } catch (error) {
        return error.code ?? "unknown";
      }
    },
  });
}
