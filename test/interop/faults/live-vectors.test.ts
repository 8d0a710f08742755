import { decodeUpdate, frameMessage, UPDATE } from "@contrail/bgp";
import { FAULT_VECTORS, type FaultAction, type FaultVector } from "@contrail/bgp/testing";
import { FuzzWorld } from "@contrail/control-node/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let world: FuzzWorld;
let done = 0;

beforeAll(async () => {
  world = new FuzzWorld();
  await world.start();
});
afterAll(() => world.close());

/** The kind of session that a vector is for; what its own context has beside is the same on all of them. */
function kindOf({ session }: FaultVector): string {
  const { families, fourOctetAs, external, firstAs, addPathReceive, extendedNextHop } = session;
  if (families !== undefined) return families.join() === "inet" ? "inet alone" : "one family";
  if (fourOctetAs === false) return "two octets";
  if (external === true)
    return firstAs === undefined ? "route server" : firstAs === 65_001 ? "external" : "other external";
  if (extendedNextHop !== undefined) return "extended next hop";
  return addPathReceive === undefined ? "internal" : "gateway";
}

/** A live session spares the others of its families where one cannot be read, also where the vector does not. */
function actionOf({ action, body, session }: FaultVector, parameters: Parameters<typeof decodeUpdate>[1]): FaultAction {
  if (action !== "session-reset" || session.unreadableRoutes !== undefined) return action;
  const verdict = decodeUpdate(body, { ...parameters, unreadableRoutes: "disable-family" });
  return verdict.kind === "disable-family" ? verdict.kind : action;
}

test.each(FAULT_VECTORS)("$attribute, $fault ($section): a live session does $action", async (vector) => {
  const kind = kindOf(vector);
  const { peer, parameters } = await world.connect(kind);
  const before = world.status(kind);
  peer.write(frameMessage(UPDATE, vector.body));
  const received = () => world.status(kind).messagesReceived.update > before.messagesReceived.update;
  const action = actionOf(vector, parameters);
  await world.until("the UPDATE is read", () => (action === "session-reset" ? peer.closed : received()));
  const { state, treatedAsWithdraw, attributesDiscarded, disabledFamilies } = world.status(kind);
  expect({
    state: peer.closed ? "ended" : state,
    code: peer.notification?.code,
    withdrawn: treatedAsWithdraw - before.treatedAsWithdraw,
    discards: attributesDiscarded > before.attributesDiscarded,
    disabled: disabledFamilies.length,
  }).toEqual({
    state: action === "session-reset" ? "ended" : "established",
    code: action === "session-reset" ? 3 : undefined,
    withdrawn: action === "treat-as-withdraw" ? 1 : 0,
    discards: action === "attribute-discard",
    disabled: action === "disable-family" ? 1 : 0,
  });
  peer.destroy();
  await world.until("the session is over", () => world.status(kind).state === "active");
  done++;
});

test("after all of them the two sessions beside them have never been down, and nothing of it is in any table", async () => {
  expect(done).toBe(FAULT_VECTORS.length);
  expect(await world.difference()).toBe("");
  expect([world.complaintCount, world.complaints]).toEqual([0, []]);
});
