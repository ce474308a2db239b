// Move focus to the error summary, and from its links to the field itself (for a group: its first option).
export function errorSummary(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const place = field.closest("fieldset") || field.closest(".field") || field;
    place.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
}
