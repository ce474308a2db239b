/** Making elements. Text is only ever text: nothing here, or anywhere on this page, turns a string into markup. */

import { t } from "./words.js";

/** `h("p", {class: "soft", onclick: fn}, "words", child)`; attributes with null or false are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

function icon(...paths) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true", focusable: "false", fill: "none",
    stroke: "currentColor", "stroke-width": "1.5",
  })) svg.setAttribute(name, value);
  for (const line of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

export const lockLine = (words = t("Only you can open this")) =>
  h("span", { class: "lock" }, icon("M4.5 7V5a3.5 3.5 0 0 1 7 0v2", "M3 7h10v7H3z"), words);

/** A button; `kind` is "quiet", "danger", "plain", or nothing for the main one. */
export const button = (words, onclick, kind = "", attributes = {}) =>
  h("button", { type: "button", class: kind === "plain" ? "plain link" : `button ${kind}`.trim(), onclick, ...attributes }, words);

let counter = 0;

/** Label, hint, control and a place for its error. `control` gets an id; `fail(words)` shows what is wrong and moves there. */
export function field({ label, hint = "", control, extra = [] }) {
  counter += 1;
  const id = `f${counter}`;
  control.id = id;
  const error = h("p", { class: "error", id: `${id}-error`, hidden: true });
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  control.setAttribute("aria-describedby", described);
  const node = h(
    "div", { class: "field" }, h("label", { for: id }, label),
    hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null, error, control, ...extra,
  );
  const show = (words) => {
    error.textContent = words;
    error.hidden = !words;
    node.classList.toggle("bad", Boolean(words));
    if (words) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  const fail = (words) => {
    show(words);
    control.focus();
  };
  return { node, control, fail, clear: () => show("") };
}

/**
 * A passphrase field. It has no name, so a form that is sent by mistake carries nothing. Password managers may fill it.
 */
export function secretField({ label, hint = "", purpose = "current-password" }) {
  const control = h("input", {
    type: "password", autocomplete: purpose, autocapitalize: "none", autocorrect: "off", spellcheck: "false",
  });
  const show = h("input", { type: "checkbox" });
  counter += 1;
  show.id = `f${counter}`;
  // While its text shows, the browser must not take it for ordinary text that it may write to its session files.
  show.addEventListener("change", () => {
    control.setAttribute("autocomplete", show.checked ? "off" : purpose);
    control.type = show.checked ? "text" : "password";
  });
  const toggle = h("div", { class: "choice" }, show, h("label", { for: show.id }, t("Show it")));
  return field({ label, hint, control, extra: [toggle] });
}

/** Gives password managers a name of its own, so that the password of the account is not overwritten. */
export const managerName = (email) => h("input", {
  type: "text", autocomplete: "username", value: `journal of ${email}`, readonly: true, tabindex: "-1",
  class: "visually-hidden", "aria-hidden": "true",
});

/** A form that never leaves this page: `submit` runs instead, one at a time, with the button busy. */
export function localForm({ submit, words, busy = "", extra = [], kind = "" }, ...children) {
  const go = h("button", { class: `button ${kind}`.trim() }, words);
  const progress = h("p", { class: "soft", role: "status" });
  const form = h(
    "form", { class: "flow", novalidate: true, autocomplete: "off" }, ...children,
    h("div", { class: "row" }, go, ...extra), progress,
  );
  let running = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (running) return;
    running = true;
    go.setAttribute("aria-disabled", "true");
    progress.textContent = busy;
    try {
      await submit();
    } finally {
      running = false;
      go.removeAttribute("aria-disabled");
      progress.textContent = "";
    }
  });
  return form;
}

/** Ask in a dialog; resolves to the value of the chosen button, or of `cancel` when it is closed with Escape. */
export function ask({ title, body = [], choices, cancel }) {
  return new Promise((resolve) => {
    counter += 1;
    const heading = h("h2", { id: `d${counter}` }, title);
    const dialog = h("dialog", { class: "sheet ask flow", "aria-labelledby": `d${counter}` }, heading,
      ...body.map((words) => (typeof words === "string" ? h("p", {}, words) : words)));
    let answer = cancel;
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    dialog.append(h("div", { class: "row" }, ...choices.map(({ words, value, kind = "" }) => button(words, () => close(value), kind))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Close every open dialog and forget what it asked: part of locking. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog.ask")) dialog.close();
}

/** Hand a file to the person, made here and sent nowhere. */
export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const announce = (words) => {
  document.getElementById("announce").textContent = words;
};
