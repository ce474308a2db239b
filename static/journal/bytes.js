/** Bytes, numbers and text as the protocol writes them: big-endian, base64url without padding, one way only. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** What went wrong, by a code that the page turns into words. */
export class JournalError extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "JournalError";
    this.code = code;
  }
}

export const utf8 = (text) => encoder.encode(text);

/** Text from UTF-8 bytes; anything that is not UTF-8 is refused, never repaired. */
export function fromUtf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new JournalError("tampered", "not text");
  }
}

export const u8 = (value) => Uint8Array.of(value);

export function u32(value) {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

export const readU32 = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The label that keeps one use of a key apart from every other. */
export const label = (name) => utf8(`private-journal/v1 ${name}`);

/** Equal or not, in a time that does not depend on where they differ. */
export function equal(left, right) {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let i = 0; i < left.length; i += 1) difference |= left[i] ^ right[i];
  return difference === 0;
}

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function fromHex(text) {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new JournalError("tampered", "not hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toB64u(bytes) {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0);
    out += ALPHABET[word >>> 18] + ALPHABET[(word >>> 12) & 63];
    if (left > 1) out += ALPHABET[(word >>> 6) & 63];
    if (left > 2) out += ALPHABET[word & 63];
  }
  return out;
}

/** Bytes from base64url. One text for each value: padding, spaces, other letters and left-over bits are refused. */
export function fromB64u(text, length = null) {
  if (typeof text !== "string" || text.length % 4 === 1) throw new JournalError("tampered", "base64url length");
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) throw new JournalError("tampered", "base64url letter");
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at] = (held >>> bits) & 255;
      at += 1;
    }
  }
  if (held & ((1 << bits) - 1)) throw new JournalError("tampered", "base64url left-over bits");
  if (length !== null && out.length !== length) throw new JournalError("tampered", "length");
  return out;
}

/** `size` bytes nobody can guess. Tests hand in their own source instead. */
export const secureRandom = (size) => crypto.getRandomValues(new Uint8Array(size));

/** A whole number from 0 to `limit` - 1, each equally likely: values that would favour some are drawn again. */
export function randomBelow(limit, random = secureRandom) {
  const ceiling = Math.floor(0x100000000 / limit) * limit;
  for (;;) {
    const value = readU32(random(4), 0);
    if (value < ceiling) return value % limit;
  }
}
