import { describe, expect, test } from "vitest";
import type { Capability } from "../message/capability.ts";
import { notification } from "../message/notification.ts";
import { CEASE, CEASE_ADMINISTRATIVE_SHUTDOWN, CEASE_HARD_RESET } from "../message/notification-codes.ts";
import { localOpen } from "./local-open.ts";
import { judgeOpen } from "./open-agreement.ts";
import type { PeerSettings } from "./peer-settings.ts";
import { retentionAfter } from "./retention.ts";
import type { SessionParameters } from "./session-parameters.ts";
import { SETTINGS } from "./two-peers.model.ts";

const LEFT: PeerSettings = { ...SETTINGS, families: ["route-target", "e-vpn", "inet-vpn", "inet"] };
/** The same from the other end. */
const RIGHT: PeerSettings = { ...LEFT, localId: 2 };
const EXTERNAL = { localAs: 64512, peerAs: 65001 };

/** What the left end makes of the right end's OPEN; "code/subcode" where it refuses. */
function agree(left: Partial<PeerSettings>, right: Partial<PeerSettings>, more: readonly Capability[] = []) {
  const open = localOpen({ ...RIGHT, ...right }, false);
  const agreement = judgeOpen({ ...LEFT, ...left }, { ...open, capabilities: [...open.capabilities, ...more] });
  if (agreement.kind === "agreed") return agreement.parameters;
  return `${agreement.notification.code}/${agreement.notification.subcode}`;
}

function parameters(left: Partial<PeerSettings>, right: Partial<PeerSettings>, more?: readonly Capability[]) {
  const agreed = agree(left, right, more);
  if (typeof agreed === "string") throw new Error(agreed);
  return agreed;
}

describe("add-path (RFC 7911 section 5)", () => {
  const offer = (receive: boolean, send: boolean) => ({ addPath: [{ family: "inet-vpn" as const, receive, send }] });
  test.each<[string, Partial<PeerSettings>, Partial<PeerSettings>, boolean, boolean]>([
    ["both ways", offer(true, true), offer(true, true), true, true],
    ["from us alone", offer(false, true), offer(true, false), false, true],
    ["to us alone", offer(true, false), offer(true, true), true, false],
    ["where both only send", offer(false, true), offer(false, true), false, false],
    ["with a peer that has none", offer(true, true), {}, false, false],
    ["with a peer alone that has it", {}, offer(true, true), false, false],
  ])("%s", (_, left, right, receive, send) => {
    const { addPathReceive, addPathSend } = parameters(left, right);
    expect([addPathReceive, addPathSend]).toEqual([receive ? ["inet-vpn"] : [], send ? ["inet-vpn"] : []]);
  });

  test("in a family that is not used comes to nothing", () => {
    const { addPathReceive } = parameters(offer(true, true), { ...offer(true, true), families: ["e-vpn"] });
    expect(addPathReceive).toEqual([]);
  });
});

describe("IPv6 next hops of IPv4 routes (RFC 8950 section 4)", () => {
  test.each([
    [true, true, ["inet-vpn", "inet"]],
    [true, false, []],
    [false, true, []],
  ])("offered here %s and there %s", (here, there, families) => {
    expect(parameters({ extendedNextHop: here }, { extendedNextHop: there }).extendedNextHop).toEqual(families);
  });

  test("towards IPv4 are another thing", () => {
    const towardsInet: Capability = { kind: "extended-next-hop", families: [{ afi: 1, safi: 1, nextHopAfi: 1 }] };
    expect(parameters({ extendedNextHop: true }, {}, [towardsInet]).extendedNextHop).toEqual([]);
  });
});

describe("roles (RFC 9234 section 4.2)", () => {
  const end = (role: PeerSettings["role"], strictRole = false) => ({ ...EXTERNAL, role, strictRole });
  const far = (role: PeerSettings["role"]) => ({ localAs: 65001, peerAs: 64512, role });
  test.each<[PeerSettings["role"], PeerSettings["role"], boolean]>([
    ["provider", "customer", true],
    ["customer", "provider", true],
    ["route-server", "route-server-client", true],
    ["route-server-client", "route-server", true],
    ["peer", "peer", true],
    ["provider", "provider", false],
    ["customer", "peer", false],
    ["peer", "route-server", false],
    ["provider", undefined, true],
    [undefined, "provider", true],
  ])("%s meets %s: %s", (ours, theirs, fits) => {
    const agreed = agree(end(ours), far(theirs));
    if (fits) expect(agreed).toMatchObject({ external: true, role: ours });
    else expect(agreed).toBe("2/11");
  });

  test("a silent peer is refused in strict mode alone", () => {
    expect(agree(end("provider", true), far(undefined))).toBe("2/11");
    expect(agree(end("provider", true), far("customer"))).toMatchObject({ role: "provider" });
  });

  test("several equal ones are one, different ones and those of no number never fit", () => {
    const role = (code: number): Capability => ({ kind: "role", code });
    expect(agree(end("provider"), far("customer"), [role(3)])).toMatchObject({ role: "provider" });
    expect(agree(end("provider"), far("customer"), [role(4)])).toBe("2/11");
    expect(agree(end("provider"), far(undefined), [role(200)])).toBe("2/11");
  });

  test("mean nothing inside an AS", () => {
    expect(agree({ role: "provider", strictRole: true }, {})).toMatchObject({ external: false, role: undefined });
    expect(localOpen({ ...LEFT, role: "peer" }, false).capabilities.map(({ kind }) => kind)).not.toContain("role");
  });
});

describe("what is kept of a lost session", () => {
  const graceful = (gracefulRestartMs: number, longLivedStaleMs: number) => ({ gracefulRestartMs, longLivedStaleMs });
  const lost = (left: Partial<PeerSettings>, right: Partial<PeerSettings>) =>
    retentionAfter(parameters(left, right), undefined);
  const families: SessionParameters["families"] = LEFT.families;
  const longLived = families.map((family) => ({ family, staleTimeMs: 60_000_000 }));

  test.each([
    ["both restarts", graceful(300_000, 60_000_000), { families, restartTimeMs: 300_000, longLived }],
    ["the long one alone", graceful(0, 60_000_000), { families: [], restartTimeMs: 0, longLived }],
    ["the short one alone", graceful(300_000, 0), { families, restartTimeMs: 300_000, longLived: [] }],
    ["neither", graceful(0, 0), undefined],
  ])("with %s on both sides (RFC 9494 section 4.2)", (_, settings, kept) => {
    expect(lost(settings, settings)).toEqual(kept);
  });

  test("goes by what the peer said, where we take part", () => {
    expect(lost(graceful(300_000, 60_000_000), graceful(120_000, 0))).toMatchObject({
      restartTimeMs: 120_000,
      longLived: [],
    });
    expect(lost(graceful(300_000, 0), graceful(120_000, 60_000_000))).toMatchObject({ longLived: [] });
    expect(lost(graceful(0, 0), graceful(120_000, 60_000_000))).toBeUndefined();
  });

  test("the long-lived capability counts only beside the other one (RFC 9494 section 4.5)", () => {
    const families = [{ afi: 1, safi: 128, preserved: true, staleTimeSeconds: 100 }];
    const alone: Capability = { kind: "long-lived-graceful-restart", families };
    expect(parameters(graceful(300_000, 100_000), graceful(0, 0), [alone]).longLived).toEqual([]);
  });

  test("a notification changes nothing for peers that know of it, a hard reset ends it (RFC 8538 section 4)", () => {
    const both = parameters(graceful(300_000, 60_000_000), graceful(300_000, 60_000_000));
    expect(retentionAfter(both, notification(CEASE, CEASE_ADMINISTRATIVE_SHUTDOWN))).toMatchObject({ longLived });
    expect(retentionAfter(both, notification(CEASE, CEASE_HARD_RESET))).toBeUndefined();
    const { gracefulRestart } = both;
    const old = { ...both, gracefulRestart: gracefulRestart && { ...gracefulRestart, notifications: false } };
    expect(retentionAfter(old, notification(CEASE, CEASE_ADMINISTRATIVE_SHUTDOWN))).toBeUndefined();
    expect(retentionAfter(old, undefined)).toMatchObject({ longLived });
  });
});

test("our OPEN offers the families, and what was configured beside", () => {
  const open = localOpen(
    {
      ...LEFT,
      ...EXTERNAL,
      localAs: 4200000000,
      families: ["e-vpn", "inet"],
      longLivedStaleMs: 60_000_000,
      addPath: [{ family: "inet", receive: true, send: false }],
      extendedNextHop: true,
      role: "customer",
    },
    true,
  );
  expect(open.autonomousSystem).toBe(23456);
  expect(open.capabilities).toEqual([
    { kind: "multiprotocol", afi: 25, safi: 70 },
    { kind: "multiprotocol", afi: 1, safi: 1 },
    { kind: "route-refresh" },
    { kind: "enhanced-route-refresh" },
    { kind: "extended-message" },
    { kind: "four-octet-as", autonomousSystem: 4200000000 },
    {
      kind: "graceful-restart",
      restarting: true,
      notifications: true,
      restartTimeSeconds: 300,
      families: [
        { afi: 25, safi: 70, preserved: true },
        { afi: 1, safi: 1, preserved: true },
      ],
    },
    {
      kind: "long-lived-graceful-restart",
      families: [
        { afi: 25, safi: 70, preserved: true, staleTimeSeconds: 60_000 },
        { afi: 1, safi: 1, preserved: true, staleTimeSeconds: 60_000 },
      ],
    },
    { kind: "add-path", families: [{ afi: 1, safi: 1, receive: true, send: false }] },
    { kind: "extended-next-hop", families: [{ afi: 1, safi: 1, nextHopAfi: 2 }] },
    { kind: "role", code: 3 },
  ]);
});

test("every family can be agreed on, in the order of the table", () => {
  const families = ["inet6", "inet", "inet6-vpn", "inet-vpn", "e-vpn", "route-target"] as const;
  expect(parameters({ families }, { families }).families).toEqual(families.toReversed());
});
