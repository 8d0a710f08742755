import type { JsonObject } from "../core/json.ts";
import type { Parameters } from "../core/parameter.ts";
import type { JobRow } from "../core/rows.ts";
import type { Values } from "../core/values.ts";
import type { Cloud } from "./cloud.ts";
import type { Subject } from "./events.ts";
import type { Caller } from "./identify.ts";

/** One call of a command, checked. */
export interface Call {
  readonly cloud: Cloud;
  readonly caller: Caller;
  readonly values: Values;
}

/** What a command gives back. */
export type Answer =
  | {
      readonly kind: "list";
      /** Name of the array. */
      readonly key: string;
      readonly count: number;
      /** Items from inclusive to exclusive. */
      readonly items: (from: number, to: number) => readonly JsonObject[];
    }
  | { readonly kind: "object"; readonly body: JsonObject; readonly subject?: Subject; readonly owner?: string }
  | {
      readonly kind: "job";
      /** uuid of what is being made: told at once. */
      readonly id?: string;
      readonly instanceType?: string;
      readonly instance?: string;
      readonly subject?: Subject;
      readonly owner?: string;
      readonly work: (job: JobRow) => Promise<JsonObject>;
    };

/** Who may call: everybody; admins of a domain and above; root admins. */
export type Access = "user" | "domain" | "admin";

/** One line of the table of commands. */
export interface Command {
  readonly name: string;
  readonly description: string;
  readonly access: Access;
  readonly parameters: Parameters;
  /** For jobs: the Java class below org.apache.cloudstack.api.command, which answers name; a root admin's may differ. */
  readonly javaClass?: string;
  readonly adminJavaClass?: string;
  /** Type of the events that a call writes; none where absent. */
  readonly event?: string;
  readonly run: (call: Call) => Answer | Promise<Answer>;
}

/** An answer of rows, each shown by a view only when its page is asked for. */
export function listOf<R>(key: string, rows: readonly R[], view: (row: R) => JsonObject): Answer {
  return { kind: "list", key, count: rows.length, items: (from, to) => rows.slice(from, to).map(view) };
}

/** {"success": true}. */
export const SUCCESS: Answer = { kind: "object", body: { success: true } };
