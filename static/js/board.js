// Follows a piece of work: fetches the piece of the page that `data-poll` names, and loads the page again when
// something is ready. Without this module the page loads itself again every few seconds.
const EVERY = 1500;
const SLOWER = 6000;

for (const box of document.querySelectorAll("[data-poll]")) follow(box);

async function follow(box) {
  let wait = EVERY;
  for (let turn = 0; ; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (document.hidden) continue;
    try {
      const answer = await fetch(box.dataset.poll, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const words = await answer.text();
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
