import { randomUUID } from "node:crypto";
import { partOf } from "./parts.ts";

/** Objects that are made one after the other and share a part: more than a node's callers have under way. */
const RUN = 64;

/** UUIDs (version 4) for new objects, some at a time of one part of table object, so that they are written together. */
export class NewUuids {
  #part = "";
  #used = RUN;

  next(): string {
    const uuid = randomUUID();
    if (this.#used >= RUN) {
      this.#used = 0;
      this.#part = partOf(uuid);
    }
    this.#used++;
    return uuid.slice(0, -this.#part.length) + this.#part;
  }
}
