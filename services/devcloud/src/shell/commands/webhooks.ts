import { denied, invalid } from "../../core/api-error.ts";
import { checkBound } from "../../core/limits.ts";
import { mayUse, ownerOf } from "../../core/ownership.ts";
import { flag, needRef, needText, OWNED_LIST, PAGING, ref, text } from "../../core/parameter.ts";
import type { AccountRow, WebhookRow } from "../../core/rows.ts";
import { webhookDeliveryView, webhookView } from "../../core/views/small-views.ts";
import { need } from "../../core/world.ts";
import { type Answer, type Call, type Command, listOf, SUCCESS } from "../command.ts";
import { listOwned, ownerFor } from "../scope.ts";
import { isLocalAddress } from "../webhook-request.ts";
import { dropWebhook } from "./account-removal.ts";

const CHANGES = {
  description: text("description"),
  secretkey: text("key of X-CS-Signature"),
  sslverification: flag("no effect: certificates are always verified"),
  state: text("Enabled or Disabled"),
  scope: text("Local, Domain or Global"),
};

export const WEBHOOKS: readonly Command[] = [
  {
    name: "listWebhooks",
    description: "Lists webhooks",
    access: "user",
    parameters: {
      id: ref("webhook", "id"),
      name: text("name"),
      ...OWNED_LIST,
      state: text("state"),
      scope: text("scope"),
    },
    run: (call) => listOwned(call, "webhook", "webhook", (row) => webhookView(call.cloud.store, row)),
  },
  {
    name: "createWebhook",
    description: "Creates a webhook: events are sent to it",
    access: "user",
    event: "WEBHOOK.CREATE",
    parameters: {
      name: needText("name"),
      payloadurl: needText("http or https URL"),
      ...CHANGES,
      account: text("owner"),
      domainid: ref("domain", "domain of the owner"),
      projectid: ref("project", "no effect"),
    },
    run: createWebhook,
  },
  {
    name: "updateWebhook",
    description: "Changes a webhook",
    access: "user",
    event: "WEBHOOK.UPDATE",
    parameters: { id: needRef("webhook", "id"), name: text("name"), payloadurl: text("URL"), ...CHANGES },
    run: (call) => {
      const {
        cloud: { store },
        values,
      } = call;
      const row = need(store, "webhook", values.need("id"));
      const changed = store.change("webhook", row.uuid, {
        name: values.text("name") ?? row.name,
        payloadUrl: urlFor(need(store, "account", row.account), values.text("payloadurl") ?? row.payloadUrl),
        description: values.text("description") ?? row.description,
        secretKey: values.text("secretkey") ?? row.secretKey,
        state: stateOf(values.text("state") ?? row.state),
        scope: values.has("scope") ? scopeOf(call) : row.scope,
      });
      return { kind: "object", body: { webhook: webhookView(store, changed) } };
    },
  },
  {
    name: "deleteWebhook",
    description: "Deletes a webhook",
    access: "user",
    event: "WEBHOOK.DELETE",
    parameters: { id: needRef("webhook", "id") },
    run: ({ cloud: { store }, values }) => {
      dropWebhook(store, values.need("id"));
      return SUCCESS;
    },
  },
  {
    name: "listWebhookDeliveries",
    description: "Lists what was sent to a webhook",
    access: "user",
    parameters: {
      webhookid: ref("webhook", "webhook"),
      id: text("id"),
      ...PAGING,
      eventtype: text("type"),
      startdate: text("no effect"),
      enddate: text("no effect"),
    },
    run: ({ cloud: { store }, caller, values }) => {
      const rows = [...store.all("webhookDelivery")].filter((row) => {
        const webhook = store.find("webhook", row.webhook);
        return (
          webhook !== undefined &&
          mayUse(store, caller.account, ownerOf(store, "webhook", webhook) ?? "") &&
          (values.text("webhookid") ?? row.webhook) === row.webhook &&
          (values.text("eventtype") ?? row.eventType) === row.eventType
        );
      });
      return listOf("webhookdelivery", rows.toReversed(), (row) => webhookDeliveryView(store, row));
    },
  },
];

function createWebhook(call: Call): Answer {
  const {
    cloud: { store, maxPerAccount },
    values,
  } = call;
  const owner = ownerFor(call);
  checkBound(store, owner.uuid, "webhook", store.where("webhook", "account", owner.uuid).length, maxPerAccount);
  const row = store.make("webhook", {
    name: values.need("name"),
    description: values.text("description"),
    account: owner.uuid,
    state: stateOf(values.text("state") ?? "Enabled"),
    payloadUrl: urlFor(owner, values.need("payloadurl")),
    secretKey: values.text("secretkey"),
    sslVerification: values.flag("sslverification") ?? true,
    scope: scopeOf(call),
  });
  return {
    kind: "object",
    body: { webhook: webhookView(store, row) },
    subject: { type: "Webhook", uuid: row.uuid, name: row.name },
  };
}

/** A URL that an owner may have: only a root admin's leads to this host itself. A name is looked at when it is used. */
function urlFor(owner: AccountRow, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAllowed =
    url !== undefined && /^https?:$/.test(url.protocol) && (owner.type === 1 || !isLocalAddress(url.hostname));
  if (!isAllowed) throw invalid(`Invalid payload URL ${text}`);
  return text;
}

function stateOf(text: string): WebhookRow["state"] {
  if (text !== "Enabled" && text !== "Disabled") throw invalid("Invalid state specified");
  return text;
}

/** Only root admins hear of all events, and admins of their domain's. */
function scopeOf({ caller, values }: Call): WebhookRow["scope"] {
  const scope = values.text("scope") ?? "Local";
  if (scope !== "Local" && scope !== "Domain" && scope !== "Global") throw invalid("Invalid scope specified");
  const least = { Local: true, Domain: caller.account.type !== 0, Global: caller.account.type === 1 }[scope];
  if (!least) throw denied(`Scope ${scope} can not be specified for owner ${caller.account.name}`);
  return scope;
}
