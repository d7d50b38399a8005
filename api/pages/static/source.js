// The source beside the answer: an entry's own page, at the place that a sentence rests on.

import { byId, el } from "./elements.js";

let opener = null;

export function followSources() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.cite");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link);
  });
  byId("close-source").addEventListener("click", close);
  byId("source").addEventListener("keydown", (event) => event.key === "Escape" && close());
}

export function close() {
  if (byId("source").hidden) return;
  byId("source").hidden = true;
  document.querySelector(".desk").classList.remove("reading");
  opener?.removeAttribute("aria-current");
  opener?.focus({ preventScroll: true });
  opener = null;
}

async function open(link) {
  opener?.removeAttribute("aria-current");
  opener = link;
  link.setAttribute("aria-current", "true");
  const number = link.dataset.n;
  byId("source-title").textContent = number ? `Source ${number}` : "Source";
  byId("source-body").replaceChildren(); // what the number before rests on is not shown under this one
  byId("source").hidden = false;
  document.querySelector(".desk").classList.add("reading");
  const entry = await entryAt(link);
  if (opener !== link) return; // another was opened meanwhile
  byId("source-body").replaceChildren(entry);
  uncover(link);
  const mark = byId("cited");
  byId("source-body").scrollTop = mark ? placeOf(mark) - byId("source-body").clientHeight / 3 : 0;
  byId("source").focus({ preventScroll: true });
}

async function entryAt(link) {
  try {
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const entry = page.getElementById("entry");
    if (!entry) throw new Error(response.statusText);
    const title = entry.querySelector("h1");
    title.replaceWith(el("h2", {}, el("a", { href: new URL(link.href).pathname }, title.textContent)));
    return document.adoptNode(entry);
  } catch {
    return el("p", {}, "The entry cannot be loaded. ", el("a", { href: link.href }, "Open its page"));
  }
}

function placeOf(mark) {
  const body = byId("source-body");
  return mark.getBoundingClientRect().top - body.getBoundingClientRect().top + body.scrollTop;
}

/** Scrolls the sentence that is being checked to where the source does not cover it. */
function uncover(link) {
  const source = byId("source").getBoundingClientRect();
  const place = link.getBoundingClientRect();
  if (source.left === 0 && place.bottom > source.top - 24) scrollBy({ top: place.bottom - source.top + 96 });
}
