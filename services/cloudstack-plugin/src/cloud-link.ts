import { readSecretFile } from "@contrail/cloudstack-api";
import type { Logger, Meter } from "@contrail/observability";
import { type HttpListener, type KeyedLock, serveHttp, systemClock } from "@contrail/runtime";
import type { VncClient } from "@contrail/vnc-client";
import type { Settings } from "./config.ts";
import type { CallJournal } from "./shell/call-journal.ts";
import { cloudClients } from "./shell/cloud-client.ts";
import { CloudReader } from "./shell/cloud-reader.ts";
import { CommandIdentities } from "./shell/command-identities.ts";
import type { Configuration } from "./shell/configuration.ts";
import { OwnerDirectory } from "./shell/owner-directory.ts";
import { ReconcileLoop } from "./shell/reconcile-loop.ts";
import { Reconciler } from "./shell/reconciler.ts";
import { createWebhookApp } from "./shell/webhook-routes.ts";

/** A command's question waits no longer than this for one answer, nor for all of them; the reconciler has more patience. */
const COMMAND_DEADLINE_MS = 5_000;
const RECONCILE_DEADLINE_MS = 60_000;
/** While the reconciler looks at one network again, its commands wait: no longer than this for one answer, see SecondLook for all. */
const NEAR_DEADLINE_MS = 10_000;
const AFTER_WAKE_MS = 1_000;
const FIRST_RETRY_MS = 2_000;

/** What the plugin shares with its link to CloudStack's API. */
export interface LinkParts {
  readonly vnc: VncClient;
  readonly configuration: Configuration;
  readonly lock: KeyedLock;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly journal: CallJournal;
}

/** The plugin's link to CloudStack's API. */
export interface CloudLink {
  readonly identities: CommandIdentities;
  /** undefined where no key is given: nothing is reconciled then. */
  readonly work: { readonly reconciler: Reconciler; readonly loop: ReconcileLoop } | undefined;
  readonly listeners: readonly HttpListener[];
  stop(): void;
}

/** Begins to reconcile, where there is a key; CloudStack need not be there yet. */
export async function linkCloud(settings: Settings, parts: LinkParts): Promise<CloudLink> {
  const { vnc, configuration, lock, logger, meter, journal } = parts;
  const owners = new OwnerDirectory(vnc);
  if (settings.cloudstackKeys === "") {
    const identities = new CommandIdentities({ cloud: undefined, owners, clock: systemClock, logger });
    return { identities, work: undefined, listeners: [], stop: () => {} };
  }
  const { cloudstackUrl: url, cloudstackKeys: keyFile, cloudstackCa: caFile } = settings;
  const clientsOf = (deadlineMs: number) => cloudClients({ url, keyFile, caFile, deadlineMs }, systemClock);
  const until = (deadlineMs: number) => {
    const clients = clientsOf(deadlineMs);
    return (signal: AbortSignal) => new CloudReader(() => clients(signal));
  };
  const cloud = new CloudReader(clientsOf(RECONCILE_DEADLINE_MS));
  const near = until(NEAR_DEADLINE_MS);
  const reconciler = new Reconciler(
    {
      ...{ cloud, near, vnc, configuration, owners, lock, clock: systemClock },
      onCompared: (open, seconds) => journal.compared(open, seconds),
      onRun: (report) => journal.reconciled(report),
    },
    { graceMs: settings.graceSeconds * 1_000, writesPerSecond: settings.writesPerSecond },
  );
  const everyMs = settings.reconcileSeconds * 1_000;
  const times = { everyMs, afterWakeMs: AFTER_WAKE_MS, retryMs: FIRST_RETRY_MS };
  const loop = new ReconcileLoop(reconciler, systemClock, logger, meter, times);
  const listeners = settings.webhookListen === "" ? [] : [await serveWebhook(settings, () => loop.wake())];
  loop.start();
  return {
    identities: new CommandIdentities({ cloud: until(COMMAND_DEADLINE_MS), owners, clock: systemClock, logger }),
    work: { reconciler, loop },
    listeners,
    stop: () => loop.stop(),
  };
}

function serveWebhook({ webhookListen, webhookSecret }: Settings, wake: () => void): Promise<HttpListener> {
  const secret = webhookSecret === "" ? undefined : readSecretFile(webhookSecret);
  return serveHttp(createWebhookApp(wake, secret), [webhookListen]);
}
