import type { JsonObject } from "@contrail/schema";
import { expect, expectTypeOf, test } from "vitest";
import type { VirtualNetwork } from "./gen/objects.ts";
import type {
  FieldName,
  LinkAttribute,
  LinkTarget,
  NewObject,
  ObjectTypeName,
  StoredObject,
  TypeName,
} from "./object-shapes.ts";
import { VncClient } from "./vnc-client.ts";

// What tsc checks of this file is the test: none of these functions is run.
const client = new VncClient({ socketPath: "/nowhere" });
const NETWORK = { type: "virtual-network", uuid: "u1" } as const;

test("a read is typed by the object type's name, down to attributes of references", () => {
  expectTypeOf<StoredObject<"virtual-network">["mtu"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<NonNullable<StoredObject<"virtual-network">["id_perms"]>["enable"]>().toEqualTypeOf<
    boolean | undefined
  >();
  const gateways = async () => {
    const { network_ipam_refs = [] } = await client.read("virtual-network", "u1");
    return network_ipam_refs.map(({ attr }) => attr?.ipam_subnets?.[0]?.default_gateway);
  };
  expectTypeOf<NonNullable<StoredObject<"instance-ip">["virtual_network_refs"]>[number]["uuid"]>().toBeString();
  expectTypeOf(gateways).returns.resolves.toEqualTypeOf<(string | undefined)[]>();
});

test("a type that is known only at run time gives plain JSON objects", () => {
  const read = (type: string) => client.read(type, "u1");
  expectTypeOf(read).returns.resolves.toEqualTypeOf<JsonObject>();
});

test("every stored object is a JSON object, so that unknown fields can be reached", () => {
  expectTypeOf<StoredObject<"virtual-network">>().toExtend<JsonObject>();
  expectTypeOf<StoredObject<"virtual-machine-interface">>().toExtend<JsonObject>();
});

test("a name that is no type's, and a link that is none, have no type at all", () => {
  expectTypeOf<TypeName<"virtual-netwrok">>().toBeNever();
  expectTypeOf<TypeName<"virtual-network">>().toEqualTypeOf<"virtual-network">();
  expectTypeOf<LinkTarget<"virtual-network", "domain">>().toBeNever();
  expectTypeOf<LinkTarget<"virtual-network", "network-policy">>().toEqualTypeOf<"network-policy">();
});

test("wrong keys, values, parents, attributes and fields do not fit", () => {
  type Network = NewObject<"virtual-network">;
  expectTypeOf<"mtuu">().not.toExtend<keyof Network>();
  expectTypeOf<{ readonly mtu: 1400 }>().not.toExtend<Network>();
  expectTypeOf<{ readonly fq_name: string[]; readonly mtu: string }>().not.toExtend<Network>();
  expectTypeOf<{ readonly fq_name: string[]; readonly parent_type: "domain" }>().not.toExtend<Network>();
  expectTypeOf<{ readonly fq_name: string[]; readonly parent_type: "project" }>().toExtend<Network>();
  type Attribute = LinkAttribute<"virtual-network", "network-policy">;
  expectTypeOf<{ readonly sequence: string }>().not.toExtend<Attribute>();
  expectTypeOf<{ readonly sequence: { readonly major: number } }>().toExtend<Attribute>();
  expectTypeOf<"instance_ip_address">().not.toExtend<FieldName<"virtual-network">>();
});

test("what is right is taken: null clears, names of all types are one union", () => {
  const right = () => [
    client.update("virtual-network", "u1", { mtu: null, network_policy_refs: [] }),
    client.create("virtual-machine", { fq_name: ["d", "p", "m"], parent_type: "project" }),
    client.updateReference("DELETE", NETWORK, { type: "network-policy", uuid: "2" }),
    client.pages("virtual-network", ["mtu", "instance_ip_back_refs"]),
  ];
  expect(right).toBeTypeOf("function");
  expectTypeOf<"virtual-DNS-record">().toExtend<ObjectTypeName>();
  expectTypeOf<VirtualNetwork["router_external"]>().toEqualTypeOf<boolean | undefined>();
});
