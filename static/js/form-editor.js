// The form editor: questions drawn while they are written, settings that follow the kind, and lists put in order by
// dragging. Everything works without this: buttons post, and the preview is drawn with the page.
import { showWhen } from "./apply-show.js";
import { exclusive } from "./ui-choices.js";

document.documentElement.classList.add("js");

function drawn(root) {
  for (const box of root.querySelectorAll("[data-drawn]")) {
    showWhen(box);
    exclusive(box);
  }
}

function preview(form, place) {
  let timer = 0;
  let asked = 0;
  const draw = async () => {
    const number = ++asked;
    const data = new FormData(form);
    data.set("do", "preview");
    data.set("fragment", "1");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || number !== asked) return;
      const text = await answer.text();
      if (number !== asked) return;
      place.innerHTML = text;
      drawn(place);
    } catch {
      // No connection: the last preview stays, and the button below the form still works later.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(draw, 350);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
}

function settings(form) {
  const kind = form.querySelector("[name='q-type']");
  const decides = form.querySelector("[name='q-decides']");
  const update = () => {
    for (const box of form.querySelectorAll("[data-kinds]")) box.hidden = !box.dataset.kinds.split(" ").includes(kind.value);
    for (const box of form.querySelectorAll("[data-not-kinds]")) box.hidden = box.dataset.notKinds.split(" ").includes(kind.value);
    for (const box of form.querySelectorAll("[data-when='decides']")) box.hidden = !decides?.checked;
    for (const box of form.querySelectorAll("[data-field-kinds]")) {
      const chosen = box.closest(".option-row").querySelector("select")?.value;
      box.hidden = !box.dataset.fieldKinds.split(" ").includes(chosen);
    }
  };
  form.addEventListener("change", (event) => {
    if (/^w-\d+-other$/.test(event.target.name)) event.target.closest(".option-row").querySelector("[data-refresh-condition]").click();
    else update();
  });
  update();
  const focus = form.dataset.focus && document.getElementById(form.dataset.focus);
  if (focus) focus.focus();
}

function reorder(form) {
  const items = [...form.querySelectorAll("li[data-key]")];
  if (!form.querySelector("button[value^='copy:']")) return;
  const hint = document.querySelector("[data-drag-hint]");
  if (hint && items.length > 1) hint.hidden = false;
  let moving = null;
  const clear = () => items.forEach((item) => item.classList.remove("before", "after"));
  for (const item of items) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      moving = item;
      item.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.dataset.key);
    });
    item.addEventListener("dragend", () => {
      item.classList.remove("dragged");
      clear();
      moving = null;
    });
    item.addEventListener("dragover", (event) => {
      if (!moving || moving === item) return;
      event.preventDefault();
      const box = item.getBoundingClientRect();
      clear();
      item.classList.add(event.clientY < box.top + box.height / 2 ? "before" : "after");
    });
    item.addEventListener("drop", (event) => {
      if (!moving || moving === item) return;
      event.preventDefault();
      const from = items.indexOf(moving);
      let to = items.indexOf(item) + (item.classList.contains("after") ? 1 : 0);
      if (to > from) to -= 1;
      if (to === from) return clear();
      const act = Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: `place:${moving.dataset.key}` });
      form.querySelector("[data-to]").value = String(to);
      form.append(act);
      form.submit();
    });
  }
}

// After a move the page comes back: stand on the same button of the thing that moved, so that the next press goes on.
function remember() {
  const key = "cohort.editor.act";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='do']");
    if (button && /^(up|down):/.test(button.value)) sessionStorage.setItem(key, button.value);
  });
  const last = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (!last) return;
  const [verb, name] = last.split(":");
  const other = verb === "up" ? "down" : "up";
  const button = document.querySelector(`button[name='do'][value='${verb}:${CSS.escape(name)}']`)
    || document.querySelector(`button[name='do'][value='${other}:${CSS.escape(name)}']`);
  // Going to the address's fragment moves the focus away once the page is there: ours comes after it.
  const stand = () => setTimeout(() => button?.focus(), 30);
  if (document.readyState === "complete") stand();
  else addEventListener("load", stand, { once: true });
}

drawn(document);
remember();
for (const form of document.querySelectorAll("form[data-question]")) {
  settings(form);
  const place = document.querySelector("[data-preview]");
  if (place) preview(form, place);
}
for (const form of document.querySelectorAll("form[data-reorder]")) reorder(form);
