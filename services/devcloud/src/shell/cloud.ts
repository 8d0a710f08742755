import type { Clock } from "@contrail/clock";
import type { Logger } from "@contrail/observability";
import type { KeyedLock } from "@contrail/runtime";
import type { Events } from "./events.ts";
import type { ExtensionRunner } from "./extension-runner.ts";
import type { Jobs } from "./jobs.ts";
import type { Machines } from "./machines.ts";
import type { Networks } from "./networks.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";
import type { Webhooks } from "./webhooks.ts";

/** All that commands work with. */
export interface Cloud {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly extensions: ExtensionRunner;
  readonly networks: Networks;
  readonly machines: Machines;
  readonly webhooks: Webhooks;
  /** Things of each BoundedKind that an account may have; and API keys of a user. */
  readonly maxPerAccount: number;
  /** Serializes what reads and then writes across a pause, by object. */
  readonly locks: KeyedLock;
}
