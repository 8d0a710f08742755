import { insideUserNamespace } from "../config.ts";
import type { AnswerToNode } from "../supervisor/node-process.ts";
import { askOutside } from "./ask-outside.ts";
import { isAnswer, isQuestion, type ResolverAnswer, type ResolverQuestion } from "./resolver-message.ts";

/** Questions that the outer process of a plain user's system has not answered; more are not asked. */
const MAX_WAITING = 1_024;

/** Answers what the resolver asks: on this machine, or through the outer process where this one reaches no machine. */
export function answerer(): AnswerToNode {
  const ask = insideUserNamespace ? askOuter() : askOutside;
  return (message) => (isQuestion(message) ? ask(message) : undefined);
}

/** The outer process asks for us; questions are told apart by numbers of our own. */
function askOuter(): (question: ResolverQuestion) => Promise<ResolverAnswer> {
  const waiting = new Map<number, (answer: ResolverAnswer) => void>();
  let asked = 0;
  process.on("message", (message) => {
    if (!isAnswer(message)) return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  process.channel?.unref(); // The listener alone would keep the process.
  return (question) => {
    if (waiting.size >= MAX_WAITING) return Promise.resolve({ kind: "answer", id: question.id, message: undefined });
    const id = asked++;
    return new Promise((resolve) => {
      waiting.set(id, (answer) => resolve({ ...answer, id: question.id }));
      process.send?.({ ...question, id });
    });
  };
}
