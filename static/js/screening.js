// The screening desk: draft scores are kept while the reader works, and everything can be done from the keyboard.
// Keys act only while focus is inside the scores, so they never get in the way of reading or of a screen reader.
// Without this file the page works by itself: choose, write, press a button.
const form = document.getElementById("scores");
if (form) {
  keeper(form);
  keyboard(form);
}

function keeper(form) {
  const status = document.querySelector("[data-status]");
  const { save, saved, saving, unsaved } = form.dataset;
  let timer, kept = snapshot(), busy = false, wait = 800, leaving = false;

  function snapshot() {
    return new URLSearchParams(new FormData(form)).toString();
  }
  async function keep() {
    clearTimeout(timer);
    const now = snapshot();
    if (busy || leaving || now === kept) return;
    busy = true;
    status.textContent = saving;
    try {
      const answer = await fetch(save, { method: "POST", body: new URLSearchParams(now), headers: { Accept: "application/json" } });
      if (answer.redirected || !(answer.headers.get("Content-Type") || "").includes("json")) throw new Error("not saved");
      const told = await answer.json();
      kept = now;
      wait = 800;
      status.textContent = [told.problem, told.saved && `${saved} ${told.saved}`].filter(Boolean).join(" ");
    } catch {
      wait = Math.min(wait * 2, 30000);
      status.textContent = unsaved;
    }
    busy = false;
    if (snapshot() !== kept) timer = setTimeout(keep, wait);
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(keep, wait); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !leaving && snapshot() !== kept) {
      navigator.sendBeacon(save, new URLSearchParams(snapshot()));
    }
  });
  addEventListener("online", keep);
}

function keyboard(form) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  document.querySelector("[data-keys]")?.removeAttribute("hidden");
  const paper = document.querySelector(".desk-paper");

  function enter(criterion) {
    const place = criterion.querySelector("input:checked") || criterion.querySelector("input[type='radio']");
    place.focus({ preventScroll: true });
    criterion.scrollIntoView({ block: "nearest" });
  }
  function move(from, step) {
    const target = criteria[criteria.indexOf(from) + step];
    if (target) enter(target);
    else if (step > 0) form.querySelector("button[value='send']").focus();
  }
  form.addEventListener("keydown", (event) => {
    const criterion = event.target.closest("[data-criterion]");
    if (!criterion || event.altKey || event.isComposing) return;
    const writing = event.target.tagName === "TEXTAREA";
    if (event.key === "Enter" && (writing ? event.ctrlKey || event.metaKey : !event.ctrlKey && !event.metaKey)) {
      event.preventDefault(); // Enter on a radio would send the form
      move(criterion, event.shiftKey ? -1 : 1);
      return;
    }
    if (writing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const value = event.key === "0" ? "x" : event.key;
    const level = /^[1-5x]$/.test(value) && event.key !== "x" && criterion.querySelector(`input[value="${value}"]`);
    if (!level) return;
    event.preventDefault();
    level.checked = true;
    level.focus({ preventScroll: true });
    level.dispatchEvent(new Event("change", { bubbles: true }));
    if ("125".includes(value)) criterion.querySelector("textarea").focus({ preventScroll: true });
    criterion.scrollIntoView({ block: "nearest" });
  });

  // Light up the answers that the criterion in hand is scored from, and bring the first of them into view.
  let last;
  form.addEventListener("focusin", (event) => {
    const criterion = event.target.closest("[data-criterion]");
    if (!criterion || criterion === last) return;
    last = criterion;
    const wanted = criterion.dataset.read.trim().split(/\s+/);
    const lit = wanted.map((id) => document.getElementById(`q-${id}`)).filter(Boolean);
    for (const answer of document.querySelectorAll(".answer.lit")) answer.classList.remove("lit");
    for (const answer of lit) answer.classList.add("lit");
    if (lit.length && paper.scrollHeight > paper.clientHeight + 1) {
      paper.scrollTop += lit[0].getBoundingClientRect().top - paper.getBoundingClientRect().top - 16;
    }
  });
}
