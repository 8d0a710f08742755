/** Error codes (RFC 4271 section 4.5, RFC 7313 section 5). */
export const HEADER_ERROR = 1;
export const OPEN_ERROR = 2;
export const UPDATE_ERROR = 3;
export const HOLD_TIMER_EXPIRED = 4;
export const FSM_ERROR = 5;
export const CEASE = 6;
export const ROUTE_REFRESH_ERROR = 7;
/** Section 3 of RFC 9687. */
export const SEND_HOLD_TIMER_EXPIRED = 8;

/** Subcodes of an OPEN error (RFC 4271 section 6.2, RFC 5492 section 5, RFC 9234 section 4.2). */
export const OPEN_UNSUPPORTED_VERSION = 1;
export const OPEN_BAD_PEER_AS = 2;
export const OPEN_BAD_IDENTIFIER = 3;
export const OPEN_UNSUPPORTED_PARAMETER = 4;
export const OPEN_UNACCEPTABLE_HOLD_TIME = 6;
export const OPEN_UNSUPPORTED_CAPABILITY = 7;
export const OPEN_ROLE_MISMATCH = 11;

/** Subcodes of Cease (RFC 4486 section 3, RFC 8538 section 3.1, RFC 9384 section 3). */
export const CEASE_MAXIMUM_PREFIXES = 1;
export const CEASE_ADMINISTRATIVE_SHUTDOWN = 2;
export const CEASE_PEER_DECONFIGURED = 3;
export const CEASE_ADMINISTRATIVE_RESET = 4;
export const CEASE_CONNECTION_REJECTED = 5;
export const CEASE_OTHER_CONFIGURATION_CHANGE = 6;
export const CEASE_COLLISION_RESOLUTION = 7;
export const CEASE_OUT_OF_RESOURCES = 8;
export const CEASE_HARD_RESET = 9;
export const CEASE_BFD_DOWN = 10;

/** What each code and subcode is called; those that are deprecated or were never given out have no name. */
export const NOTIFICATION_NAMES: Readonly<
  Record<number, { readonly name: string; readonly subcodes: Readonly<Record<number, string>> }>
> = {
  [HEADER_ERROR]: {
    name: "message header error",
    subcodes: { 1: "connection not synchronized", 2: "bad message length", 3: "bad message type" },
  },
  [OPEN_ERROR]: {
    name: "OPEN error",
    subcodes: {
      0: "unspecific",
      [OPEN_UNSUPPORTED_VERSION]: "unsupported version number",
      [OPEN_BAD_PEER_AS]: "bad peer AS",
      [OPEN_BAD_IDENTIFIER]: "bad BGP identifier",
      [OPEN_UNSUPPORTED_PARAMETER]: "unsupported optional parameter",
      [OPEN_UNACCEPTABLE_HOLD_TIME]: "unacceptable hold time",
      [OPEN_UNSUPPORTED_CAPABILITY]: "unsupported capability",
      [OPEN_ROLE_MISMATCH]: "role mismatch",
    },
  },
  [UPDATE_ERROR]: {
    name: "UPDATE error",
    subcodes: {
      1: "malformed attribute list",
      2: "unrecognized well-known attribute",
      3: "missing well-known attribute",
      4: "attribute flags error",
      5: "attribute length error",
      6: "invalid ORIGIN",
      8: "invalid NEXT_HOP",
      9: "optional attribute error",
      10: "invalid network field",
      11: "malformed AS_PATH",
    },
  },
  [HOLD_TIMER_EXPIRED]: { name: "hold timer expired", subcodes: {} },
  [FSM_ERROR]: { name: "FSM error", subcodes: { 1: "in OpenSent", 2: "in OpenConfirm", 3: "in Established" } },
  [CEASE]: {
    name: "cease",
    subcodes: {
      [CEASE_MAXIMUM_PREFIXES]: "maximum number of prefixes reached",
      [CEASE_ADMINISTRATIVE_SHUTDOWN]: "administrative shutdown",
      [CEASE_PEER_DECONFIGURED]: "peer de-configured",
      [CEASE_ADMINISTRATIVE_RESET]: "administrative reset",
      [CEASE_CONNECTION_REJECTED]: "connection rejected",
      [CEASE_OTHER_CONFIGURATION_CHANGE]: "other configuration change",
      [CEASE_COLLISION_RESOLUTION]: "connection collision resolution",
      [CEASE_OUT_OF_RESOURCES]: "out of resources",
      [CEASE_HARD_RESET]: "hard reset",
      [CEASE_BFD_DOWN]: "BFD down",
    },
  },
  [ROUTE_REFRESH_ERROR]: { name: "ROUTE-REFRESH error", subcodes: { 1: "invalid message length" } },
  [SEND_HOLD_TIMER_EXPIRED]: { name: "send hold timer expired", subcodes: {} },
};
