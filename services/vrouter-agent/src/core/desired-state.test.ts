import type { RowDelta } from "@contrail/forwarding";
import { parseInetAddress } from "@contrail/net";
import { describe, expect, test } from "vitest";
import {
  acl,
  HOST,
  inputs,
  interfaceUuid,
  machine,
  network,
  object,
  port,
  rule,
  securityGroup,
  stateOf,
} from "./agent-world.model.ts";
import { desiredState } from "./desired-state.ts";
import { LocalNumbers } from "./local-numbers.ts";
import { RouteTables } from "./route-tables.ts";

type RowOf<K extends RowDelta["kind"]> = Extract<RowDelta, { kind: K }>["row"];

function rowsOf<K extends RowDelta["kind"]>(rows: readonly RowDelta[], kind: K): RowOf<K>[] {
  // The kind tells the row's type.
  return rows.flatMap((delta) => (delta.kind === kind ? [delta.row as RowOf<K>] : []));
}

const REMOTE = 0xac1e0202;
const INSTANCE = "default-domain:tenant:vn0:vn0";

function withRoutes(nextHops: { address: number; label: number; encapsulations?: number[] }[], address = "10.0.0.99") {
  const routes = new RouteTables();
  routes.sessionUp("c1");
  const hops = nextHops.map((hop) => ({ encapsulations: [13], groups: [8_000_001], networkId: 1, ...hop }));
  routes.update("c1", INSTANCE, [{ address: parseInetAddress(address) ?? 0, length: 32, nextHops: hops }], []);
  return desiredState(inputs([...network(0), ...machine(0, 0)], [port(0)], { routes }));
}

describe("a port waits", () => {
  const all = [...network(0), ...securityGroup(1), ...machine(0, 0, [1])];
  const without = (...types: string[]) =>
    stateOf(
      all.filter(({ type }) => !types.includes(type)),
      [port(0)],
    );
  test.each(["virtual-machine-interface", "virtual-network", "routing-instance", "instance-ip", "security-group"])(
    "for its %s, and gives no rows until then",
    (type) => {
      const state = without(type);
      expect(state.ports[0]?.waitsFor).toBe(type);
      expect(state.rows.map(({ kind }) => kind)).toEqual(["settings"]);
    },
  );

  test("not for anything else", () => {
    expect(stateOf(all, [port(0)]).ports[0]).toMatchObject({ waitsFor: undefined, interfaceId: 1, label: 16 });
  });

  test("while it is disabled", () => {
    expect(stateOf(all, [port(0, { "link-state": "down" })]).ports[0]?.waitsFor).toBe("enable-port");
  });

  test("while another port has its device: the one of the lower id keeps it, in whatever order they came", () => {
    const objects = [...all, ...machine(1, 0)];
    const ports = [port(1, { "system-name": "tap0" }), port(0)];
    for (const order of [ports, ports.toReversed()]) {
      expect(stateOf(objects, order).ports.map(({ waitsFor }) => waitsFor)).toEqual([
        undefined,
        `device tap0, which port ${interfaceUuid(0)} has`,
      ]);
    }
  });

  test.each(["eth0", "pkt0", "lo"])("for a machine's device where it names %s, which is the host's", (device) => {
    const state = stateOf(all, [port(0, { "system-name": device })]);
    expect(state.ports[0]?.waitsFor).toBe(`a machine's device: ${device} is the host's own`);
    expect(state.rows.map(({ kind }) => kind)).toEqual(["settings"]);
  });

  test("where the host has no number left; the others go on", () => {
    const saved = Object.fromEntries(Array.from({ length: 4_350 }, (_, index) => [`old${index}`, index + 1]));
    const numbers = new LocalNumbers({ interface: saved });
    const objects = [...network(0), ...machine(0, 0), ...machine(1, 0)];
    const { ports } = desiredState(inputs(objects, [port(0), port(1)], { numbers }));
    expect(ports.map(({ interfaceId }) => interfaceId)).toEqual([4_351, undefined]);
    expect(ports[1]?.waitsFor).toContain("too many ports");
  });
});

describe("rows of a port", () => {
  const { rows } = stateOf([...network(0), ...securityGroup(1), ...machine(0, 0, [1])], [port(0)]);

  test("its interface takes the machine's MTU from the underlay's, less 50", () => {
    expect(rowsOf(rows, "interface")).toMatchObject([
      { id: 1, device: "tap0", network: 1, mtuBytes: 1_450, networkAcl: 0 },
    ]);
  });

  test("it may send from its own address only, and from its allowed pairs", () => {
    const [vmi] = machine(0, 0).filter(({ type }) => type === "virtual-machine-interface");
    const pairs = { allowed_address_pair: [{ ip: { ip_prefix: "10.0.0.64", ip_prefix_len: 28 }, mac: "" }, null, {}] };
    const properties = { ...vmi?.properties, virtual_machine_interface_allowed_address_pairs: pairs };
    const changed = object("virtual-machine-interface", interfaceUuid(0), { ...vmi, properties, revision: 2n });
    const sources = rowsOf(stateOf([...network(0), ...machine(0, 0), changed], [port(0)]).rows, "interface-address");
    expect(sources.map(({ prefix }) => `${prefix.address - 0x0a000000}/${prefix.length}`)).toEqual(["3/32", "64/28"]);
  });

  test("of more than 1,024 allowed pairs the rest is told and left out: a host's room for sources is everybody's", () => {
    const [vmi] = machine(0, 0).filter(({ type }) => type === "virtual-machine-interface");
    const pair = (index: number) => ({ ip: { ip_prefix: `10.9.${index >> 8}.${index & 255}`, ip_prefix_len: 32 } });
    const pairs = { allowed_address_pair: Array.from({ length: 1_100 }, (_, index) => pair(index)) };
    const properties = { ...vmi?.properties, virtual_machine_interface_allowed_address_pairs: pairs };
    const changed = object("virtual-machine-interface", interfaceUuid(0), { ...vmi, properties, revision: 2n });
    const state = stateOf([...network(0), ...machine(0, 0), changed], [port(0)]);
    expect(rowsOf(state.rows, "interface-address")).toHaveLength(1_025);
    expect(state.problems).toEqual([`port ${interfaceUuid(0)}: 1100 allowed address pairs, only 1024 are used`]);
  });

  test("its label leads to it; gateway addresses are punted", () => {
    const [hop] = rowsOf(rows, "next-hop").filter(({ action }) => action.kind === "interface");
    expect(rowsOf(rows, "label")).toEqual([{ label: 16, nextHop: hop?.id }]);
    const punt = rowsOf(rows, "next-hop").find(({ action }) => action.kind === "punt");
    expect(rowsOf(rows, "route").find(({ prefix }) => prefix.address === 0x0a000001)?.nextHop).toBe(punt?.id);
  });
});

describe("services of the host", () => {
  const [gateway, nameServer, metadata] = [0x0a000001, 0x0a000002, 0xa9fea9fe];
  const puntedOf = (state: ReturnType<typeof stateOf>): readonly number[] => {
    const punt = rowsOf(state.rows, "next-hop").find(({ action }) => action.kind === "punt");
    const routes = rowsOf(state.rows, "route").filter(({ nextHop }) => nextHop === punt?.id);
    return routes.map(({ prefix }) => prefix.address).sort((a, b) => a - b);
  };

  test("are at the gateway, the name server and 169.254.169.254, for the machine's first address", () => {
    const state = stateOf([...network(0), ...machine(0, 0)], [port(0)]);
    expect(rowsOf(state.rows, "interface")).toMatchObject([{ address: 0x0a000003, gateway, nameServer }]);
    expect(puntedOf(state)).toEqual([gateway, nameServer, metadata]);
  });

  test("give way to a machine that has the name server's address, whichever port comes first", () => {
    const taken = machine(1, 0).map((each) =>
      each.type === "instance-ip" ? { ...each, properties: { instance_ip_address: "10.0.0.2" } } : each,
    );
    for (const ports of [
      [port(0), port(1)],
      [port(1), port(0)],
    ]) {
      const state = stateOf([...network(0), ...machine(0, 0), ...taken], ports);
      expect(puntedOf(state)).toEqual([gateway, metadata]);
      expect(rowsOf(state.rows, "route").filter(({ prefix }) => prefix.address === nameServer)).toHaveLength(1);
    }
  });

  test("give way to another host's machine that has the name server's address, not the gateway's", () => {
    const routeTo = (address: string) => {
      const { rows } = withRoutes([{ address: REMOTE, label: 40 }], address);
      return rowsOf(rows, "route").find(({ prefix }) => prefix.address === parseInetAddress(address))?.label;
    };
    expect([routeTo("10.0.0.2"), routeTo("10.0.0.1")]).toEqual([40, 0]);
  });
});

describe("routes of other hosts", () => {
  test("lead into a tunnel, with endpoint, label, groups and network", () => {
    const { rows } = withRoutes([{ address: REMOTE, label: 40 }]);
    expect(rowsOf(rows, "tunnel-endpoint")).toEqual([{ address: REMOTE }]);
    expect(rowsOf(rows, "route").find(({ prefix }) => prefix.address === 0x0a000063)).toMatchObject({
      label: 40,
      originNetwork: 1,
    });
    expect(rowsOf(rows, "group-set")).toMatchObject([{ groups: [8_000_001] }]);
  });

  test("with two next hops are shared between them; more than 16 are cut", () => {
    const hops = Array.from({ length: 20 }, (_, index) => ({ address: REMOTE + index, label: 16 + index }));
    const ecmp = rowsOf(withRoutes(hops).rows, "next-hop").find(({ action }) => action.kind === "ecmp");
    expect(ecmp?.action.kind === "ecmp" && ecmp.action.members.length).toBe(16);
  });

  test("that lead here, speak another encapsulation, or stand for an address of ours are not used", () => {
    const count = (state: ReturnType<typeof withRoutes>) => rowsOf(state.rows, "route").length;
    const own = count(withRoutes([]));
    expect(count(withRoutes([{ address: HOST, label: 40 }]))).toBe(own);
    expect(count(withRoutes([{ address: REMOTE, label: 40, encapsulations: [8] }]))).toBe(own);
    const state = withRoutes([{ address: REMOTE, label: 40 }], "10.0.0.3");
    expect([count(state), rowsOf(state.rows, "tunnel-endpoint")]).toEqual([own, []]);
  });
});

describe("policy", () => {
  const attached = [...network(0, { policy: true }), ...machine(0, 0)];
  const networkAcl = (objects: Parameters<typeof stateOf>[0]) => {
    const state = stateOf(objects, [port(0)]);
    const [vif] = rowsOf(state.rows, "interface");
    return {
      ...state,
      id: vif?.networkAcl,
      rules: rowsOf(state.rows, "acl").find(({ id }) => id === vif?.networkAcl)?.rules,
    };
  };

  test("a policy whose ACL is not there yet denies everything", () => {
    expect(networkAcl(attached)).toMatchObject({ id: 1, rules: [] });
  });

  test("a policy that cannot be compiled denies everything, and says so", () => {
    const broken = acl("a", "virtual-network", "vn0", "vn0", [rule(), rule({ protocol: "carrier-pigeon" })]);
    const { rules, problems } = networkAcl([...attached, broken]);
    expect(rules).toEqual([]);
    expect(problems).toEqual([expect.stringContaining("carrier-pigeon")]);
  });

  test("a policy of more rules than a data plane holds denies everything", () => {
    const long = acl(
      "a",
      "virtual-network",
      "vn0",
      "vn0",
      Array.from({ length: 1_025 }, () => rule()),
    );
    expect(networkAcl([...attached, long]).rules).toEqual([]);
  });

  test("a group without its ACLs denies both ways", () => {
    const [group] = securityGroup(1);
    const state = stateOf([...network(0), ...machine(0, 0, [1]), ...(group === undefined ? [] : [group])], [port(0)]);
    const [vif] = rowsOf(state.rows, "interface");
    expect([vif?.ingressAcl, vif?.egressAcl]).not.toContain(0);
    expect(rowsOf(state.rows, "acl").map(({ rules }) => rules)).toEqual([[], []]);
  });

  test("more groups on an interface than a data plane holds leave its set out, and the problem is told", () => {
    const groups = Array.from({ length: 70 }, (_, index) => index);
    const objects = [...network(0), ...groups.flatMap((index) => securityGroup(index, [])), ...machine(0, 0, groups)];
    const state = stateOf(objects, [port(0)]);
    expect(rowsOf(state.rows, "group-set")).toEqual([]);
    expect(state.problems).toEqual([expect.stringContaining("more than 64 groups")]);
  });
});
