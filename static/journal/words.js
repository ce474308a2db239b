/** Everything this page says goes through here: a later language only needs a table beside it. */

const TABLE = new Map(); // English words to another language's

/** The words in the page's language, with `{name}` filled in. */
export function t(words, values = {}) {
  const found = TABLE.get(words) ?? words;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const DAY = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
  weekday: "long", day: "numeric", month: "long", year: "numeric",
});

/** "Thursday, February 12, 2026" for an ISO moment, in this device's zone. */
export function dayWords(iso) {
  const when = new Date(iso);
  return Number.isNaN(when.getTime()) ? "" : DAY.format(when);
}

/** What went wrong, by code, in words that say what to do. */
export function problem(code) {
  const known = {
    "wrong-secret": t("That passphrase doesn’t open this journal. Nothing is lost."),
    "wrong-code": t("This is not this journal’s code. Look for a newer one: each new code replaces the one before."),
    "bad-code": t("A character looks wrong or is missing. Compare the code with your copy, group by group."),
    tampered: t("What the server sent is not what you saved. We did not open it. Please tell the people who run this site."),
    unsupported: t("This journal needs a newer version of this page. Close the page and open it again."),
    "passphrase-short": t("Use 15 characters or more, or five different words."),
    "passphrase-common": t("This is one of the passwords that people try first. Please choose another."),
    "passphrase-repeats": t("This repeats itself too much. Please choose another."),
    "passphrase-personal": t("This is mostly your name, your email or the name of this site. Please choose another."),
    "passphrase-too-long": t("Use 1,024 characters or fewer."),
    "passphrase-differs": t("The two are not the same. Type it again."),
    "groups-differ": t("That is not what your code says. Look at your copy and type those two groups."),
    "too-long": t("This entry is very long. Please continue in a second one."),
    offline: t("We can’t reach the server. Try again in a moment."),
    "too-often": t("That was many changes in a short time. Wait a little, then try again."),
    full: t("Your journal is full: 5,000 entries. Save a copy, then delete some."),
    "journal-exists": t("A journal was set up in another window. Reload this page to open it."),
    "signed-out": t("You are signed out. Sign in again; your words are kept on this device."),
    "not-sealed": t("The server refused this because it did not look locked. Nothing was stored."),
  };
  return known[code] ?? t("Something went wrong ({code}). Nothing was changed.", { code });
}
