// Follows a piece of work: fetches the piece of the page that `data-poll` names, and loads the page again when
// something is ready. Without this module the page loads itself again every few seconds.
// Nobody is disturbed: it waits while somebody writes, and while a link or a button they pressed is still on its way,
// which loading again would call off.
const EVERY = 1500;
const SLOWER = 6000;
const ON_ITS_WAY = 10000;

let pressed = -ON_ITS_WAY;
addEventListener("click", (event) => {
  if (event.target.closest?.("a[href]")) pressed = performance.now();
});
addEventListener("submit", () => {
  pressed = performance.now();
});

const busy = () =>
  performance.now() - pressed < ON_ITS_WAY || document.activeElement?.matches("input, textarea, select");

for (const box of document.querySelectorAll("[data-poll]")) follow(box);

async function follow(box) {
  let wait = EVERY;
  for (let turn = 0; ; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (document.hidden || busy()) continue;
    try {
      const answer = await fetch(box.dataset.poll, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const words = await answer.text();
      if (busy()) continue;
      if (answer.headers.get("X-Done") === "yes") {
        location.reload();
        return;
      }
      if (box.innerHTML.trim() !== words.trim()) box.innerHTML = words;
      wait = turn > 40 ? SLOWER : EVERY;
    } catch {
      wait = SLOWER; // the network is away; try again later
    }
  }
}
