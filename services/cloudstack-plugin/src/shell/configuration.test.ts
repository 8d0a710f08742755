import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { systemClock } from "@contrail/runtime";
import type { JsonObject } from "@contrail/schema";
import { expect, test } from "vitest";
import { type AnnotationChange, annotated, KEYS } from "../core/annotations.ts";
import { HeldConfiguration } from "../testing/held-configuration.ts";
import { HeldVnc } from "../testing/held-vnc.ts";
import { Configuration } from "./configuration.ts";

const [A, B] = ["0000006e-0000-4000-8000-00000000000a", "0000006e-0000-4000-8000-00000000000b"];

/** A configuration in memory, its networks by number and CloudStack's uuid; the objects' own uuids are others where not said. */
function world() {
  let nowMs = 0;
  const clock: Clock = {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer: () => ({ cancel: () => undefined }),
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
  };
  const held = new HeldConfiguration();
  const calls: string[] = [];
  const vnc = new (class extends HeldVnc {
    override call(method: string, path: string, body: JsonObject = {}): Promise<JsonObject> {
      calls.push(`${method} ${path.replace(/[?].*count=true.*/, " counted").replace(/[?].*/, " listed")}`);
      return super.call(method, path, body);
    }
  })(held);
  const configuration = new Configuration(vnc, clock);
  const make = (number: string, cloudUuid: string | undefined, uuid?: string): string => {
    const annotations: AnnotationChange = { [KEYS.networkId]: number, [KEYS.networkUuid]: cloudUuid };
    return held.create("virtual-network", {
      ...(uuid === undefined ? {} : { uuid }),
      fq_name: ["default-domain", "alice", `${number} ${cloudUuid} ${uuid}`],
      annotations: annotated(new Map(), annotations),
    });
  };
  const found = async (number: string, cloudUuid?: string) => {
    const { network, former } = await configuration.readWhole(number, cloudUuid);
    return [network?.uuid, former?.uuid];
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { held, configuration, make, found, pass, calls };
}

test("without a uuid the network of the number is found, whose ever it is", async () => {
  const { make, found } = world();
  const one = make("208", A);
  expect(await found("208")).toEqual([one, undefined]);
  expect(await found("209")).toEqual([undefined, undefined]);
});

test("a network is found by CloudStack's uuid under whatever number and uuid of its own, beside the one of its number", async () => {
  const { make, found } = world();
  const adopted = make("208-x", A);
  const other = make("208", B);
  expect(await found("208", A)).toEqual([adopted, other]);
  expect(await found("208", B)).toEqual([other, undefined]);
});

test("the network of the number is another's where CloudStack's uuid is another", async () => {
  const { make, found } = world();
  const other = make("208", A);
  expect(await found("208", B)).toEqual([undefined, other]);
});

test("a provisional network is found by its number only where none has the uuid", async () => {
  const { make, found, pass } = world();
  const provisional = make("208", undefined);
  expect(await found("208", A)).toEqual([provisional, undefined]);
  const own = make("208-x", A);
  pass(1_000);
  expect(await found("208", A)).toEqual([own, provisional]);
});

test.each([
  ["that has the uuid itself, made first", [A, undefined], A],
  ["that has the uuid itself, made last", [undefined, A], A],
])("of two networks of one uuid it is always the one %s", async (_which, uuids, wanted) => {
  const { make, found } = world();
  for (const [index, uuid] of uuids.entries()) make(`208${"-x".repeat(index)}`, A, uuid);
  expect((await found("300", A))[0]).toBe(wanted);
});

test("of two networks of one uuid that neither has itself it is always the same one, also when the other was changed last", async () => {
  const { configuration, make, found, pass } = world();
  const [first, second] = [make("208", A), make("208-x", A)];
  expect((await found("208", A))[0]).toBe(first);
  const annotations = annotated(new Map(), { [KEYS.networkId]: "208-y", [KEYS.networkUuid]: A });
  await configuration.write([{ kind: "update", type: "virtual-network", uuid: second, change: { annotations } }]);
  expect((await found("208", A))[0]).toBe(first);
  pass(5_000);
  expect((await found("208", A))[0]).toBe(first);
});

test("where one of two networks of a uuid goes the other one is it at once", async () => {
  const { configuration, make, found } = world();
  const [first, second] = [make("208", A), make("208-x", A)];
  expect((await found("208", A))[0]).toBe(first);
  await configuration.write([{ kind: "remove", type: "virtual-network", uuid: first, unlessUsed: false }]);
  expect((await found("208", A))[0]).toBe(second);
});

test("a network that is gone is looked for again under its uuid", async () => {
  const { held, make, found, pass } = world();
  const before = make("208", A);
  expect((await found("208", A))[0]).toBe(before);
  held.write({ kind: "remove", type: "virtual-network", uuid: before, unlessUsed: false });
  const after = make("208", A, A);
  pass(1_000);
  expect((await found("208", A))[0]).toBe(after);
});

test("a network of others with CloudStack's uuid among its annotations is none of CloudStack's", async () => {
  const { held, found } = world();
  held.create("virtual-network", {
    fq_name: ["default-domain", "alice", "theirs"],
    annotations: annotated(new Map(), { [KEYS.networkUuid]: A }),
  });
  expect(await found("208", A)).toEqual([undefined, undefined]);
});

test("of a cloud of many networks all are read once; a new one, and one that goes, costs but a count", async () => {
  const { configuration, make, found, pass, calls } = world();
  for (let number = 1_000; number < 1_200; number++) make(String(number), undefined);
  await found("1000");
  const lists = (): number => calls.filter((call) => call === "GET /virtual-networks listed").length;
  expect(lists()).toBe(1);
  calls.length = 0;
  for (let number = 1; number <= 20; number++) {
    pass(5_000);
    const cloudUuid = `0000006e-0000-4000-8000-${String(number).padStart(12, "0")}`;
    expect(await found(String(number), cloudUuid)).toEqual([undefined, undefined]);
    const annotations = annotated(new Map(), { [KEYS.networkId]: String(number), [KEYS.networkUuid]: cloudUuid });
    const object = { uuid: cloudUuid, fq_name: ["default-domain", "alice", `n${number}`], annotations };
    await configuration.write([{ kind: "create", type: "virtual-network", object }]);
    expect((await found(String(number), cloudUuid))[0]).toBe(cloudUuid);
    pass(5_000);
    await configuration.write([{ kind: "remove", type: "virtual-network", uuid: cloudUuid, unlessUsed: false }]);
    expect(await found(String(number), cloudUuid)).toEqual([undefined, undefined]);
  }
  expect(lists()).toBe(0);
  expect(calls.filter((call) => call === "GET /virtual-networks counted")).toHaveLength(40);
});

test("ports whose answer would be too large are asked for in pieces, each once, until one alone is too large", async () => {
  const held = new HeldConfiguration();
  const uuids = Array.from(
    { length: 1_203 },
    (_, index) => `0000006e-0000-4000-8000-${String(index).padStart(12, "0")}`,
  );
  for (const uuid of uuids) held.create("virtual-machine", { uuid, fq_name: [uuid] });
  let most = 30;
  const vnc = new (class extends HeldVnc {
    override call(method: string, path: string, body: JsonObject = {}): Promise<JsonObject> {
      if (((body.obj_uuids as readonly string[] | undefined) ?? []).length > most)
        return Promise.reject(new ContrailError("vnc.too_large", "the answer is too large"));
      return super.call(method, path, body);
    }
  })(held);
  const configuration = new Configuration(vnc, systemClock);
  expect([...(await configuration.machinesThere(uuids)).keys()]).toEqual(uuids);
  most = 0;
  await expect(configuration.machinesThere(uuids)).rejects.toMatchObject({ code: "vnc.too_large" });
});
