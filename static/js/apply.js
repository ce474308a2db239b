// A part of the application: show questions when they apply, and save while writing. The page works without this.
import { showWhen } from "./apply-show.js";
import { autosave } from "./apply-autosave.js";

const form = document.querySelector("form[data-part]");
if (form) {
  showWhen(form);
  autosave(form);
}
