import { describe, expect, test } from "vitest";
import {
  BGP_ROLES,
  type BgpRole,
  counterpartRole,
  onlyToCustomerReceived,
  onlyToCustomerSent,
} from "./only-to-customer.ts";

const PEER_AS = 65001;
const LOCAL_AS = 64512;

/** RFC 9234 section 5; the role is ours. "-" stands for no attribute, "leak" for a route that must not pass. */
describe.each<[BgpRole, string, string, string, string, string, string]>([
  // role, received without, with the peer's AS, with another; sent without, with ours, with another
  ["provider", "-", "leak", "leak", "64512", "64512", "7"],
  ["route-server", "-", "leak", "leak", "64512", "64512", "7"],
  ["customer", "65001", "65001", "7", "-", "leak", "leak"],
  ["route-server-client", "65001", "65001", "7", "-", "leak", "leak"],
  ["peer", "65001", "65001", "leak", "64512", "leak", "leak"],
])("to a neighbour whose %s we are", (role, without, peers, others, bare, ours, foreign) => {
  const words = (result: ReturnType<typeof onlyToCustomerSent>) =>
    result.kind === "leak" ? "leak" : String(result.onlyToCustomer ?? "-");

  test("routes received are marked, passed or called a leak", () => {
    const received = [undefined, PEER_AS, 7].map((value) => words(onlyToCustomerReceived(role, PEER_AS, value)));
    expect(received).toEqual([without, peers, others]);
  });

  test("routes sent are marked, passed or kept back", () => {
    const sent = [undefined, LOCAL_AS, 7].map((value) => words(onlyToCustomerSent(role, LOCAL_AS, value)));
    expect(sent).toEqual([bare, ours, foreign]);
  });
});

test("each role has one counterpart, whose counterpart it is", () => {
  for (const role of BGP_ROLES) expect(counterpartRole(counterpartRole(role))).toBe(role);
  expect(BGP_ROLES.map(counterpartRole)).toEqual([
    "customer",
    "route-server-client",
    "route-server",
    "provider",
    "peer",
  ]);
});
