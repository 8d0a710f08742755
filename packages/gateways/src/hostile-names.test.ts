import { ContrailError } from "@contrail/errors";
import type { ConfigObject, JsonValue } from "@contrail/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderFrr } from "./frr.ts";
import { renderFrrInterfaces } from "./frr-interfaces.ts";
import { renderJunos } from "./junos.ts";
import { readGateway } from "./read-gateway.ts";
import { graphOf, instanceOf, plainWorld, WEB } from "./testing/gateway-objects.ts";

/** Characters that end lines, strings, words and comments somewhere, among others. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\n", "\r", "\u2028", '"', "'", ";", "{", "}", "!", "#", "`", "$", "\\", " ", "\t", "\0", ":", "/"),
    fc.constantFrom("a", "Z", "0", "-", "_", "é", "\u202e"),
    fc.constantFrom("\n exit\n", "\nset groups contrail system root-authentication x", "$(reboot)", "*/", "!\nexit"),
  ),
  maxLength: 40,
});

/** What a line may be made of once names are in it: nothing that ends it, and quotes in pairs. */
const FRR_LINE = /^(![A-Za-z0-9 .:_/;,-]*| !| neighbor [0-9.]+ password [!#-[\]-~]+|[A-Za-z0-9 .:_/-]*)$/;
const JUNOS_LINE =
  /^(set|delete) [A-Za-z0-9 .:_/-]+( description "[A-Za-z0-9.:_/-]*"| authentication-key "[!#-[\]-~]+")?$/;
const SHELL_LINE =
  /^(#!\/bin\/sh|set -eu|have\(\) \{.*\}|# [A-Za-z0-9.:_/ ;,-]*|(have|ip|sysctl) [A-Za-z0-9 .:_/|=-]+)?$/;

/** The lines with everything taken out that a name may have written. */
function skeleton(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => (line.startsWith("!") || line.startsWith("#") ? line.slice(0, 1) : line))
    .map((line) =>
      line.replace(/description .*/, "description").replaceAll(/contrail-(\d+)-[A-Za-z0-9-]*/g, "contrail-$1"),
    );
}

function texts(objects: readonly ConfigObject[], name: string) {
  const gateway = readGateway(graphOf(objects), name);
  return {
    frr: renderFrr(gateway, { secrets: true, mainTable: gateway.networks[0]?.name }),
    junos: renderJunos(gateway, { secrets: true }),
    shell: renderFrrInterfaces(gateway, undefined),
  };
}

function expectLines({ frr, junos, shell }: ReturnType<typeof texts>): void {
  expect(frr.split("\n").filter((line) => !FRR_LINE.test(line))).toEqual([]);
  const statements = junos.split("\n").slice(0, -1);
  expect(statements.filter((line) => !JUNOS_LINE.test(line))).toEqual([]);
  expect(shell.split("\n").filter((line) => !SHELL_LINE.test(line))).toEqual([]);
}

/** The plain world with another name for one of its networks and one of its control nodes. */
function renamed(name: string, node: string): readonly ConfigObject[] {
  const web = [...WEB.slice(0, -1), name];
  const names = new Map([
    [JSON.stringify(WEB), web],
    [JSON.stringify(instanceOf(WEB)), instanceOf(web)],
  ]);
  return plainWorld("frr").map((each) => {
    const fqName = names.get(JSON.stringify(each.fqName)) ?? each.fqName;
    const last = each.type === "bgp-router" && fqName.at(-1) === "control1" ? [...fqName.slice(0, -1), node] : fqName;
    return { ...each, fqName: last };
  });
}

test("whatever networks and routers are called, the lines are those of plain names", () => {
  const plain = texts(renamed("web", "control1"), "gw1");
  expectLines(plain);
  fc.assert(
    fc.property(nasty, nasty, (name, node) => {
      const hostile = texts(renamed(name, node), "gw1");
      expectLines(hostile);
      expect(skeleton(hostile.frr)).toEqual(skeleton(plain.frr));
      expect(skeleton(hostile.junos)).toEqual(skeleton(plain.junos));
      expect(skeleton(hostile.shell)).toEqual(skeleton(plain.shell));
    }),
    { numRuns: 1_000 },
  );
});

test("whatever stands in properties and references, there are lines of the usual form, or a refusal", () => {
  const value: fc.Arbitrary<JsonValue> = fc.oneof(
    nasty,
    fc.constantFrom(null, true, -1, 0, 1.5, 2 ** 40, [], {}),
    fc.nat(),
  );
  const where = fc.constantFrom("property", "parameter", "target", "subnet", "key");
  let refused = 0;
  let rendered = 0;
  fc.assert(
    fc.property(fc.nat(), where, fc.nat(), value, (at, place, index, given) => {
      const objects = [...plainWorld("frr", { auth_data: { key_type: "md5", key_items: [{ key: "k" }] } })];
      const chosen = objects[at % objects.length];
      if (chosen === undefined) return;
      objects[at % objects.length] = spoilt(chosen, place, index, given);
      try {
        expectLines(texts(objects, "gw1"));
        rendered++;
      } catch (reason) {
        if (!(reason instanceof ContrailError)) throw reason;
        expect(reason.code).toMatch(/^gateway\./);
        refused++;
      }
    }),
    { numRuns: 3_000 },
  );
  console.info(`spoilt configurations: ${rendered} rendered, ${refused} refused`);
  expect([refused > 0, rendered > 0]).toEqual([true, true]);
});

/** The object with one value in it replaced. */
function spoilt(object: ConfigObject, place: string, index: number, value: JsonValue): ConfigObject {
  const { properties, refs } = object;
  const entry = Object.keys(properties)[index % Math.max(1, Object.keys(properties).length)] ?? "x";
  const ref = refs[index % Math.max(1, refs.length)];
  switch (place) {
    case "parameter":
    case "key": {
      const given = (properties.bgp_router_parameters ?? {}) as Record<string, JsonValue>; // Of these tests.
      const name = Object.keys(given)[index % Math.max(1, Object.keys(given).length)] ?? "x";
      const more = place === "key" ? { auth_data: { key_items: [{ key: value }] } } : { [name]: value };
      return { ...object, properties: { ...properties, bgp_router_parameters: { ...given, ...more } } };
    }
    case "target":
      return ref === undefined ? object : { ...object, refs: [...refs, { ...ref, toFqName: [String(value)] }] };
    case "subnet":
      return ref === undefined
        ? object
        : { ...object, refs: [{ ...ref, attr: { ipam_subnets: [{ subnet: value }, value] } }] };
    default:
      return { ...object, properties: { ...properties, [entry]: value } };
  }
}
