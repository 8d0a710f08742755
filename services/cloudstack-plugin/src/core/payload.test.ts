import { ContrailError } from "@contrail/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { networkNumber, readNetwork, readNic, readRestoreData, requireFields } from "./payload.ts";

function file(payload: unknown): string {
  return JSON.stringify({ "physical-network-extension-details": {}, payload });
}

/** The refusal of a text; undefined where it is read. */
function refusal(read: () => unknown): ContrailError | undefined {
  try {
    read();
    return undefined;
  } catch (reason) {
    return ContrailError.from(reason);
  }
}

const NIC = { network_id: "208", nic_id: "7", mac: "02:02:00:D0:00:01", ip: "10.1.1.249" };

test("a value that CloudStack has not is an empty text, and is none", () => {
  expect(readNic(file({ ...NIC, ip: "", hostname: "" }))).toMatchObject({ ip: undefined, hostname: undefined });
});

test("a MAC address and a uuid are read in lower case, a boolean as text or as itself", () => {
  const read = readNic(file({ ...NIC, nic_uuid: "C3E236CD-BBF0-4712-ACE5-9B8CC0A97765", default_nic: "true" }));
  expect(read).toMatchObject({ mac: "02:02:00:d0:00:01", nic_uuid: "c3e236cd-bbf0-4712-ace5-9b8cc0a97765" });
  expect(read.default_nic).toBe(true);
});

test("a VPC's payload names no network", () => {
  expect(networkNumber(file({ vpc_id: "1" }))).toBeUndefined();
});

test.each([
  ["no JSON", "{"],
  ["a list", "[]"],
  ["no payload", "{}"],
  ["a key twice", '{"payload":{"network_id":"1","network_id":"2"}}'],
  ["a payload twice", '{"payload":{"network_id":"1"},"pay\\u006coad":{"network_id":"2"}}'],
  ["a prototype", '{"payload":{"__proto__":{"network_id":"1"}}}'],
  ["half a character in a name", '{"payload":{"network_id":"1","domain":"\\ud800"}}'],
  ["lists in lists", `{"payload":{"network_id":"1","x":${"[".repeat(100)}${"]".repeat(100)}}}`],
  ["a network number beyond what a number holds", '{"payload":{"network_id":1e400}}'],
  ["a network number with a fraction", '{"payload":{"network_id":1.5}}'],
  ["a network number of letters", file({ network_id: "../1" })],
  ["a network number of 20 digits", file({ network_id: "1".repeat(20) })],
  ["a prefix that is none", file({ network_id: "1", cidr: "10.1.1.0/99" })],
  ["a gateway with a command in it", file({ network_id: "1", gateway: "10.1.1.1;reboot" })],
  ["a domain with a line end", file({ network_id: "1", domain: "a\nb" })],
])("%s is refused", (_name, text) => {
  expect(refusal(() => readNetwork(text))?.code).toBe("cloudstack.bad_request");
});

test("a list of 4,097 machines is refused", () => {
  const vms = Array.from({ length: 4_097 }, () => ({ nic_uuid: "c3e236cd-bbf0-4712-ace5-9b8cc0a97765" }));
  expect(refusal(() => readRestoreData(file({ restore_data: { vms } })))?.code).toBe("cloudstack.bad_request");
});

test("no text of a refusal holds a value of the payload", () => {
  const secret = "hunter2hunter2";
  const texts = [
    `{"payload":{"password":"${secret}"`,
    file({ ...NIC, mac: secret }),
    file({ ...NIC, password: [secret] }),
    file({ ...NIC, default_nic: secret }),
    file({ ...NIC, vm_data: secret }),
  ];
  for (const text of texts) {
    const found = refusal(() => readNic(text));
    expect(found?.code, text).toBe("cloudstack.bad_request");
    expect(JSON.stringify([found?.message, found?.fields]), text).not.toContain(secret);
  }
});

test("whatever JSON comes, it is read or refused", () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (payload, restore) => {
      const text = file({ ...NIC, vm_data: payload, restore_data: restore });
      for (const read of [readNetwork, readNic, readRestoreData, networkNumber]) {
        const found = refusal(() => read(text));
        if (found === undefined) continue;
        refused++;
        expect(found.code).toBe("cloudstack.bad_request");
      }
    }),
  );
  expect(refused).toBeGreaterThan(0);
});

test.each([
  ["save-password", "nic_uuid, password"],
  ["add-dns-entry", "nic_uuid, hostname"],
] as const)("%s without what it is about is refused", (command, fields) => {
  const found = refusal(() => requireFields(command, readNic(file(NIC))));
  expect(found?.message).toBe(`the payload of ${command} has no ${fields}`);
});
