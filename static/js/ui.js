// What every page may need: go to the error summary, count characters, keep one answer alone. Pages work without it.
import { errorSummary } from "./ui-errors.js";
import { counters } from "./ui-counter.js";
import { exclusive } from "./ui-choices.js";
import { editing } from "./ui-editing.js";

errorSummary(document);
counters(document);
exclusive(document);
editing(document);
