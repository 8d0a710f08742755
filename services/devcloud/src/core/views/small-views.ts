import { apiDate } from "../date.ts";
import type { JsonObject } from "../json.ts";
import type {
  AffinityGroupRow,
  ApiKeyRow,
  CustomActionRow,
  KeyPairRow,
  LimitRow,
  UserDataRow,
  WebhookDeliveryRow,
  WebhookRow,
} from "../rows.ts";
import { need, type World } from "../world.ts";
import { roleView } from "./account-view.ts";
import { inDomainView, ownerView } from "./owner-view.ts";
import type { ResourceType } from "./resource-types.ts";

const ACCOUNT_TYPES = { 0: "NORMAL", 1: "ADMIN", 2: "DOMAIN_ADMIN", 5: "PROJECT" } as const;

/** An API key with its secret: shown to who may use it. */
export function apiKeyView(world: World, key: ApiKeyRow): JsonObject {
  const user = need(world, "user", key.user);
  const account = need(world, "account", user.account);
  return {
    name: key.name,
    apikey: key.apiKey,
    secretkey: key.secretKey,
    userid: user.uuid,
    username: user.username,
    id: key.uuid,
    created: apiDate(key.createdMs),
    accounttype: ACCOUNT_TYPES[account.type],
    accountid: account.uuid,
    accountname: account.name,
    ...roleView(account.type),
    ...inDomainView(world, account.domain),
    state: "ENABLED",
  };
}

/** A key pair; the private key only in the answer to its making. */
export function keyPairView(world: World, pair: KeyPairRow, privateKey?: string): JsonObject {
  return {
    privatekey: privateKey,
    id: pair.uuid,
    name: pair.name,
    ...ownerView(world, pair.account, false),
    fingerprint: pair.fingerprint,
    hasannotations: false,
  };
}

/** Registered user data. */
export function userDataView(world: World, data: UserDataRow): JsonObject {
  return {
    id: data.uuid,
    name: data.name,
    ...ownerView(world, data.account),
    userdata: data.content,
    hasannotations: false,
  };
}

/** An affinity group. */
export function affinityGroupView(world: World, group: AffinityGroupRow): JsonObject {
  const members = [...world.where("machine", "account", group.account)]
    .filter(({ affinityGroups }) => affinityGroups.includes(group.uuid))
    .map(({ uuid }) => uuid);
  return {
    id: group.uuid,
    name: group.name,
    description: group.description,
    ...ownerView(world, group.account),
    type: group.type,
    virtualmachineIds: members.length === 0 ? undefined : members,
  };
}

/** A limit of an account or project. */
export function limitView(world: World, owner: string, type: ResourceType, max: LimitRow["max"]): JsonObject {
  return {
    ...ownerView(world, owner),
    resourcetype: String(type.number),
    resourcetypename: type.name,
    max,
  };
}

/** A custom action of an extension. */
export function customActionView(world: World, action: CustomActionRow): JsonObject {
  const extension = need(world, "extension", action.extension);
  return {
    id: action.uuid,
    name: action.name,
    description: action.description,
    extensionid: extension.uuid,
    extensionname: extension.name,
    resourcetype: action.resourceType,
    allowedroletypes: action.allowedRoleTypes,
    timeout: action.timeoutSeconds,
    enabled: action.enabled,
    details: action.details,
    parameters: action.parameters.map((parameter) => ({
      name: parameter.name,
      type: parameter.type,
      validationformat: parameter.validationFormat,
      required: parameter.required,
    })),
    created: apiDate(action.createdMs),
  };
}

/** A webhook; its secret is not told again. */
export function webhookView(world: World, webhook: WebhookRow): JsonObject {
  const account = need(world, "account", webhook.account);
  return {
    id: webhook.uuid,
    name: webhook.name,
    description: webhook.description,
    state: webhook.state,
    ...inDomainView(world, account.domain),
    account: account.name,
    payloadurl: webhook.payloadUrl,
    sslverification: webhook.sslVerification,
    scope: webhook.scope,
    created: apiDate(webhook.createdMs),
  };
}

/** One delivery of a webhook. */
export function webhookDeliveryView(world: World, delivery: WebhookDeliveryRow): JsonObject {
  const webhook = need(world, "webhook", delivery.webhook);
  return {
    id: delivery.uuid,
    eventid: delivery.event,
    eventtype: delivery.eventType,
    webhookid: webhook.uuid,
    webhookname: webhook.name,
    payload: delivery.payload,
    success: delivery.success,
    response: delivery.response,
    startdate: apiDate(delivery.createdMs),
    enddate: apiDate(delivery.endedMs),
  };
}
