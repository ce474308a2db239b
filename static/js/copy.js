// Shows the copy button where the browser can copy. Without this module people select the address and copy it.
for (const button of document.querySelectorAll("[data-copy-from]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const field = document.getElementById(button.dataset.copyFrom);
  const said = document.querySelector("[data-copy-said]");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = button.dataset.copied;
    } catch {
      said.textContent = ""; // not allowed: the address is selected, ready to be copied by hand
    }
  });
}
