import { afterEach, expect, test } from "vitest";
import { AskedWorker } from "./asked-worker.ts";

/** Answers "size" by the questions in its message, fails "refuse", ends on "end", and leaves "wait" unanswered. */
const PROGRAM = `
  import { parentPort, workerData } from "node:worker_threads";
  const answerTo = (request, questions) => {
    if (request === "refuse") return { code: workerData.code, message: "no", fields: { why: "asked" } };
    if (request === "end") process.exit(0);
    return { value: questions.length };
  };
  parentPort.on("message", (questions) => {
    const answered = questions.filter(({ request }) => request !== "wait");
    parentPort.postMessage(answered.map(({ id, request }) => ({ id, ...answerTo(request, questions) })));
  });
`;

let worker: AskedWorker<unknown>;

function started(): AskedWorker<unknown> {
  const program = new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`);
  worker = new AskedWorker({ program, data: { code: "test.refused" }, code: "test.unavailable", what: "the test" });
  return worker;
}

afterEach(() => worker.close("last"));

test("what is asked for in one turn is one message", async () => {
  started();
  const together = ["size", "size", "size"].map((request) => worker.ask(request));
  expect(await Promise.all(together)).toEqual([3, 3, 3]);
  expect(await worker.ask("size")).toBe(1);
});

test("an error of the program arrives with its code and fields, and what cannot be sent is its asker's error", async () => {
  started();
  await expect(worker.ask("refuse")).rejects.toMatchObject({ code: "test.refused", fields: { why: "asked" } });
  await expect(worker.ask(() => undefined)).rejects.toThrow(/could not be cloned/);
  expect(await worker.ask("size")).toBe(1);
});

test("when the thread has ended, who waits and who asks later is told so, and close() is no error", async () => {
  started();
  const waiting = worker.ask("wait");
  const ending = worker.ask("end");
  const ended = { code: "test.unavailable", message: "the thread of the test has ended: it is closed" };
  await expect(waiting).rejects.toMatchObject(ended);
  await expect(ending).rejects.toMatchObject(ended);
  await expect(worker.ask("size")).rejects.toMatchObject(ended);
});
