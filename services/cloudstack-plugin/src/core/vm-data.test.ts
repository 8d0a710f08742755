import { expect, test } from "vitest";
import type { NicPayload } from "./payload.ts";
import { machineData, withItems } from "./vm-data.ts";

const UUID = "ce20ad6b-e0e2-4e2e-94d9-059e5c732641";
const ITEMS = [
  { dir: "userdata", file: "user_data", content: "#cloud-config\n" },
  { dir: "metadata", file: "instance-id", content: UUID },
  { dir: "metadata", file: "public-keys", content: "ssh-rsa old" },
  { dir: "password", file: "vm_password", content: "secret" },
];
const NIC: NicPayload = {
  nic_id: "7",
  nic_uuid: undefined,
  mac: undefined,
  ip: undefined,
  hostname: undefined,
  default_nic: undefined,
  vm_data: undefined,
};

function contents(text: string): Readonly<Record<string, string>> {
  const items = JSON.parse(text) as readonly { dir: string; file: string; content: string }[]; // Written by machineData.
  return Object.fromEntries(
    items.map(({ dir, file, content }) => [`${dir}/${file}`, Buffer.from(content, "base64").toString()]),
  );
}

test("machine data tell the machine's uuid, and the password lies apart from the list", () => {
  const data = machineData(ITEMS);
  expect(data).toMatchObject({ machineUuid: UUID, password: "secret" });
  expect(Object.keys(contents(data.text))).toEqual([
    "metadata/instance-id",
    "metadata/public-keys",
    "userdata/user_data",
  ]);
});

test("the order in which items come changes nothing", () => {
  expect(machineData(ITEMS.toReversed())).toEqual(machineData(ITEMS));
});

test("new user data and a new key take the place of the old ones, the rest stays", () => {
  const before = machineData(ITEMS).text;
  const after = withItems(withItems(before, { ...NIC, userdata: "ü" }), { ...NIC, sshkey: "ssh-rsa new" });
  expect(contents(after)).toEqual({
    "metadata/instance-id": UUID,
    "metadata/public-keys": "ssh-rsa new",
    "userdata/user_data": "ü",
  });
});

test("a set without a password says nothing of one, and a uuid that is none is none", () => {
  expect(machineData([{ dir: "metadata", file: "instance-id", content: "../x" }])).toMatchObject({
    password: undefined,
    machineUuid: undefined,
  });
});
