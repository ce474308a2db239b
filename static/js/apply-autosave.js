// Save a part when a field is left, and every 20 seconds while there is something new. What is typed lives in the page
// alone: nothing is kept in the browser's storage. Signed out or offline, the page keeps trying until it is saved.
const EVERY = 20000;
const AFTER_LEAVING = 300;

function cookie(name) {
  for (const part of document.cookie.split("; ")) {
    const [key, value] = part.split("=");
    if (key === name || key === `__Host-${name}`) return decodeURIComponent(value);
  }
  return "";
}

export function autosave(form) {
  const url = form.dataset.autosave;
  const status = form.querySelector("[data-status]");
  if (!url || !status) return;
  const words = form.dataset;
  const contents = () => new URLSearchParams(new FormData(form)).toString().replace(/(^|&)(csrfmiddlewaretoken|base)=[^&]*/g, "");
  let stored = contents();
  let running = false;
  let stopped = false;
  let leaving = false;
  let pressed = null; // the button that was pressed while a save was on its way
  let timer;

  function say(text, bad = false, link = null) {
    status.textContent = text;
    status.dataset.kind = bad ? "bad" : "good";
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.target = "_blank";
      anchor.rel = "noopener";
      anchor.textContent = words.signinLink;
      status.append(" ", anchor);
    }
  }

  async function save() {
    if (running || stopped || leaving) return;
    const sent = contents();
    if (sent === stored) return;
    running = true;
    say(words.saving);
    const body = new URLSearchParams(new FormData(form));
    body.delete("csrfmiddlewaretoken"); // the one in the page may be from before a sign-in; the cookie's counts
    try {
      const response = await fetch(url, {
        method: "POST", body, credentials: "same-origin",
        headers: { "X-CSRFToken": cookie("csrftoken"), Accept: "application/json" },
      });
      await told(response, sent);
    } catch {
      say(words.offline, true);
    } finally {
      running = false;
      if (pressed) form.requestSubmit(pressed.isConnected ? pressed : undefined);
    }
  }

  async function told(response, sent) {
    const answer = (response.headers.get("content-type") || "").includes("json") ? await response.json() : {};
    if (response.ok) {
      stored = sent;
      form.elements.base.value = answer.revision;
      const problems = Object.values(answer.problems || {}).flat();
      if (problems.length) say(`${words.partly.replace("{time}", answer.saved)} ${problems.join(" ")}`, true);
      else say(words.saved.replace("{time}", answer.saved));
    } else if (response.status === 401 && answer.signin) {
      say(words.signin, true, answer.signin);
    } else if (response.status === 409) {
      stopped = true;
      say(words.conflict, true);
    } else if (response.status === 410) {
      stopped = true;
      say(words.closed, true);
    } else {
      say(words.offline, true);
    }
  }

  form.addEventListener("input", () => {
    if (!stopped && contents() !== stored) say(words.waiting);
  });
  form.addEventListener("focusout", () => {
    clearTimeout(timer);
    timer = setTimeout(save, AFTER_LEAVING);
  });
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(save, AFTER_LEAVING);
  });
  setInterval(save, EVERY);
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) save(); });

  // After a sign-in in another window the page's own token is old: take the one that counts now.
  form.addEventListener("submit", (event) => {
    if (running) {
      event.preventDefault();
      pressed = event.submitter || form.querySelector("button:not([name])");
      return;
    }
    leaving = true;
    const token = form.querySelector("[name='csrfmiddlewaretoken']");
    if (token && cookie("csrftoken")) token.value = cookie("csrftoken");
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && contents() !== stored) event.preventDefault();
  });
}
