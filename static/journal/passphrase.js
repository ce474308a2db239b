/** The journal passphrase: one written form, what we accept, and a suggestion drawn in this browser. */

import { JournalError, randomBelow, utf8 } from "./bytes.js";
import { WORDS } from "./wordlist.js";

export const MAX_CHARACTERS = 1024;
export const MIN_CHARACTERS = 15;
export const MIN_WORDS = 5;
export const SUGGESTED_WORDS = 6;

/** NFKC; runs of ASCII white space become one space; none at the ends. The set is spelled out: `\s` differs by language. */
export function normalise(input) {
  return input.normalize("NFKC").replace(/[\u0009-\u000d\u0020]+/g, " ").replace(/^ /, "").replace(/ $/, "");
}

/** The bytes that go into the key derivation. */
export function passphraseBytes(input) {
  const text = normalise(input);
  if ([...text].length > MAX_CHARACTERS) throw new JournalError("passphrase-too-long");
  return utf8(text);
}

/**
 * Why a new passphrase is refused, as a code, or null when it is fine.
 * `common` is a Set of well-known passwords; `avoid` holds what others know: e-mail, name, name of the site.
 */
export function weakness(input, { common = new Set(), avoid = [] } = {}) {
  const text = normalise(input);
  const letters = [...text];
  if (letters.length > MAX_CHARACTERS) return "passphrase-too-long";
  const words = new Set(text.toLowerCase().split(" ").filter((word) => word.length > 1));
  if (letters.length < MIN_CHARACTERS && words.size < MIN_WORDS) return "passphrase-short";
  const flat = text.toLowerCase().replaceAll(" ", "");
  if (common.has(flat) || common.has(text.toLowerCase())) return "passphrase-common";
  if (new Set(flat).size < 5) return "passphrase-repeats";
  let rest = flat;
  for (const known of avoid) {
    const part = normalise(known).toLowerCase().replaceAll(" ", "");
    if (part.length >= 3) rest = rest.replaceAll(part, "");
  }
  if (rest !== flat && [...rest].length < 8) return "passphrase-personal";
  return null;
}

/** Six words out of 2,048, each equally likely: 66 bits. Never made by a server. */
export function suggest(random) {
  return Array.from({ length: SUGGESTED_WORDS }, () => WORDS[randomBelow(WORDS.length, random)]).join(" ");
}
