import { expect, test } from "vitest";
import { HeldConfiguration } from "../testing/held-configuration.ts";
import { readCloudNetwork, readDomain } from "./cloud.ts";
import { diffCloud } from "./reconcile/cloud-diff.ts";
import { systemOwner, withSystemOwners } from "./system-owner.ts";

const ROOT = "79e0ac27-e7ac-11f1-a3d5-02fc00000001";
const BELOW = "00000064-0000-4000-8000-000000000002";

/** As listNetworks answers of an implemented network. */
function listed(id: string, more: object) {
  return readCloudNetwork({
    ...{ id, name: "of all", state: "Implemented", cidr: "10.30.0.0/24", gateway: "10.30.0.1" },
    ...{ broadcasturi: "lswitch:cs-net-215", domainid: ROOT, domainpath: "ROOT", service: [], ...more },
  });
}

const SHARED = listed("0000006e-0000-4000-8000-000000000001", { account: "system", acltype: "Domain" });

test("a shared network of the whole cloud is the project system's of the root, with its name", () => {
  const held = new HeldConfiguration();
  const cloud = {
    domains: [readDomain({ id: ROOT, path: "ROOT" })],
    owners: withSystemOwners([], [SHARED]),
    networks: [SHARED],
    ...{ nics: [], system: [], unknown: [], missing: [] },
  };
  const before = { ...diffCloud(cloud, held.snapshot()) };
  expect(before.owners).toMatchObject([{ action: "create", type: "project", name: "system" }]);
  expect(before.networks).toMatchObject([{ findings: [{ action: "create", name: "of all" }] }]);
  for (const write of before.owners.flatMap(({ writes }) => writes)) held.write(write);
  expect(held.list("project")).toMatchObject([
    { fq_name: ["default-domain", "system"], uuid: "79e0ac27-e7ac-81f1-a3d5-02fc00000001" },
  ]);
});

test("a tenant's account that is called system has its own networks only, and not those of its domain", () => {
  const [own, shared] = [
    listed("0000006e-0000-4000-8000-000000000002", { account: "system", acltype: "Account", domainid: BELOW }),
    listed("0000006e-0000-4000-8000-000000000003", { account: "system", acltype: "Domain", domainid: BELOW }),
  ];
  expect(systemOwner(own)).toBeUndefined();
  expect(systemOwner(shared)).toMatchObject({ uuid: "00000064-0000-8000-8000-000000000002", domain: { uuid: BELOW } });
});

test("an owner of several shared networks is one", () => {
  const other = listed("0000006e-0000-4000-8000-000000000004", { account: "system", acltype: "Domain" });
  expect(withSystemOwners([], [SHARED, other])).toHaveLength(1);
});
