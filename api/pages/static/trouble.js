// What went wrong, in plain words, with what to do about it.

import { button, el } from "./elements.js";

/** Returns what is shown in place of an answer; `again` asks once more. */
export function troubleBox(problem, again) {
  const [title, advice] = wordsFor(problem);
  const retry = button("Try again", () => leave(again));
  const box = el("div", { class: "trouble", role: "alert" }, el("p", {}, el("strong", {}, title), " ", advice));
  const leave = (next) => {
    removeEventListener("online", comeBack);
    next();
  };
  const comeBack = () => box.isConnected && leave(again);
  if (problem.status !== 422) box.append(el("p", {}, retry));
  if (problem.status === undefined) addEventListener("online", comeBack, { once: true });
  if (problem.retry_after_s) countDown(retry, problem.retry_after_s);
  return box;
}

function wordsFor(problem) {
  if (problem.status === undefined) {
    if (!navigator.onLine) return ["You are offline.", "Your question is kept, and asked again when you are back."];
    return ["The service cannot be reached.", "Check your connection, then try again. Your question is kept."];
  }
  if (problem.status === 429) return ["Too many questions in a short time.", "Wait a little, then try again."];
  if (problem.status === 422) return ["This cannot be asked.", problem.detail];
  if (problem.status === 503) return ["Not just now.", problem.detail || "The service is busy. Try again in a moment."];
  return ["Something went wrong, and not through you.", problem.detail || "Try again in a moment."];
}

function countDown(retry, seconds) {
  const end = Date.now() + seconds * 1000;
  retry.disabled = true;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    retry.disabled = left > 0;
    retry.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
    if (left > 0) setTimeout(tick, 500);
  };
  tick();
}
