// Talking to the service: replies, problems, and answers that come sentence by sentence.

const PATIENCE_MS = [300, 1000, 2000, 4000]; // before a lost connection is tried again
const GONE = ["urn:quicktakes:answer-gone", "urn:quicktakes:abandoned"];

/** What went wrong, as RFC 9457 has it; without a status where the service was not reached at all. */
export class Trouble extends Error {
  constructor(problem) {
    super(problem.detail || "");
    this.problem = problem;
  }
}

const token = document.querySelector("meta[name=csrf-token]")?.content;
const own = token ? { "X-CSRF-Token": token } : {}; // without it, what an editor's page sends is refused as forged

/** Returns the service's JSON; throws Trouble. */
export async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...own, ...options.headers } });
  } catch (error) {
    throw options.signal?.aborted ? error : new Trouble({});
  }
  if (!response.ok) throw new Trouble(await problemOf(response));
  return response.status === 204 ? null : response.json();
}

export const post = (path, body, options = {}) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), ...options });

/**
 * Asks a question and tells each event of its answer, the last one `done`. A connection that is lost is taken up again
 * after the last event; where the answer is gone by then it is asked anew, which `restart` tells.
 */
export async function ask(body, tell, signal) {
  let lastId = "";
  let losses = 0;
  let isAnew = false;
  for (;;) {
    try {
      const response = await fetch("/api/ask", {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "text/event-stream",
          ...own,
          ...(lastId && { "Last-Event-ID": lastId }),
        },
        body: JSON.stringify(body),
        signal,
      });
      if (!response.ok) throw new Trouble(await problemOf(response));
      for await (const event of eventsOf(response.body)) {
        lastId = event.id || lastId;
        losses = 0;
        if (event.name === "error") throw new Trouble(event.content.problem);
        tell(event.name, event.content);
        if (event.name === "done") return;
      }
      throw new TypeError("the stream ended before its last event");
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof Trouble) {
        if (!lastId || isAnew || !GONE.includes(error.problem.type)) throw error;
        lastId = "";
        isAnew = true;
        tell("restart", {});
        continue;
      }
      if (losses >= PATIENCE_MS.length) throw new Trouble({});
      tell("lost", {});
      await pause(PATIENCE_MS[losses], signal);
      losses += 1;
    }
  }
}

async function problemOf(response) {
  try {
    return { status: response.status, ...(await response.json()) };
  } catch {
    return { status: response.status }; // a proxy's own page
  }
}

async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split(/\r?\n\r?\n/);
    text = parts.pop();
    for (const part of parts) {
      const event = eventOf(part);
      if (event) yield event;
    }
  }
}

function eventOf(part) {
  const fields = { data: [] };
  for (const line of part.split(/\r?\n/)) {
    const [, name, value] = line.match(/^(\w+): ?(.*)$/) || []; // a comment has no name
    if (name === "data") fields.data.push(value);
    else if (name) fields[name] = value;
  }
  return fields.event && { name: fields.event, id: fields.id, content: JSON.parse(fields.data.join("\n")) };
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    if (!navigator.onLine) addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
