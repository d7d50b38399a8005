// Asks a server as a Node program does; writes what came as one JSON object.
import OpenAI from "openai";

const [baseURL, question] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const request = { model: "quicktakes", messages: [{ role: "user", content: question }] };

const whole = await client.chat.completions.create(request);
const streamed = await client.chat.completions.create({
  ...request,
  stream: true,
  stream_options: { include_usage: true },
});
const chunks = [];
for await (const chunk of streamed) {
  chunks.push(chunk);
}
const refused = await client.chat.completions.create({ ...request, model: "gpt-5" }).catch((error) => error);
const models = [];
for await (const model of client.models.list()) {
  models.push(model.id);
}

console.log(
  JSON.stringify({
    whole: whole.choices[0].message.content,
    status: whole.quicktakes.answer.status,
    streamed: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""),
    finish: chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean),
    usage: chunks.at(-1).usage,
    refused: { kind: refused.constructor.name, status: refused.status, code: refused.code, param: refused.param },
    models,
  }),
);
