// In a group with an answer that stands alone, ticking it clears the others, and the other way round.
export function exclusive(root) {
  for (const group of root.querySelectorAll("fieldset[data-exclusive]")) {
    group.addEventListener("change", (event) => {
      const box = event.target;
      if (box.type !== "checkbox" || !box.checked) return;
      const alone = "alone" in box.dataset;
      for (const other of group.querySelectorAll("input[type='checkbox']")) {
        if (other !== box && (alone || "alone" in other.dataset)) other.checked = false;
      }
    });
  }
}
