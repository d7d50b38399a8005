// The conversation: what is asked next, and what was asked before.

import { ask, call, Trouble } from "./asking.js";
import { byId } from "./elements.js";
import { keep, listTalks } from "./history.js";
import { close as closeSource, followSources } from "./source.js";
import { Lesson } from "./tutor.js";
import { Turn } from "./turn.js";
import { offerQuestions } from "./typeahead.js";

const TURNS_SENT = 20; // of the conversation, with a question
const MOST_SENT = 20000; // characters of an answer
const MODES = {
  explain: ["Your question", "Ask a biology question", "Ask", ""],
  simpler: ["Your question", "Ask a biology question", "Ask", "The same answer in fewer and shorter sentences."],
  hint: ["Your question", "Ask a biology question", "Hint", "What leads to the answer without giving it away."],
  check: ["The question", "Which question do you answer?", "Check", ""],
  quiz: ["A topic, if you like", "A topic, if you like: photosynthesis, genetics …", "Quiz me", "You are asked a question, and your answer is checked."],
};

const form = byId("ask");
const box = byId("q");
let talk = newTalk();
let running = null;

function newTalk(about) {
  return { id: crypto.randomUUID?.() || String(Date.now()), at: Date.now(), about, turns: [] };
}

const modeNow = () => form.elements.mode.value;

function showMode() {
  const [label, placeholder, go, told] = MODES[modeNow()];
  byId("q-label").textContent = label;
  box.placeholder = talk.turns.length && modeNow() === "explain" ? "Ask a follow-up" : placeholder;
  box.required = modeNow() !== "quiz";
  byId("go").textContent = go;
  byId("mode-told").textContent = told;
  byId("own").hidden = modeNow() !== "check";
}

function setMode(mode) {
  form.elements.mode.value = mode;
  showMode();
}

/** Asks a question, or begins a lesson. */
function begin(question, mode, level) {
  running?.stop();
  hideOffers();
  started();
  if (mode === "quiz") return reveal(new Lesson(begin, keepTurn), (lesson) => lesson.quiz(question));
  if (mode === "check") {
    const own = byId("own-answer").value.trim();
    return reveal(new Lesson(begin, keepTurn), (lesson) => lesson.check(question, question, own));
  }
  return reveal(new Turn(question, begin), (turn) => run(turn, { question, mode, ...(level && { level }) }));
}

async function run(turn, asked) {
  const controller = new AbortController();
  let name = null;
  const again = () => run(turn, asked);
  const stop = () => {
    controller.abort();
    if (name) call(`/api/ask/${name}`, { method: "DELETE" }).catch(() => {}); // it ends by itself when nobody reads it
    turn.stopped(again);
  };
  running = { stop };
  busy(true);
  turn.begin();
  try {
    await ask({ ...asked, history: before(turn) }, (event, content) => {
      if (event === "status") name = content.run;
      turn.tell(event, content);
      if (event === "done") keepTurn({ kind: "answer", question: turn.question, answer: content.answer, html: content.html });
    }, controller.signal);
  } catch (error) {
    if (controller.signal.aborted) return;
    turn.trouble(error instanceof Trouble ? error.problem : {}, again);
    if (!(error instanceof Trouble)) throw error;
  } finally {
    if (running?.stop === stop) {
      running = null;
      busy(false);
    }
  }
}

/** Returns what the service is told of the conversation, so that a follow-up is understood. */
function before() {
  const answered = talk.turns.filter(({ kind }) => kind === "answer").map(({ question, answer }) => ({ question, answer: answer.text.slice(0, MOST_SENT) }));
  const entry = talk.about ? [{ question: talk.about.question, answer: talk.about.answer.slice(0, MOST_SENT) }] : [];
  return [...entry, ...answered].slice(-TURNS_SENT);
}

function keepTurn(turn) {
  talk.turns.push(turn);
  talk.at = Date.now();
  keep(talk);
  showMode();
}

function busy(isBusy) {
  byId("stop").hidden = !isBusy;
  byId("go").hidden = isBusy;
}

function started() {
  byId("talk").classList.add("started");
}

function reveal(shown, work) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const result = work(shown);
  shown.element.scrollIntoView({ block: "start", behavior: isCalm ? "auto" : "smooth" });
  return result;
}

function open(kept) {
  running?.stop();
  closeSource();
  talk = kept;
  byId("turns").replaceChildren();
  byId("spoken").replaceChildren();
  started();
  talk.turns.forEach(restore);
  showMode();
  byId("turns").lastElementChild?.scrollIntoView({ block: "start" });
}

function restore(turn, place) {
  if (turn.kind === "answer") return new Turn(turn.question, begin, place ? null : talk.about).show(turn.answer, turn.html);
  const lesson = new Lesson(begin, keepTurn);
  lesson.title.textContent = turn.question;
  return turn.kind === "quiz" ? lesson.pose(turn.quiz, turn.topic) : lesson.show(turn.check, turn.own);
}

function beginAnew() {
  if (location.search) return location.assign("/");
  running?.stop();
  closeSource();
  talk = newTalk();
  byId("turns").replaceChildren();
  byId("talk").classList.remove("started");
  setMode("explain");
  return box.focus();
}

const hideOffers = offerQuestions(box, (question) => {
  box.value = question;
  form.requestSubmit();
}, () => modeNow() !== "quiz");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  const mode = modeNow();
  if (!question && mode !== "quiz") return box.focus();
  if (mode === "check" && !byId("own-answer").value.trim()) return byId("own-answer").focus();
  begin(question, mode);
  box.value = "";
  byId("own-answer").value = "";
  if (mode === "check" || mode === "quiz") setMode("explain");
  if (matchMedia("(pointer: coarse)").matches) box.blur(); // the keyboard would cover the answer
  return undefined;
});
form.addEventListener("change", (event) => event.target.name === "mode" && showMode());
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
byId("stop").addEventListener("click", () => running?.stop());
byId("new-talk").addEventListener("click", beginAnew);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-ask]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  begin(link.dataset.ask, "explain");
});

listTalks(open, (id) => {
  if (id === talk.id) talk = { ...talk, id: newTalk().id };
});
followSources();
for (const input of form.querySelectorAll("input[disabled]")) input.disabled = false;
const shown = byId("shown") && JSON.parse(byId("shown").textContent);
if (shown) {
  talk = newTalk(shown.about);
  document.querySelector("[data-server]").remove();
  new Turn(shown.question, begin, shown.about).show(shown.answer, shown.html);
  keepTurn({ kind: "answer", question: shown.question, answer: shown.answer, html: shown.html });
}
showMode();
