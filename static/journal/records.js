/**
 * Records: one envelope for entries, drafts on this device and settings; links between key generations.
 *
 * Vault, record id and revision are never read from the envelope: they are what this program asked for. So an entry
 * that was swapped, rolled back, moved or relabelled does not open.
 */

import { JournalError, concat, fromUtf8, label, readU32, secureRandom, u8, u32, utf8 } from "./bytes.js";

export const TYPE = Object.freeze({ entry: 2, draft: 3, settings: 4, link: 5 });
export const FORMAT = 1;
export const BUCKETS = Object.freeze([2048, 4096, 8192, 16384, 32768, 65536]);
export const HEADER = 52;
const TAG = 16;

/** `u32 length ‖ text ‖ zeros` up to the smallest size that holds it, so that lengths tell little. */
export function pad(text) {
  const bytes = utf8(text);
  const size = BUCKETS.find((bucket) => bytes.length + 4 <= bucket);
  if (size === undefined) throw new JournalError("too-long");
  const out = new Uint8Array(size);
  out.set(u32(bytes.length));
  out.set(bytes, 4);
  return out;
}

export function unpad(bytes) {
  const length = readU32(bytes, 0);
  const size = BUCKETS.find((bucket) => length + 4 <= bucket);
  if (size !== bytes.length) throw new JournalError("tampered", "size");
  if (bytes.subarray(4 + length).some((byte) => byte !== 0)) throw new JournalError("tampered", "padding");
  return fromUtf8(bytes.subarray(4, 4 + length));
}

const header = (type, gen, salt, iv) => concat(utf8("PJ"), u8(FORMAT), u8(type), u32(gen), salt, iv);

const gcm = (iv, additionalData) => ({ name: "AES-GCM", iv, additionalData, tagLength: 128 });

const recordKey = (journalKey, { type, gen, vault, id }, salt, usage) => crypto.subtle.deriveKey(
  { name: "HKDF", hash: "SHA-256", salt, info: concat(label("record key"), u8(type), u32(gen), vault, id) },
  journalKey, { name: "AES-GCM", length: 256 }, false, [usage]);

const recordAad = (head, { vault, id, rev }) => concat(label("record aad"), head, vault, id, u32(rev));

/** Seal `text` as revision `place.rev` of record `place.id`. Each save has its own key. */
export async function sealRecord(journalKey, place, text, random = secureRandom) {
  const plain = pad(text);
  const salt = random(32);
  const iv = random(12);
  const head = header(place.type, place.gen, salt, iv);
  const key = await recordKey(journalKey, place, salt, "encrypt");
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm(iv, recordAad(head, place)), key, plain));
  plain.fill(0);
  return concat(head, sealed);
}

/** The text of exactly the record, type, generation and revision in `place`; `tampered` for anything else. */
export async function openRecord(journalKey, place, blob) {
  if (!BUCKETS.some((bucket) => HEADER + bucket + TAG === blob.length)) throw new JournalError("tampered", "size");
  const salt = blob.subarray(8, 40);
  const iv = blob.subarray(40, HEADER);
  if (blob[0] !== 0x50 || blob[1] !== 0x4a) throw new JournalError("tampered", "mark");
  if (blob[2] !== FORMAT) throw new JournalError("unsupported", "format");
  if (blob[3] !== place.type || readU32(blob, 4) !== place.gen) throw new JournalError("tampered", "type or generation");
  const head = blob.subarray(0, HEADER);
  const key = await recordKey(journalKey, place, salt, "decrypt");
  let plain;
  try {
    plain = await crypto.subtle.decrypt(gcm(iv, recordAad(head, place)), key, blob.subarray(HEADER));
  } catch {
    throw new JournalError("tampered", "seal");
  }
  return unpad(new Uint8Array(plain));
}

const linkKey = (newKey, { vault, gen, oldGen }, salt, usage) => crypto.subtle.deriveKey(
  { name: "HKDF", hash: "SHA-256", salt, info: concat(label("link key"), u32(gen), u32(oldGen), vault) },
  newKey, { name: "AES-GCM", length: 256 }, false, [usage]);

const linkAad = (head, { vault, oldGen }) => concat(label("link aad"), head, vault, u32(oldGen));

/** Keep the key of generation `oldGen` (32 raw bytes) readable to the key of `gen`: 100 bytes. */
export async function sealLink(newKey, place, oldRaw, random = secureRandom) {
  const salt = random(32);
  const iv = random(12);
  const head = header(TYPE.link, place.gen, salt, iv);
  const key = await linkKey(newKey, place, salt, "encrypt");
  return concat(head, new Uint8Array(await crypto.subtle.encrypt(gcm(iv, linkAad(head, place)), key, oldRaw)));
}

/** The older journal key, only able to derive. */
export async function openLink(newKey, place, blob) {
  if (blob.length !== 100 || blob[0] !== 0x50 || blob[1] !== 0x4a || blob[2] !== FORMAT || blob[3] !== TYPE.link
      || readU32(blob, 4) !== place.gen) throw new JournalError("tampered", "link");
  const key = await linkKey(newKey, place, blob.subarray(8, 40), "unwrapKey");
  const head = blob.subarray(0, HEADER);
  try {
    return await crypto.subtle.unwrapKey(
      "raw", blob.subarray(HEADER), key, gcm(blob.subarray(40, HEADER), linkAad(head, place)), "HKDF", false,
      ["deriveKey", "deriveBits"]);
  } catch {
    throw new JournalError("tampered", "link");
  }
}
