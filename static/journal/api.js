/** Talking to the server. Bodies are sealed bytes or slots; never a passphrase, a code, a key or a word. */

import { JournalError, toB64u } from "./bytes.js";

const BASE = "/journal/api/";
const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** The server said no: `status`, `code` and what it sent along. */
export class ApiError extends JournalError {
  constructor(status, code, body) {
    super(code);
    this.status = status;
    this.body = body;
  }
}

async function read(response) {
  if (response.status === 204) return {};
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return isJson ? response.json() : {};
}

export class Api {
  #csrf = "";

  async #send(method, path, { json, bytes, form, proof, accept }) {
    const headers = { "X-CSRFToken": this.#csrf, Accept: accept ?? "application/json" };
    let body;
    if (json !== undefined) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(json);
    } else if (bytes !== undefined) {
      headers["Content-Type"] = "application/octet-stream";
      body = bytes;
    } else if (form !== undefined) {
      body = new URLSearchParams(form);
    }
    if (proof) headers["X-Journal-Proof"] = toB64u(proof);
    try {
      return await fetch(path, { method, headers, body, cache: "no-store", credentials: "same-origin", redirect: "manual", referrerPolicy: "same-origin" });
    } catch {
      throw new JournalError("offline");
    }
  }

  /** One call. A token that went stale because of a new sign-in is fetched again, once. */
  async call(method, path, options = {}) {
    const address = path.startsWith("/") ? path : BASE + path;
    let response = await this.#send(method, address, options);
    if (response.status === 403 && !response.headers.get("content-type")?.startsWith("application/json")) {
      await this.state();
      response = await this.#send(method, address, options);
    }
    if (response.type === "opaqueredirect" || response.status === 401) throw new ApiError(401, "signed-out", {});
    if (response.status >= 500) throw new JournalError("offline", String(response.status));
    const body = await read(response);
    if (!response.ok) throw new ApiError(response.status, body.error ?? `http-${response.status}`, body);
    return body;
  }

  async state() {
    const body = await this.call("GET", "state");
    this.#csrf = body.csrf;
    return body;
  }

  prompts = () => this.call("GET", "prompts").then((body) => body.prompts);

  create = (vault, verifier, slots) =>
    this.call("POST", "journal", { json: { vault: toB64u(vault), verifier: toB64u(verifier), slots } });

  deleteJournal = (proof) => this.call("DELETE", "journal", { proof });

  /** Every sealed record, page by page. */
  async records() {
    const found = [];
    let after = "";
    do {
      const page = await this.call("GET", `records${after ? `?after=${after}` : ""}`);
      found.push(...page.records);
      after = page.next;
    } while (after);
    return found;
  }

  put = (id, base, bytes, proof) =>
    this.call("PUT", `records/${id}?base_rev=${base}`, { bytes, proof }).then((body) => body.rev);

  /** Like `put`, waiting when the server asks for a pause: for moving a whole journal to a new key. */
  async putPatiently(id, base, bytes, proof) {
    for (;;) {
      try {
        return await this.put(id, base, bytes, proof);
      } catch (error) {
        if (error.code !== "too-often") throw error;
        await wait(1000 * Math.min(error.body.retry_after ?? 10, 60));
      }
    }
  }

  deleteRecord = (id, proof) => this.call("DELETE", `records/${id}`, { proof });

  replaceSlots = (slots, proof) => this.call("POST", "slots", { json: { slots }, proof });

  rotation = (step, json, proof) => this.call("POST", `rotation/${step}`, { json, proof });

  reset = (step, proof) => this.call("POST", `reset/${step}`, { proof });

  audiences = () => this.call("GET", "/shared/audiences/").then((body) => body.cohorts);

  share = (form) => this.call("POST", "/shared/new/", { form });

  /** The passwords that people try first, as a Set. */
  async common() {
    try {
      const response = await fetch("/journal/common-passwords.txt", { credentials: "omit" });
      return new Set(response.ok ? (await response.text()).split("\n") : []);
    } catch {
      return new Set();
    }
  }
}
