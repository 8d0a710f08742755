import type { FamilyName } from "../family.ts";
import type { Notification } from "../message/notification.ts";
import type { Update, UpdateProblem } from "./update.ts";

/** What is to be done with an UPDATE (RFC 7606 section 2). */
export type UpdateVerdict =
  /** Apply it. `discarded` was left out, which harms no route: attributes, and routes of a type that is not known. */
  | { readonly kind: "update"; readonly update: Update; readonly discarded: readonly UpdateProblem[] }
  | { readonly kind: "end-of-rib"; readonly family: FamilyName }
  /** Apply it: the routes that must not be used are in `update.unreach`; `reach` holds what is good all the same. */
  | { readonly kind: "treat-as-withdraw"; readonly update: Update; readonly problems: readonly UpdateProblem[] }
  /**
   * Drop all routes of the family, and ignore what comes of it until the session ends (RFC 4760 section 7). Only where
   * the context asks for it; a receiver that cannot do it sends the notification instead.
   */
  | {
      readonly kind: "disable-family";
      readonly family: FamilyName;
      readonly notification: Notification;
      readonly problem: UpdateProblem;
    }
  | { readonly kind: "session-reset"; readonly notification: Notification; readonly problem: UpdateProblem };
