/**
 * Slots: the journal key, wrapped once for each secret that may open it.
 *
 * Nothing that the server says is trusted: cost is held between a floor and a ceiling before any work is done, and
 * everything in a slot is bound to what it wraps. Normal opening never shows the raw key to this program.
 */

import { JournalError, concat, equal, fromB64u, label, secureRandom, toB64u, u8, u32 } from "./bytes.js";
import { passphraseBytes } from "./passphrase.js";

export const KIND = Object.freeze({ passphrase: 1, recovery: 2, passkey: 3 });
export const ITERATIONS = Object.freeze({ floor: 600_000, standard: 1_000_000, ceiling: 10_000_000 });
const NO_PEPPER = new Uint8Array(32);

/** The input key material: from the passphrase (a string), or from 16 or 32 bytes that are random already. */
async function keyMaterial({ kind, secret, vault, salt, it, pepper }) {
  if (kind !== KIND.passphrase) return secret;
  const base = await crypto.subtle.importKey("raw", passphraseBytes(secret), "PBKDF2", false, ["deriveBits"]);
  const stretched = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt: concat(label("pbkdf2"), vault, salt), iterations: it }, base, 256);
  return concat(new Uint8Array(stretched), pepper ?? NO_PEPPER);
}

async function derive(slot, secret, vault, pepper, usages) {
  const material = await keyMaterial({ ...slot, secret, vault, pepper });
  const hkdf = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveKey", "deriveBits"]);
  const info = (name) => ({
    name: "HKDF", hash: "SHA-256", salt: slot.salt, info: concat(label(name), u8(slot.kind), vault, slot.id),
  });
  const commit = new Uint8Array(await crypto.subtle.deriveBits(info("slot commit"), hkdf, 256));
  const kek = await crypto.subtle.deriveKey(info("slot kek"), hkdf, { name: "AES-GCM", length: 256 }, false, usages);
  return { commit, kek };
}

const aad = (slot, vault) => concat(
  label("slot aad"), u8(slot.kind), u32(slot.gen), vault, slot.id, u32(slot.it), u8(slot.pep), slot.salt);

const gcm = (iv, additionalData) => ({ name: "AES-GCM", iv, additionalData, tagLength: 128 });

/** Wrap the 32 raw bytes `journalKey`. Every slot that is written is new: id, salt and iv are drawn here. */
export async function sealSlot({
  kind, secret, journalKey, vault, gen, it = ITERATIONS.standard, pep = 0, pepper = null, random = secureRandom,
}) {
  const parts = { kind, gen, it: kind === KIND.passphrase ? it : 0, pep: kind === KIND.passphrase ? pep : 0 };
  const slot = { ...parts, id: random(16), salt: random(32), iv: random(12) };
  const { commit, kek } = await derive(slot, secret, vault, pepper, ["encrypt"]);
  const ct = new Uint8Array(await crypto.subtle.encrypt(gcm(slot.iv, aad(slot, vault)), kek, journalKey));
  return {
    v: 1, kind, id: toB64u(slot.id), gen, it: slot.it, pep: slot.pep,
    salt: toB64u(slot.salt), commit: toB64u(commit), iv: toB64u(slot.iv), ct: toB64u(ct),
  };
}

const whole = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;

/** A slot from its JSON, or `unsupported`/`tampered` before any secret is touched. */
export function readSlot(json) {
  if (json.v !== 1 || !whole(json.kind, 1, 3)) throw new JournalError("unsupported", "slot version or kind");
  if (!whole(json.gen, 1, 0xffffffff) || !whole(json.pep, 0, 255)) throw new JournalError("tampered", "slot numbers");
  if (json.kind === KIND.passphrase) {
    if (!whole(json.it, ITERATIONS.floor, ITERATIONS.ceiling)) throw new JournalError("unsupported", "iterations");
  } else if (json.it !== 0 || json.pep !== 0) {
    throw new JournalError("tampered", "slot numbers");
  }
  return {
    kind: json.kind, gen: json.gen, it: json.it, pep: json.pep, id: fromB64u(json.id, 16),
    salt: fromB64u(json.salt, 32), commit: fromB64u(json.commit, 32), iv: fromB64u(json.iv, 12), ct: fromB64u(json.ct, 48),
  };
}

async function unlock(json, secret, vault, gen, pepper, usages) {
  const slot = readSlot(json);
  if (slot.gen !== gen) throw new JournalError("tampered", "generation");
  const { commit, kek } = await derive(slot, secret, vault, pepper, usages);
  if (!equal(commit, slot.commit)) throw new JournalError("wrong-secret");
  return { slot, kek };
}

/** The journal key as a CryptoKey that can only derive, never be exported. Its bytes do not reach this program. */
export async function openSlot({ json, secret, vault, gen, pepper = null }) {
  const { slot, kek } = await unlock(json, secret, vault, gen, pepper, ["unwrapKey"]);
  try {
    return await crypto.subtle.unwrapKey(
      "raw", slot.ct, kek, gcm(slot.iv, aad(slot, vault)), "HKDF", false, ["deriveKey", "deriveBits"]);
  } catch {
    throw new JournalError("tampered", "slot");
  }
}

/** Hand the raw journal key to `use`, for wrapping it again, and wipe it afterwards. The secret is asked for anew. */
export async function withRawKey({ json, secret, vault, gen, pepper = null }, use) {
  const { slot, kek } = await unlock(json, secret, vault, gen, pepper, ["decrypt"]);
  let raw;
  try {
    raw = new Uint8Array(await crypto.subtle.decrypt(gcm(slot.iv, aad(slot, vault)), kek, slot.ct));
  } catch {
    throw new JournalError("tampered", "slot");
  }
  try {
    return await use(raw);
  } finally {
    raw.fill(0);
  }
}

/** Import raw bytes as a journal key that can only derive. */
export const importJournalKey = (raw) => crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey", "deriveBits"]);

/** Proof of owning the key: the server keeps only its hash, and asks for it before every change. */
export async function writeToken(journalKey, vault, gen) {
  const info = concat(label("write token"), vault, u32(gen));
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info }, journalKey, 256);
  return new Uint8Array(bits);
}

export const verifierOf = async (token) => new Uint8Array(await crypto.subtle.digest("SHA-256", token));
