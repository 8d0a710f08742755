import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingServers } from "./config.ts";
import { ConfigPair, PROJECT } from "./config-pair.ts";
import { START_MS, upServers } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: several configuration nodes ${missing}\n`);

const ROUNDS = 6;
const RACES = 8;
const MEMBERS = 20;
/** Addresses for machines in a subnet of 16: not the network's, the broadcast's, the gateway's and the service's. */
const FREE_ADDRESSES = 12;

describe.skipIf(missing !== undefined)("two configuration nodes on one keyspace", () => {
  let pair: ConfigPair;

  beforeAll(async () => {
    const servers = { ...(await upServers("cassandra")), kafkaBrokers: (await upServers("kafka")).kafkaBrokers };
    pair = await ConfigPair.start(servers, `pair_${process.pid}`);
  }, 2 * START_MS);

  afterAll(() => pair?.stop(), START_MS);

  test("that were started at once have made what every cloud has once", async () => {
    for (const node of [0, 1]) {
      expect((await pair.list(node, "domain")).length).toBe(1);
      expect((await pair.list(node, "virtual-network")).length).toBe(4);
    }
  });

  test("what one made the other at once reads, names, refers to, lists, changes and removes", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [one, other] = [round, round + 1];
      const fqName = [...PROJECT, `n${round % 2}`];
      const network = await pair.create(one, "virtual-network", fqName);
      expect(await pair.json(other, "POST", "/fqname-to-id", { type: "virtual-network", fq_name: fqName })).toEqual({
        uuid: network,
      });
      const refs = { parent_type: "project", virtual_network_refs: [{ to: fqName }] };
      const port = await pair.create(other, "virtual-machine-interface", [...PROJECT, `p${round}`], refs);
      expect(await pair.list(one, "virtual-machine-interface")).toContain(port);
      const seen = await pair.read(one, "virtual-network", network);
      expect((seen.virtual_machine_interface_back_refs as { uuid: string }[]).map(({ uuid }) => uuid)).toEqual([port]);
      const named = { "virtual-network": { display_name: `round ${round}` } };
      await pair.json(other, "PUT", `/virtual-network/${network}`, named);
      expect((await pair.read(one, "virtual-network", network)).display_name).toBe(`round ${round}`);
      expect((await pair.call(one, "DELETE", `/virtual-network/${network}`)).status).toBe(409);
      await pair.json(one, "DELETE", `/virtual-machine-interface/${port}`);
      expect((await pair.call(other, "GET", `/virtual-machine-interface/${port}`)).status).toBe(404);
      expect(await pair.list(other, "virtual-machine-interface")).not.toContain(port);
      await pair.json(other, "DELETE", `/virtual-network/${network}`);
      expect((await pair.call(one, "GET", `/virtual-network/${network}`)).status).toBe(404);
      expect((await pair.call(one, "DELETE", `/virtual-network/${network}`)).status).toBe(404);
    }
  });

  test("a name that was given up at one node is free at the other, and leads to its new object", async () => {
    const fqName = [...PROJECT, "again"];
    for (let round = 0; round < ROUNDS; round++) {
      const uuid = await pair.create(round, "security-group", fqName);
      const taken = await pair.call(round + 1, "POST", "/security-groups", { "security-group": { fq_name: fqName } });
      expect([taken.status, taken.text.includes(uuid)]).toEqual([409, true]);
      await pair.json(round + 1, "DELETE", `/security-group/${uuid}`);
    }
  });

  test("an ETag of before another node's change is refused with 412, and the newest one is not", async () => {
    const uuid = await pair.create(0, "security-group", [...PROJECT, "tagged"]);
    const tag = async (node: number) =>
      (await pair.call(node, "GET", `/security-group/${uuid}`)).headers.get("etag") ?? "";
    const put = (node: number, text: string, ifMatch: string) =>
      pair.call(
        node,
        "PUT",
        `/security-group/${uuid}`,
        { "security-group": { display_name: text } },
        { "if-match": ifMatch },
      );
    for (let round = 0; round < ROUNDS; round++) {
      const before = await tag(round);
      expect((await put(round + 1, `changed ${round}`, before)).status).toBe(200);
      expect((await put(round, `late ${round}`, before)).status).toBe(412);
      expect((await put(round, `again ${round}`, await tag(round))).status).toBe(200);
    }
  });

  test("what is put back to an earlier value at another node is put back", async () => {
    const uuid = await pair.create(0, "security-group", [...PROJECT, "flip"]);
    const put = (node: number, text: string) =>
      pair.json(node, "PUT", `/security-group/${uuid}`, { "security-group": { display_name: text } });
    for (let round = 0; round < ROUNDS; round++) {
      await put(0, "a");
      await put(1, "b");
      await put(0, "a");
      expect((await pair.read(1, "security-group", uuid)).display_name).toBe("a");
    }
  });

  test("twenty elements that are added at both nodes at once are all there", async () => {
    const uuid = await pair.create(0, "virtual-machine-interface", [...PROJECT, "bindings"], {
      parent_type: "project",
      virtual_network_refs: [{ to: [...PROJECT, "default-virtual-network"] }],
    });
    const field = "virtual_machine_interface_bindings";
    await Promise.all(
      Array.from({ length: MEMBERS }, (_, index) => {
        const update = { field, operation: "set", value: { key: `k${index}`, value: "v" } };
        return pair.json(index, "POST", "/prop-collection-update", { uuid, updates: [update] });
      }),
    );
    const shown = await pair.read(1, "virtual-machine-interface", uuid);
    expect((shown[field] as { key_value_pair: unknown[] }).key_value_pair.length).toBe(MEMBERS);
  });

  test("of a child that one node makes and its parent that the other removes one stays, never the child alone", async () => {
    const kept = { parent: 0, child: 0 };
    for (let race = 0; race < RACES; race++) {
      const fqName = [...PROJECT, `raced${race}`];
      const parent = await pair.create(race, "virtual-network", fqName);
      const child = { "floating-ip-pool": { fq_name: [...fqName, "pool"], parent_type: "virtual-network" } };
      const [made, removed] = await Promise.all([
        pair.call(race + 1, "POST", "/floating-ip-pools", child),
        pair.call(race, "DELETE", `/virtual-network/${parent}`),
      ]);
      const isThere = (await pair.call(race + 1, "GET", `/virtual-network/${parent}`)).status === 200;
      const outcome = `${made.status} ${removed.status} ${isThere}`;
      expect(["200 409 true", "400 200 false"], `${outcome}: ${made.text} ${removed.text}`).toContain(outcome);
      kept[isThere ? "child" : "parent"]++;
    }
    process.stderr.write(
      `several nodes: of ${RACES} races ${kept.child} kept the child, ${kept.parent} removed the parent\n`,
    );
  });

  test("addresses are given once, all of them, and come back when an object goes at another node", async () => {
    const ipam_subnets = [{ subnet: { ip_prefix: "10.1.0.0", ip_prefix_len: 28 } }];
    const network_ipam_refs = [{ to: [...PROJECT, "default-network-ipam"], attr: { ipam_subnets } }];
    const network = await pair.create(0, "virtual-network", [...PROJECT, "addressed"], { network_ipam_refs });
    const virtual_network_refs = [{ uuid: network, to: [...PROJECT, "addressed"] }];
    const body = (name: string) => ({ "instance-ip": { fq_name: [name], virtual_network_refs } });
    const ask = (count: number, mark: string) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => pair.call(index, "POST", "/instance-ips", body(`${mark}${index}`))),
      );
    const uuidOf = ({ text }: { text: string }) =>
      (JSON.parse(text) as { "instance-ip": { uuid: string } })["instance-ip"].uuid;
    for (const mark of ["first", "second"]) {
      const answers = await ask(FREE_ADDRESSES + 4, mark);
      const made = answers.filter(({ status }) => status === 200).map(uuidOf);
      const refused = answers.filter(({ status }) => status !== 200);
      expect(
        refused.map(({ status }) => status),
        refused[0]?.text,
      ).toEqual([409, 409, 409, 409]);
      const given = await Promise.all(made.map((uuid, index) => pair.read(index, "instance-ip", uuid)));
      expect(new Set(given.map(({ instance_ip_address }) => instance_ip_address)).size).toBe(FREE_ADDRESSES);
      await Promise.all(made.map((uuid, index) => pair.json(index + 1, "DELETE", `/instance-ip/${uuid}`)));
    }
  });

  test("one creation that is sent to both nodes under one uuid makes one object with one number", async () => {
    for (let race = 0; race < RACES; race++) {
      const uuid = `00000000-0000-4000-8000-0000000000${String(race).padStart(2, "0")}`;
      const body = { "security-group": { fq_name: [...PROJECT, `twice${race}`], uuid } };
      const answers = await Promise.all([0, 1].map((node) => pair.call(node, "POST", "/security-groups", body)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    }
    const groups = await Promise.all(
      (await pair.list(0, "security-group")).map((uuid) => pair.read(1, "security-group", uuid)),
    );
    expect(new Set(groups.map(({ security_group_id }) => security_group_id)).size).toBe(groups.length);
  });
});
