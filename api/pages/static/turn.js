// A question with its answer: while it is written, and when it is there.

import { button, byId, el, prose, speak } from "./elements.js";
import { feedbackRow } from "./feedback.js";
import { troubleBox } from "./trouble.js";

/** An answer on the page. `next(question, mode, level)` asks something else. */
export class Turn {
  constructor(question, next, about) {
    this.question = question;
    this.next = next;
    this.body = el("div");
    const entry = about && el("p", { class: "resolved" }, "About ", el("a", { href: about.url }, about.question));
    this.element = el("article", { class: "turn" }, el("h2", { class: "asked" }, question), entry, this.body);
    byId("turns").append(this.element);
  }

  begin() {
    this.status = el("p", { class: "status" }, "Looking through the entries …");
    this.answer = el("div", { class: "prose answer writing" });
    this.head = el("div");
    this.body.replaceChildren(this.head, this.status, this.answer);
  }

  /** Shows one event of an answer that is being written. */
  tell(name, content) {
    if (name === "status" && content.stage === "writing") this.status.textContent = "Writing …";
    else if (name === "lost") this.status.textContent = "The connection was lost. Trying again …";
    else if (name === "restart") this.begin();
    else if (name === "resolved") this.head.append(el("p", { class: "resolved" }, `Answered as: ${content.resolved}`));
    else if (name === "sentence") this.grow(content);
    else if (name === "done") this.show(content.answer, content.html);
  }

  grow({ keep, html, sentence }) {
    const blocks = prose(html).children;
    while (this.answer.children.length > keep) this.answer.lastElementChild.remove();
    this.answer.append(...blocks);
    this.status.textContent = "Writing …";
    speak(sentence.text);
  }

  /** Shows a whole answer. */
  show(answer, html) {
    const whole = prose(html, "prose answer");
    const written = this.answer && isSame(this.answer, whole) ? this.answer : whole; // what is read stays in its place
    written.classList.remove("writing");
    if (answer.status === "abstained") speak(answer.text);
    const badge = badgeOf(answer);
    this.body.replaceChildren(
      ...[
        answer.resolved && el("p", { class: "resolved" }, `Answered as: ${answer.resolved}`),
        el("p", { class: `rung ${badge.kind}` }, badge.text),
        answer.corrected && correction(answer.corrected),
        written,
        answer.status === "abstained" && el("p", { class: "quiet" }, "Only what reviewed entries say is answered here, so nothing is made up."),
        ...answer.notices.map((notice) => el("p", { class: "notice" }, notice)),
        answer.citations.length > 0 && sourcesOf(answer),
        this.actions(answer),
        answer.suggestions.length > 0 && suggestionsOf(answer),
      ].filter(Boolean),
    );
  }

  actions(answer) {
    const asked = answer.resolved || this.question;
    const row = el("div", { class: "actions" });
    if (answer.status !== "abstained") {
      if (answer.mode === "hint") {
        const level = answer.level || 1;
        if (level < 3) row.append(button("A further hint", () => this.next(asked, "hint", level + 1)));
        row.append(button("Show the answer", () => this.next(asked, "explain")));
      } else {
        const [label, mode] = answer.mode === "simpler" ? ["In full", "explain"] : ["Simpler", "simpler"];
        row.append(button(label, () => this.next(asked, mode)));
        row.append(button("Copy", (event) => copy(copyText(this.question, answer), event.target)));
      }
    }
    return el("div", {}, row, feedbackRow(row, answer, this.question));
  }

  trouble(problem, again) {
    const written = this.answer?.children.length ? [this.answer] : [];
    this.answer?.classList.remove("writing");
    this.body.replaceChildren(...written, troubleBox(problem, again));
  }

  stopped(again) {
    this.trouble({ status: 422, detail: "" }, again);
    this.body.lastElementChild.replaceWith(
      el("p", { class: "notice" }, "Stopped. ", button("Ask it again", again)),
    );
  }
}

function isSame(one, other) {
  const [blocks, others] = [one, other].map(({ children }) => [...children].map(({ outerHTML }) => outerHTML));
  return blocks.length === others.length && blocks.every((block, n) => block === others[n]);
}

/** Says what an answer was made from, as `api/pages/answered.py` does. */
export function badgeOf(answer) {
  const count = new Set(answer.citations.map((citation) => citation.url)).size;
  const entries = count === 1 ? "1 entry" : `${count} entries`;
  const made = { curated: "From the QuickTakes answer", generated: `Written from ${entries}`, composed: `Put together from ${entries}` }[answer.rung];
  const after = made[0].toLowerCase() + made.slice(1);
  if (answer.status === "abstained") return { kind: "abstained", text: "Not covered" };
  if (answer.mode === "hint") return { kind: "hint", text: `Hint ${answer.level || 1} of 3` };
  const said = answer.mode === "simpler" ? `In simpler words, ${after}` : made;
  if (answer.status === "partial") return { kind: "partial", text: `Partly covered, ${said[0].toLowerCase()}${said.slice(1)}` };
  return { kind: answer.rung, text: said };
}

const placeOf = (citation) => `${citation.url}?start=${citation.start}&end=${citation.end}#cited`;

function correction(corrected) {
  return el(
    "p",
    { class: "corrected" },
    el("strong", {}, "First, a correction."),
    ` The question takes this for granted: “${corrected.statement}”.`,
  );
}

/** Lists each entry once, after the numbers of its places. */
function sourcesOf(answer) {
  const titles = new Map(answer.citations.map(({ url, title }) => [url, title]));
  const numbersOf = (url) => answer.citations.filter((one) => one.url === url).map(noteOf);
  const items = [...titles].map(([url, title]) =>
    el("li", {}, el("span", { class: "numbers" }, numbersOf(url)), el("a", { href: url }, title)),
  );
  return el("section", { class: "sources", "aria-label": "Sources" }, el("h3", {}, "Sources"), el("ul", {}, items));
}

/** Returns the number of a citation, which opens its source. */
export function noteOf(citation) {
  const label = `Source ${citation.n}: ${citation.section || citation.title}`;
  return el("sup", { class: "note" }, el("a", { class: "cite", href: placeOf(citation), "data-n": citation.n, "aria-label": label }, String(citation.n)));
}

function suggestionsOf(answer) {
  const title = answer.status === "abstained" ? "The nearest questions it does answer" : "Go on with";
  const items = answer.suggestions.map(({ question }) =>
    el("li", {}, el("a", { href: `/?q=${encodeURIComponent(question)}`, "data-ask": question }, question)),
  );
  return el("section", { class: "next" }, el("h3", {}, title), el("ul", {}, items));
}

/** Returns an answer as text that can be pasted: the numbers of its sources in it, the sources below. */
function copyText(question, answer) {
  let text = "";
  let rest = answer.text;
  for (const sentence of answer.sentences) {
    const end = rest.indexOf(sentence.text) + sentence.text.length;
    if (end < sentence.text.length || sentence.text.startsWith("|")) continue;
    text += rest.slice(0, end) + sentence.citations.map((n) => ` [${n}]`).join("");
    rest = rest.slice(end);
  }
  const sources = answer.citations.map((one) => `[${one.n}] ${one.title} ${location.origin}${placeOf(one)}`);
  return [question, text + rest, "Sources", ...sources].join("\n\n").replaceAll("\n\n[", "\n[");
}

async function copy(text, pressed) {
  const label = pressed.textContent;
  try {
    await navigator.clipboard.writeText(text);
    pressed.textContent = "Copied";
  } catch {
    pressed.textContent = "Could not copy"; // browsers allow it over HTTPS only
  }
  speak(pressed.textContent);
  setTimeout(() => (pressed.textContent = label), 2000);
}
