// A field with data-show-if stands only while the answers it names are chosen: all of them, or with data-show-any one
// of them. What is typed in it stays.
export function showWhen(form) {
  const fields = new Map();
  for (const control of form.querySelectorAll("[data-show-if]")) {
    const box = control.closest(".field");
    if (box && !fields.has(box)) fields.set(box, [JSON.parse(control.dataset.showIf), "showAny" in control.dataset]);
  }
  const chosen = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"], [name^="${CSS.escape(name)}--col-"]`)]
    .filter((control) => control.tagName === "SELECT" || control.checked).map((control) => control.value);
  const update = () => {
    for (const [box, [wanted, any]] of fields) {
      const held = Object.entries(wanted).map(([name, codes]) => chosen(name).some((code) => codes.includes(code)));
      const applies = any ? held.some(Boolean) : held.every(Boolean);
      // Words that were typed stay in sight, so that nobody loses them without seeing it.
      const filled = [...box.querySelectorAll("input[type='text'], textarea")].some((control) => control.value.trim());
      box.hidden = !applies && !filled;
    }
  };
  form.addEventListener("change", update);
  update();
}
