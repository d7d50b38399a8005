// Conversations, kept on this device only.

import { button, byId, el } from "./elements.js";

const KEY = "quicktakes.talks";
const MOST = 40;

export function talks() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || [];
  } catch {
    return []; // storage is forbidden, or holds what another version wrote
  }
}

/** Keeps a conversation, the newest first; the oldest give way where there is no room. */
export function keep(talk) {
  let all = [talk, ...talks().filter(({ id }) => id !== talk.id)].slice(0, MOST);
  while (all.length && !put(all)) all = all.slice(0, -1);
}

function put(all) {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
    return true;
  } catch {
    return false;
  }
}

/** Opens the list; `open(talk)` shows one, `forgotten(id)` is told which was deleted. */
export function listTalks(open, forgotten) {
  const dialog = byId("history");
  const show = () => {
    const all = talks();
    byId("kept").replaceChildren(...all.map((talk) => lineOf(talk)));
    if (!all.length) byId("kept").append(el("li", { class: "quiet" }, "None yet."));
    byId("forget-all").hidden = !all.length;
  };
  const lineOf = (talk) =>
    el(
      "li",
      {},
      el("button", { type: "button", onclick: () => (dialog.close(), open(talk)) }, el("span", {}, talk.turns[0].question), el("span", { class: "quiet" }, when(talk))),
      button("Delete", () => (put(talks().filter(({ id }) => id !== talk.id)), forgotten(talk.id), show()), { "aria-label": `Delete: ${talk.turns[0].question}` }),
    );
  byId("open-history").addEventListener("click", () => (show(), dialog.showModal()));
  byId("close-history").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  byId("forget-all").addEventListener("click", () => {
    if (!confirm("Delete all conversations on this device?")) return;
    for (const { id } of talks()) forgotten(id);
    put([]);
    show();
  });
}

function when(talk) {
  const count = talk.turns.length;
  const day = new Date(talk.at).toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return `${day}, ${count} ${count === 1 ? "question" : "questions"}`;
}
