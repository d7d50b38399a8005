// Questions that entries answer, offered while one is typed.

import { call } from "./asking.js";
import { byId, el, speak } from "./elements.js";

const QUIET_MS = 120;
const OFFERED = 6;

/** `choose(question)` asks one; `wanted()` says whether any are to be offered now. */
export function offerQuestions(box, choose, wanted) {
  const list = byId("offers");
  let timer, request, active = -1;
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "offers");

  const hide = () => {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    active = -1;
    box.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    active = place;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === place)));
    const item = list.children[place];
    item?.scrollIntoView({ block: "nearest" });
    if (item) box.setAttribute("aria-activedescendant", item.id);
    else box.removeAttribute("aria-activedescendant");
  };
  const take = (question) => {
    hide();
    choose(question);
  };
  const load = async () => {
    const typed = box.value.trim();
    request = new AbortController();
    const { entries } = await call(`/api/suggest?limit=${OFFERED}&q=${encodeURIComponent(typed.slice(0, 200))}`, { signal: request.signal });
    if (box.value.trim() !== typed || document.activeElement !== box) return;
    const offers = entries.filter(({ question }) => question !== typed);
    list.replaceChildren(
      ...offers.map(({ question }, n) =>
        el("li", { id: `offer-${n}`, role: "option", "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick: () => take(question) }, question),
      ),
    );
    mark(-1);
    list.hidden = !offers.length;
    if (offers.length) speak(`${offers.length} questions offered; arrow keys choose.`);
  };

  box.addEventListener("input", () => {
    hide();
    if (wanted() && box.value.trim().length > 1) timer = setTimeout(() => load().catch(() => {}), QUIET_MS); // offers are a help only
  });
  box.addEventListener("blur", hide);
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") mark((active + 1) % count);
    else if (event.key === "ArrowUp") mark((active <= 0 ? count : active) - 1);
    else if (event.key === "Escape") hide();
    else if (event.key === "Enter" && active >= 0) take(list.children[active].textContent);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  return hide;
}
