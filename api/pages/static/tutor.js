// A student's own answer compared with the entry, and questions to students.

import { call, post } from "./asking.js";
import { button, byId, el, prose, speak } from "./elements.js";
import { troubleBox } from "./trouble.js";
import { noteOf } from "./turn.js";

const COVERED = { covered: "Covered", partly: "In part", missing: "Missing" };
const FOUND = { right: "Right", alike: "Compare", wrong: "Not so", unsaid: "Not in the entry" };

/** A check or a quiz on the page. `next(question, mode)` asks something; `kept(turn)` keeps what is there. */
export class Lesson {
  constructor(next, kept) {
    this.next = next;
    this.kept = kept;
    this.title = el("h2", { class: "asked" });
    this.body = el("div");
    this.element = el("article", { class: "turn" }, this.title, this.body);
    byId("turns").append(this.element);
  }

  async quiz(topic) {
    this.title.textContent = topic ? `Quiz: ${topic}` : "Quiz";
    this.wait("Choosing a question …");
    await this.attempt(() => this.quiz(topic), async () => {
      const asked = await call(`/api/quiz${topic ? `?topic=${encodeURIComponent(topic)}` : ""}`);
      this.kept({ kind: "quiz", question: asked.question, topic, quiz: asked });
      this.pose(asked, topic);
    });
  }

  /** Shows a question to the student. */
  pose(asked, topic) {
    this.title.textContent = asked.question;
    const own = el("textarea", { id: `own-${asked.seed}`, maxlength: "20000", placeholder: "In your own words" });
    const onsubmit = (event) => {
      event.preventDefault();
      if (own.value.trim()) this.check(asked.url, asked.question, own.value.trim());
      else own.focus();
    };
    const form = el(
      "form",
      { class: "reply", onsubmit },
      el("label", { for: own.id }, "Your answer"),
      own,
      el("div", { class: "actions" }, el("button", { class: "go" }, "Check it"), button("A hint", () => this.next(asked.question, "hint", 1)), button("Show the answer", () => this.next(asked.question, "explain")), button("Another question", () => this.next(topic || "", "quiz"))),
    );
    const points = asked.points === 1 ? "one key point" : `${asked.points} key points`;
    this.body.replaceChildren(el("p", { class: "rung quiz" }, "Quiz"), el("p", { class: "quiet" }, `The answer has ${points}.`), ...noticesOf(asked), form);
    speak(`Quiz: ${asked.question}`);
  }

  /** Compares the student's answer; `asked` is a question, or the url of the entry that asks it. */
  async check(asked, question, own) {
    this.title.textContent = question;
    this.wait("Comparing your answer with the entry …");
    await this.attempt(() => this.check(asked, question, own), async () => {
      const checked = await post("/api/check", { question: asked, answer: own });
      this.kept({ kind: "check", question, own, check: checked });
      this.show(checked, own);
    });
  }

  show(check, own) {
    const yours = el("details", {}, el("summary", { class: "quiet" }, "Your answer"), el("p", {}, own));
    if (check.status === "abstained") {
      const near = check.suggestions.map(({ question }) => el("li", {}, el("a", { href: `/?q=${encodeURIComponent(question)}`, "data-ask": question }, question)));
      this.body.replaceChildren(el("p", { class: "rung abstained" }, "Not covered"), el("p", {}, "No entry answers this question, so your answer cannot be checked."), yours, near.length ? el("section", { class: "next" }, el("h3", {}, "The nearest questions it does answer"), el("ul", {}, near)) : "");
      speak("No entry answers this question, so your answer cannot be checked.");
      return;
    }
    const summary = summaryOf(check.facts);
    const findings = check.sentences.filter(({ finding }) => finding !== "right" || check.sentences.length > 1);
    this.body.replaceChildren(
      el("p", { class: "rung check" }, "Your answer, checked"),
      el("div", { class: "score" }, el("strong", {}, summary), el("div", { class: "bar", "aria-hidden": "true" }, check.facts.map((fact) => el("i", { class: fact.coverage })))),
      ...noticesOf(check),
      ...(findings.length ? [el("h3", { class: "part" }, "What you wrote"), el("ul", { class: "points" }, findings.map((one) => findingOf(one, check)))] : []),
      el("h3", { class: "part" }, "The key points"),
      el("ul", { class: "points" }, check.facts.map((fact) => factOf(fact, check))),
      el("div", { class: "actions" }, button("Show the answer", () => this.next(check.title, "explain")), button("Quiz me", () => this.next("", "quiz"))),
      yours,
    );
    speak(summary);
  }

  wait(text) {
    this.body.replaceChildren(el("p", { class: "status" }, text));
  }

  async attempt(again, work) {
    try {
      await work();
    } catch (error) {
      if (!error.problem) throw error;
      this.body.replaceChildren(troubleBox(error.problem, again));
    }
  }
}

function summaryOf(facts) {
  const covered = facts.filter(({ coverage }) => coverage === "covered").length;
  const partly = facts.filter(({ coverage }) => coverage === "partly").length;
  const whole = `You have ${covered} of the ${facts.length} key points`;
  return partly ? `${whole}, and ${partly} in part.` : `${whole}.`;
}

function factOf(fact, check) {
  const text = prose(fact.html);
  (text.lastElementChild || text).append(...cited(fact.citation, check));
  return el("li", { class: fact.coverage }, el("span", { class: "tag" }, COVERED[fact.coverage]), text);
}

function findingOf(one, check) {
  const reason = one.reason && el("span", { class: "quiet" }, ` ${one.reason}`);
  const text = el("div", { class: "prose" }, el("p", {}, one.text, cited(one.citation, check), reason));
  return el("li", { class: one.finding }, el("span", { class: "tag" }, FOUND[one.finding]), text);
}

function cited(n, check) {
  const citation = check.citations.find((one) => one.n === n);
  return citation ? [noteOf(citation)] : [];
}

const noticesOf = ({ notices }) => notices.map((notice) => el("p", { class: "notice" }, notice));
