import { createHmac } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import { isWithin } from "../core/ownership.ts";
import type { AccountRow, EventRow, WebhookRow } from "../core/rows.ts";
import type { Store } from "./store.ts";
import { MAX_RESPONSE_BYTES, postToWebhook } from "./webhook-request.ts";

/** Deliveries of one webhook that wait; more are dropped and counted: events are a hint, and lists are the truth. */
const MAX_WAITING = 100;
const ATTEMPTS = 3;
const RETRY_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;

interface Delivery {
  readonly event: EventRow;
  readonly payload: string;
}

/**
 * Sends events to webhooks: a POST with the event as JSON, X-CS-Event-ID, X-CS-Event and X-CS-Signature. Each webhook has a
 * queue of its own: one that does not answer delays no other.
 */
export class Webhooks {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #signal: AbortSignal;
  /** What waits, by webhook; there while something is being sent to it. */
  readonly #queues = new Map<string, Delivery[]>();
  #dropped = 0;

  constructor(store: Store, clock: Clock, logger: Logger, signal: AbortSignal) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#signal = signal;
  }

  /** Deliveries that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Hands an event to the webhooks that it concerns; of an account that is gone nobody hears. */
  hear(event: EventRow): void {
    const account = this.#store.find("account", event.account);
    if (account === undefined) return;
    const concerned = [...this.#store.all("webhook")].filter((webhook) => this.#concerns(webhook, account));
    if (concerned.length === 0) return;
    // Written now: the account may be gone when its turn comes.
    const delivery = { event, payload: JSON.stringify(descriptionOf(event, account)) };
    for (const { uuid } of concerned) {
      const queue = this.#queues.get(uuid);
      if (queue === undefined) this.#start(uuid, delivery);
      else if (queue.length < MAX_WAITING) queue.push(delivery);
      else this.#dropped += 1;
    }
  }

  #concerns({ state, scope, account: owner }: WebhookRow, account: AccountRow): boolean {
    if (state !== "Enabled") return false;
    if (scope === "Global") return true;
    if (scope === "Local") return owner === account.uuid;
    const above = this.#store.find("account", owner)?.domain;
    return above !== undefined && isWithin(this.#store, account.domain, above);
  }

  #start(webhook: string, first: Delivery): void {
    const queue = [first];
    this.#queues.set(webhook, queue);
    this.#sendAll(webhook, queue).catch((reason: unknown) => {
      this.#dropped += queue.length;
      this.#logger.error("deliveries to a webhook are lost", {
        webhook,
        message: ContrailError.from(reason).message,
      });
    });
  }

  async #sendAll(uuid: string, queue: Delivery[]): Promise<void> {
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const webhook = this.#store.find("webhook", uuid);
        if (this.#signal.aborted || webhook === undefined) return;
        await this.#deliver(webhook, next);
      }
    } finally {
      this.#queues.delete(uuid); // In the same turn as the last look: what comes later starts anew.
    }
  }

  async #deliver(webhook: WebhookRow, { event, payload }: Delivery): Promise<void> {
    const startMs = this.#clock.wallMs();
    let outcome = { success: false, response: "" };
    for (let attempt = 1; attempt <= ATTEMPTS && !outcome.success && !this.#signal.aborted; attempt += 1) {
      outcome = await this.#post(webhook, event, payload);
      if (!outcome.success && attempt < ATTEMPTS)
        await this.#clock.sleep(RETRY_MS, this.#signal).catch(() => undefined);
    }
    if (this.#signal.aborted || this.#store.find("webhook", webhook.uuid) === undefined) return;
    this.#store.make("webhookDelivery", {
      webhook: webhook.uuid,
      event: event.uuid,
      eventType: event.type,
      payload,
      success: outcome.success,
      response: outcome.response,
      endedMs: Math.max(startMs, this.#clock.wallMs()),
    });
    await this.#store.commit();
  }

  async #post(webhook: WebhookRow, event: EventRow, payload: string): Promise<{ success: boolean; response: string }> {
    const signature: Readonly<Record<string, string>> = isBlank(webhook.secretKey)
      ? {}
      : { "X-CS-Signature": createHmac("sha256", webhook.secretKey).update(payload).digest("hex") };
    const headers = {
      "Content-Type": "application/json",
      "X-CS-Event-ID": event.uuid,
      "X-CS-Event": event.type,
      ...signature,
    };
    const mayBeLocal = this.#store.find("account", webhook.account)?.type === 1;
    try {
      return await postToWebhook(
        { url: webhook.payloadUrl, headers, body: payload, mayBeLocal },
        AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      );
    } catch (reason) {
      return { success: false, response: ContrailError.from(reason).message.slice(0, MAX_RESPONSE_BYTES) };
    }
  }
}

/** Everybody can sign with a blank key: such a signature would say what it does not prove. As in CloudStack there is none then. */
function isBlank(secretKey: string | undefined): secretKey is undefined {
  return secretKey === undefined || secretKey.trim() === "";
}

/** The event's description, which is all that CloudStack's buses carry. */
function descriptionOf(event: EventRow, account: AccountRow): Readonly<Record<string, unknown>> {
  return {
    event: event.type,
    status: event.state,
    user: event.username,
    account: account.uuid,
    entity: event.resourceType,
    entityuuid: event.resource,
    description: event.description,
    eventDateTime: new Date(event.createdMs)
      .toISOString()
      .replace("T", " ")
      .replace(/\.\d+Z$/, " +0000"),
  };
}
