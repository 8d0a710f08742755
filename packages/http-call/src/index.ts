export { type AnswerBounds, type HttpReply, wholeAnswer } from "./whole-answer.ts";
