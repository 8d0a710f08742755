/** A question as it came, to be asked elsewhere; the message is base64 of RFC 1035 section 4. */
export interface ResolverQuestion {
  readonly kind: "question";
  readonly id: number;
  readonly message: string;
}

/** The answer to the question of that id; no message: there was none in time. */
export interface ResolverAnswer {
  readonly kind: "answer";
  readonly id: number;
  readonly message: string | undefined;
}

/** Tells a question from the other messages of a process. */
export function isQuestion(value: unknown): value is ResolverQuestion {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "question";
}

/** Tells an answer from the other messages of a process. */
export function isAnswer(value: unknown): value is ResolverAnswer {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "answer";
}
