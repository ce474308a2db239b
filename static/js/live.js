// The live room: count down here, hear the stream, fetch the part of the page that changed, send presses.
// Without this file the page still shows the block and its times, and every button is a plain form.

const root = document.querySelector("[data-live]");
const POLL = 20_000; // milliseconds between questions while the stream works
const POLL_AWAY = 4_000; // and while it does not

let offset = 0; // milliseconds that the server's clock is ahead of ours
let version = "";
let etag = "";
let hearing = false;
let fetching = false;
let again = false;
let pressing = Promise.resolve();
let lastPoll = 0;
let lastRefresh = Date.now();

const part = () => root.querySelector("[data-part]");
const clock = () => root.querySelector("[data-clock]");

/** 760 -> "12:40"; over time: -80 -> "+1:20". The server's `clock_face` says the same. */
export function face(seconds) {
  const whole = Math.abs(Math.round(seconds));
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  return seconds < 0 && whole ? `+${text}` : text;
}

function learnOffset(serverNow) {
  if (serverNow) offset = Date.parse(serverNow) - Date.now();
}

function tick() {
  const element = clock();
  if (!element || !element.dataset.ends) return; // paused, or nothing is running
  const left = (Date.parse(element.dataset.ends) - Date.now() - offset) / 1000;
  const text = face(left);
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("over", left < 0);
  const minutes = Math.floor(Math.abs(left) / 60);
  const words = (left < 0 ? element.dataset.overWords : element.dataset.leftWords).replace("{n}", minutes);
  if (element.getAttribute("aria-label") !== words) element.setAttribute("aria-label", words);
}

/** Take in a state from the stream, the poll or a press: what can be shown at once is, the rest is fetched. */
function take(state) {
  learnOffset(state.server_now);
  if (state.version === version) return;
  const first = version === "";
  version = state.version;
  for (const input of root.querySelectorAll("[data-expected]")) input.value = state.position;
  if (state.block) {
    const title = root.querySelector('[data-slot="title"]');
    if (title && title.textContent !== state.block.title) {
      title.textContent = state.block.title;
      const say = root.querySelector("[data-say]");
      if (say) say.textContent = state.block.title;
    }
    const next = root.querySelector('[data-slot="next"]');
    if (next && state.next) next.textContent = state.next.title;
    const element = clock();
    if (element) {
      element.dataset.ends = state.block_ends_at || "";
      if (!state.block_ends_at) element.textContent = face(state.seconds_left);
    }
    tick();
  }
  if (!first || Number(root.dataset.position) !== state.position) refresh();
  root.dataset.position = state.position;
}

/** Fetch the changing part of this page and put it in place, keeping focus and what is folded open. */
async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const url = new URL(location.href);
    url.searchParams.set("part", "1");
    const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected && !answer.url.includes("part=1")) return location.reload();
    if (answer.ok) swap(await answer.text());
    lastRefresh = Date.now();
  } catch {
    // no signal: the clock goes on, and the next question comes soon
  } finally {
    fetching = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

function swap(html) {
  const place = part();
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...place.querySelectorAll("details[open][id]")].map((each) => each.id);
  const phase = Boolean(place.querySelector("[data-clock]"));
  place.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus();
  learnOffset(clock()?.dataset.now);
  tick();
  // the tools below the part only make sense while blocks are running; they come and go with a full page
  if ("desk" in root.dataset && phase !== Boolean(clock())) location.reload();
}

function listen() {
  if (!root.dataset.stream || !("EventSource" in window)) return;
  const source = new EventSource(root.dataset.stream);
  source.addEventListener("state", (event) => {
    heard(true);
    take(JSON.parse(event.data));
  });
  source.addEventListener("error", () => heard(false));
}

function heard(yes) {
  hearing = yes;
  const away = root.querySelector("[data-away]");
  if (away) away.hidden = yes || navigator.onLine;
}

/** The slow question that makes up for anything the stream has missed. */
async function poll() {
  lastPoll = Date.now();
  try {
    const answer = await fetch(root.dataset.state, { headers: etag ? { "If-None-Match": etag } : {} });
    if (answer.status === 200) {
      etag = answer.headers.get("ETag") || "";
      take(await answer.json());
    }
  } catch {
    heard(false);
  }
}

/** One press after the other: a second one, made before the first is answered, must count from the new position. */
function press(event) {
  const form = event.target.closest("form[data-press]");
  if (!form) return;
  event.preventDefault();
  const submitter = event.submitter;
  pressing = pressing.then(() => send(form, submitter));
}

async function send(form, submitter) {
  const body = new FormData(form, submitter);
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  const trouble = root.querySelector("[data-trouble]");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin",
    });
    const result = await answer.json();
    if (trouble) {
      trouble.hidden = !result.trouble;
      trouble.textContent = result.trouble;
    }
    take(result.state);
    form.closest("details")?.removeAttribute("open");
  } catch {
    form.removeAttribute("data-press"); // the plain way, with the browser's own message when there is no signal
    for (const button of buttons) button.disabled = false;
    form.requestSubmit(submitter);
    return;
  }
  for (const button of buttons) button.disabled = false;
}

if (root) {
  learnOffset(clock()?.dataset.now);
  root.addEventListener("submit", press);
  listen();
  setInterval(tick, 250);
  setInterval(() => {
    if (document.hidden) return;
    if (Date.now() - lastPoll >= (hearing ? POLL : POLL_AWAY)) poll();
    const every = Number(root.dataset.refresh || 0) * 1000;
    if (every && Date.now() - lastRefresh >= every) refresh();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) poll();
  });
  window.addEventListener("offline", () => heard(false));
  window.addEventListener("online", poll);
}
