/** The recovery code: 128 random bits and a 12-bit check, as seven groups of four letters one can copy by hand. */

import { JournalError, concat, equal, label, secureRandom } from "./bytes.js";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no I, L, O, U
const LENGTH = 28;

export const newRecovery = (random = secureRandom) => random(16);

async function check(raw) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", concat(label("recovery check"), raw)));
  return Uint8Array.of(digest[0], digest[1] & 0xf0);
}

/** `60RK-4CSM-…` for 16 raw bytes. */
export async function encodeRecovery(raw) {
  const bytes = concat(raw, await check(raw)); // 144 bits, of which the last four are zero and not written
  let number = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) >> 4n;
  let out = "";
  for (let i = 0; i < LENGTH; i += 1) {
    out = LETTERS[Number(number & 31n)] + out;
    number >>= 5n;
  }
  return out.match(/.{4}/g).join("-");
}

/** The 16 raw bytes; `bad-code` when a letter is missing or wrong (which is not the same as another journal's code). */
export async function decodeRecovery(input) {
  const text = input.toUpperCase().replace(/[\s\-\u2010-\u2015\u2212]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  if (text.length !== LENGTH) throw new JournalError("bad-code", "length");
  let number = 0n;
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) throw new JournalError("bad-code", "letter");
    number = (number << 5n) | BigInt(value);
  }
  number <<= 4n;
  const bytes = new Uint8Array(18);
  for (let i = 17; i >= 0; i -= 1) {
    bytes[i] = Number(number & 255n);
    number >>= 8n;
  }
  const raw = bytes.slice(0, 16);
  if (!equal(bytes.slice(16), await check(raw))) throw new JournalError("bad-code", "check");
  return raw;
}
