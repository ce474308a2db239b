// Forms under the editing rule (cohort/ui/editing.py): a press without a network leaves the words where they are and
// says so, and leaving the page with words that are not saved asks first. Without this file the form works by itself.
function contents(form) {
  const data = new FormData(form);
  for (const name of ["csrfmiddlewaretoken", "form_key"]) data.delete(name);
  return new URLSearchParams(data).toString();
}

async function connected() {
  try {
    await fetch(import.meta.url, { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

export function editing(root) {
  for (const form of root.querySelectorAll("form[data-editing]")) watch(form);
}

function watch(form) {
  const status = form.querySelector("[data-status]");
  const first = contents(form);
  let leaving = false, asking = false;

  form.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    const button = event.submitter || undefined;
    leaving = await connected();
    asking = false;
    if (leaving) return form.requestSubmit(button);
    status.dataset.kind = "bad";
    status.textContent = status.dataset.offline;
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && contents(form) !== first) event.preventDefault();
  });
}
