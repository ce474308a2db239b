// Shows what a change would do without leaving the page: fetches the piece that says so and puts it in
// [data-effect-here]. Without this module the same links and forms open a page of their own.
const here = document.querySelector("[data-effect-here]");

async function show(address, from) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html", "X-Part": "effect" } });
  } catch {
    location.assign(address);
    return;
  }
  const words = answer.ok && !answer.redirected ? await answer.text() : "";
  if (!words || /<html/i.test(words.slice(0, 400))) {
    location.assign(address); // something to mend in the form: the page says what
    return;
  }
  here.innerHTML = words;
  const heading = here.querySelector("h2, h3");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    here.scrollIntoView({ block: "nearest" });
  }
  if (from) from.removeAttribute("aria-busy");
}

if (here) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-effect]");
    if (!form) return;
    event.preventDefault();
    const address = new URL(form.action || location.href, location.href);
    address.search = new URLSearchParams(new FormData(form)).toString();
    show(address.href, form);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-effect]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.href, link);
  });
}
