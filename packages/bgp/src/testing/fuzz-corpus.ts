import { encodeAttributes } from "../attributes/encode-attributes.ts";
import { reachOf } from "../families/family-routes.ts";
import { FAMILIES } from "../family.ts";
import { localOpen } from "../fsm/local-open.ts";
import { frameMessage, HEADER_BYTES, KEEPALIVE_MESSAGE, UPDATE } from "../message/header.ts";
import { encodeNotification, hardReset, notification } from "../message/notification.ts";
import { encodeOpen } from "../message/open.ts";
import { encodeRouteRefresh } from "../message/route-refresh.ts";
import { ceaseWithText } from "../message/shutdown-communication.ts";
import { encodeEndOfRib, encodeReach, encodeUnreach } from "../update/encode-update.ts";
import { ATTRIBUTE_VECTORS, PLAIN } from "./attribute-vectors.ts";
import { EVPN_VECTORS } from "./evpn-vectors.ts";
import { FAULT_VECTORS } from "./fault-vectors.ts";
import { ROUTE_VECTORS } from "./route-vectors.ts";

const NEXT_HOPS = [0xac1f0001, (0x20010db8n << 96n) + 1n];

/** Whole messages to begin with: every type, family, attribute and fault that has a vector. */
export function fuzzCorpus(): Uint8Array[] {
  return [...updates(), ...FAULT_VECTORS.map(({ body }) => frameMessage(UPDATE, body)), ...others()];
}

function updates(): Uint8Array[] {
  const everything = Object.assign({}, PLAIN, ...ATTRIBUTE_VECTORS.map(({ attributes }) => attributes));
  const lists = [
    ...ATTRIBUTE_VECTORS.map(({ attributes }) => encodeAttributes({ ...PLAIN, ...attributes }, { fourOctetAs: true })),
    encodeAttributes(everything, { fourOctetAs: true }),
    encodeAttributes(everything, { fourOctetAs: false }),
  ];
  const routes = [...ROUTE_VECTORS, ...EVPN_VECTORS].map((vector) => vector.routes);
  const announced = routes.flatMap((each, index) =>
    NEXT_HOPS.flatMap((nextHop) => {
      const attributes = lists[index % lists.length] ?? new Uint8Array(0);
      const encoded = encodeReach(reachOf(each, nextHop), attributes, 65535);
      return encoded.kind === "encoded" ? encoded.messages : [];
    }),
  );
  const described = lists.flatMap((attributes) => {
    const encoded = encodeReach(
      { family: "inet", routes: [{ address: 0x0a000000, length: 8 }], nextHop: 1 },
      attributes,
      65535,
    );
    return encoded.kind === "encoded" ? encoded.messages : [];
  });
  const withdrawn = routes.flatMap((each) => encodeUnreach(each, 65535));
  return [...announced, ...described, ...withdrawn, ...FAMILIES.map(encodeEndOfRib)];
}

function others(): Uint8Array[] {
  const settings = {
    ...{ localAs: 4200000000, localId: 1, peerAs: 65001, families: FAMILIES, holdTimeMs: 90_000, passive: false },
    ...{ connectRetryMs: 1, delayOpenMs: 0, idleHoldMinMs: 1, idleHoldMaxMs: 1, stableAfterMs: 1 },
    ...{ gracefulRestartMs: 300_000, longLivedStaleMs: 60_000_000, extendedNextHop: true, role: "peer" as const },
    addPath: FAMILIES.map((family) => ({ family, receive: true, send: true })),
  };
  const open = localOpen(settings, true);
  const many = { ...open, capabilities: [...open.capabilities, ...open.capabilities, ...open.capabilities] };
  return [
    encodeOpen(open),
    encodeOpen(many),
    KEEPALIVE_MESSAGE,
    encodeNotification(ceaseWithText(2, "moving to rack 7")),
    encodeNotification(hardReset(ceaseWithText(4, "again"))),
    encodeNotification(notification(3, 1, new Uint8Array(40))),
    ...(["request", "begin", "end"] as const).map((subtype) => encodeRouteRefresh({ afi: 25, safi: 70, subtype })),
  ];
}

/** Type and body of a whole message. */
export function partsOf(message: Uint8Array): { readonly type: number; readonly body: Uint8Array } {
  return { type: message[HEADER_BYTES - 1] ?? 0, body: message.subarray(HEADER_BYTES) };
}
