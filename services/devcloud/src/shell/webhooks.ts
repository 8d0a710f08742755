import { createHmac } from "node:crypto";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { isWithin } from "../core/ownership.ts";
import type { EventRow, WebhookRow } from "../core/rows.ts";
import { need } from "../core/world.ts";
import type { Store } from "./store.ts";

/** Deliveries that wait; more are dropped and counted: events are a hint, and lists are the truth. */
const MAX_WAITING = 10_000;
const ATTEMPTS = 3;
const RETRY_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
/** Of an answer's text, so much is kept. */
const MAX_RESPONSE_CHARACTERS = 500;

interface Delivery {
  readonly webhook: WebhookRow;
  readonly event: EventRow;
}

/** Sends events to webhooks: a POST with the event as JSON, X-CS-Event-ID, X-CS-Event and X-CS-Signature. */
export class Webhooks {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #waiting: Delivery[] = [];
  #sending = false;
  #dropped = 0;

  constructor(store: Store, clock: Clock, signal: AbortSignal) {
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Deliveries that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  hear(event: EventRow): void {
    for (const webhook of this.#store.all("webhook")) {
      if (webhook.state !== "Enabled" || !this.#concerns(webhook, event)) continue;
      if (this.#waiting.length >= MAX_WAITING) this.#dropped += 1;
      else this.#waiting.push({ webhook, event });
    }
    if (!this.#sending && this.#waiting.length > 0) {
      this.#sending = true;
      void this.#sendAll();
    }
  }

  #concerns(webhook: WebhookRow, event: EventRow): boolean {
    if (webhook.scope === "Global") return true;
    if (webhook.scope === "Local") return webhook.account === event.account;
    const own = need(this.#store, "account", webhook.account).domain;
    return isWithin(this.#store, need(this.#store, "account", event.account).domain, own);
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#signal.aborted) break;
      await this.#deliver(next);
    }
    this.#sending = false;
  }

  async #deliver({ webhook, event }: Delivery): Promise<void> {
    const payload = JSON.stringify(this.#description(event));
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
      response: outcome.response.slice(0, MAX_RESPONSE_CHARACTERS),
      endedMs: Math.max(startMs, this.#clock.wallMs()),
    });
    await this.#store.commit();
  }

  async #post(webhook: WebhookRow, event: EventRow, payload: string): Promise<{ success: boolean; response: string }> {
    const signature =
      webhook.secretKey === undefined
        ? {}
        : { "X-CS-Signature": createHmac("sha256", webhook.secretKey).update(payload).digest("hex") };
    try {
      const answer = await fetch(webhook.payloadUrl, {
        method: "POST",
        body: payload,
        headers: {
          "Content-Type": "application/json",
          "X-CS-Event-ID": event.uuid,
          "X-CS-Event": event.type,
          ...signature,
        },
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      return { success: answer.ok, response: await answer.text() };
    } catch (reason) {
      return { success: false, response: ContrailError.from(reason).message };
    }
  }

  /** The event's description, which is all that CloudStack's buses carry. */
  #description(event: EventRow): Readonly<Record<string, unknown>> {
    const account = need(this.#store, "account", event.account);
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
}
