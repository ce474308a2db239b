// Follows messages that go out together: fetches the page (or the piece that `data-batch` names) again and puts the
// new piece in place of the old one. Without this module the link "Look again" does the same.
const SOON = 3000;
const LATER = 15000;

for (const box of document.querySelectorAll("[data-batch]")) follow(box);

async function follow(box) {
  let turns = 0;
  hide(box);
  while (box.isConnected && box.dataset.batchOver !== "yes") {
    await new Promise((resolve) => setTimeout(resolve, turns++ < 40 ? SOON : LATER));
    // Never from under a hand: a button that has focus stays where it is.
    if (document.hidden || box.contains(document.activeElement)) continue;
    const piece = await fresh(box);
    if (!piece) continue;
    if (piece.textContent !== box.textContent) update(box, piece);
    box.dataset.batchOver = piece.dataset.batchOver;
    hide(box);
  }
}

async function fresh(box) {
  try {
    const answer = await fetch(box.dataset.batch || location.href, {
      credentials: "same-origin",
      headers: { Accept: "text/html" },
    });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-batch]");
  } catch {
    return null; // the network is away; the next turn tries again
  }
}

// The sentence with role=status stays the same element, or a screen reader would not say that it changed.
function update(box, piece) {
  box.className = piece.className;
  const [before, after] = [box.querySelector("[role=status]"), piece.querySelector("[role=status]")];
  if (!before || !after || before.nextElementSibling?.tagName !== "PROGRESS") {
    box.replaceChildren(...piece.childNodes);
    return;
  }
  if (before.textContent !== after.textContent) before.textContent = after.textContent;
  before.nextElementSibling.value = after.nextElementSibling.value;
  while (before.nextElementSibling.nextSibling) before.nextElementSibling.nextSibling.remove();
  box.append(...nodesAfter(after.nextElementSibling));
}

function nodesAfter(element) {
  const found = [];
  for (let node = element.nextSibling; node; node = node.nextSibling) found.push(node);
  return found;
}

function hide(box) {
  const again = box.querySelector("[data-batch-again]");
  if (again) again.hidden = true;
}
