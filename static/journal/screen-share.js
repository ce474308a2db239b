/** A readable copy, edited on purpose, for people that its writer chooses. The private entry stays as it is. */

import { button, field, h, localForm } from "./dom.js";
import { titleOf } from "./screen-list.js";
import { problem, t } from "./words.js";

export async function share(app, entry) {
  const cohorts = await app.api.audiences();
  const back = () => app.write({ id: entry.id });
  const heading = h("h1", { tabindex: "-1" }, t("Make a copy to share"));
  if (!cohorts.length) {
    return {
      title: t("Share"),
      node: h("section", { class: "flow" }, heading, h("p", {}, t("You can share with the people of a cohort that you take part in. You are not in one now.")), button(t("Go back"), back, "quiet")),
    };
  }
  const title = field({ label: t("Title"), control: h("input", { type: "text", maxlength: "200", autocomplete: "off" }) });
  const body = field({
    label: t("The copy"), hint: t("Change what you like. Take out names of people who did not agree to be named."),
    control: h("textarea", { rows: "12", maxlength: "20000", autocomplete: "off", spellcheck: "false", writingsuggestions: "false" }),
  });
  title.control.value = [...(entry.data.prompt?.text ?? titleOf(entry.data))].slice(0, 200).join("");
  body.control.value = entry.data.body;
  const places = cohorts.flatMap(({ id, name }) => [
    { cohort: id, audience: "facilitators", to: t("the facilitators of {name}", { name }) },
    { cohort: id, audience: "cohort", to: t("everyone in {name}", { name }) },
  ]);
  let chosen = null;
  const agree = h("input", { type: "checkbox", id: "share-agree" });
  const message = h("p", { class: "error", role: "alert" });
  const words = () => (chosen ? t("Share with {to}", { to: chosen.to }) : t("Share this copy"));
  const options = h(
    "fieldset", { class: "field choices" }, h("legend", {}, t("Who may read this copy?")),
    ...places.map((place, index) => h("div", { class: "choice" },
      h("input", { type: "radio", name: "audience", id: `share-${index}`, onchange: () => {
        chosen = place;
        form.querySelector("button").textContent = words();
      } }), h("label", { for: `share-${index}` }, place.to))),
  );
  const form = localForm(
    {
      words: words(), busy: t("Sharing…"), extra: [button(t("Share nothing"), back, "plain")],
      submit: async () => {
        message.textContent = "";
        if (!body.control.value.trim()) return body.fail(t("There is nothing to share yet."));
        if (!chosen || !agree.checked) {
          message.textContent = chosen ? t("Tick the box if you want to share.") : t("Choose who may read it.");
          return null;
        }
        try {
          const { cohort, audience, to } = chosen;
          const made = await app.api.share({ cohort, audience, title: title.control.value, body: body.control.value, understood: "on" });
          const current = app.session.entries.get(entry.id) ?? entry;
          const shares = [...(current.data.shares ?? []), { id: made.id, to, at: new Date().toISOString() }];
          await app.session.put(entry.id, current.rev, { ...current.data, shares });
          return app.render(shared(app, made, to));
        } catch (error) {
          if (!app.handled(error)) message.textContent = problem(error.code);
          return null;
        }
      },
    },
    title.node, body.node, options,
    h("div", { class: "choice" }, agree, h("label", { for: "share-agree" }, t("I understand that this copy is stored readable."))), message,
  );
  return {
    title: t("Share"),
    node: h(
      "section", { class: "flow" }, heading,
      h("p", { class: "note" }, t("This copy will be stored readable. Facilitators, site administrators and possibly a public-records request can see it. Your private entry stays private.")), form,
    ),
    wipe: () => {
      title.control.value = "";
      body.control.value = "";
    },
  };
}

const shared = (app, made, to) => ({
  title: t("Shared"),
  node: h(
    "section", { class: "flow" }, h("h1", { tabindex: "-1" }, t("Your copy is shared")),
    h("p", {}, t("It can be read by {to}. You can take it back at any time; people may have read it by then.", { to })),
    h("p", {}, h("a", { href: made.url }, t("See the copy")), " ", t("(this leaves the page and locks your journal)")),
    h("div", { class: "row" }, button(t("Back to your journal"), () => app.list())),
  ),
});
