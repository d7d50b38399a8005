// What a student thinks of an answer.

import { post } from "./asking.js";
import { button, el, speak } from "./elements.js";

const REASONS = { wrong: "Wrong", off_topic: "Not what I asked", unclear: "Hard to understand", incomplete: "Something is missing" };

/** Adds the two ratings to a row of buttons, and returns where a reason is asked for. */
export function feedbackRow(row, answer, question) {
  const below = el("div");
  const cited = [...new Set(answer.citations.map(({ url }) => url))];
  const send = async (rating, more = {}) => {
    try {
      await post("/api/feedback", { answer_id: answer.answer_id, rating, question, cited, ...more });
      return "Thank you.";
    } catch {
      return "This could not be sent. Try again later.";
    }
  };
  const thank = (text) => {
    below.replaceChildren(el("p", { class: "quiet" }, text));
    speak(text);
  };
  const up = thumb("Helpful", false, async () => {
    press(up, down);
    thank(await send("up"));
  });
  const down = thumb("Not helpful", true, () => {
    press(down, up);
    below.replaceChildren(reasonForm(async (more) => thank(await send("down", more))));
    below.querySelector("button").focus();
  });
  row.append(el("div", { class: "votes" }, up, down));
  return below;
}

function thumb(label, isDown, onclick) {
  const one = button("", onclick, { "aria-pressed": "false", "aria-label": label, title: label });
  const turned = isDown ? ' transform="rotate(180 12 12)"' : "";
  one.innerHTML = `<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"><path${turned} d="M4 11h3v9H4zM7 11l4-8c1.6 0 2.6 1.2 2.3 2.8L12.7 9H18a2 2 0 0 1 2 2.4l-1.3 7A2 2 0 0 1 16.7 20H7"/></svg>`;
  return one;
}

function press(pressed, other) {
  pressed.setAttribute("aria-pressed", "true");
  other.setAttribute("aria-pressed", "false");
}

function reasonForm(send) {
  let reason;
  const comment = el("input", { type: "text", maxlength: "1000", "aria-label": "What was wrong, in your own words", placeholder: "More, if you like" });
  const choices = Object.entries(REASONS).map(([code, text]) =>
    button(text, (event) => {
      reason = code;
      for (const one of choices) one.setAttribute("aria-pressed", String(one === event.target));
    }, { "aria-pressed": "false" }),
  );
  const onsubmit = (event) => {
    event.preventDefault();
    send({ ...(reason && { reason }), ...(comment.value.trim() && { comment: comment.value.trim() }) });
  };
  return el("form", { class: "reason", "aria-label": "What was wrong", onsubmit }, choices, comment, el("button", { class: "plain" }, "Send"));
}
