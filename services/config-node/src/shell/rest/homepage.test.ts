import type { JsonObject } from "@contrail/schema";
import { objectTypes } from "@contrail/schema";
import { expect, test } from "vitest";
import { useNode } from "../../testing/running-node.ts";

interface Homepage {
  readonly href: string;
  readonly links: readonly { readonly link: Link }[];
}

interface Link {
  readonly rel: string;
  readonly href: string;
  readonly name: string;
  readonly method: string | null;
}

const node = useNode();

async function homepage(headers: Record<string, string> = {}): Promise<Homepage> {
  return JSON.parse((await node.call("GET", "/", undefined, headers)).text) as Homepage;
}

test("the homepage shows every type as a collection and as a resource, without a method", async () => {
  const { links } = await homepage();
  const of = (rel: string): Link[] => links.map(({ link }) => link).filter((link) => link.rel === rel);
  const names = objectTypes().map(({ name }) => name);
  expect(of("collection").map(({ name }) => name)).toEqual(names);
  expect(of("resource-base").map(({ name }) => name)).toEqual(names);
  for (const { name, href, method } of of("collection")) {
    expect([href, method]).toEqual([`${node.base}/${name}s`, null]);
  }
  expect(of("root")).toEqual([{ rel: "root", href: `${node.base}/config-root`, name: "config-root", method: null }]);
});

test("every href begins with that of the homepage, which is the address that the client used", async () => {
  const { href, links } = await homepage();
  expect(href).toBe(node.base);
  for (const { link } of links) expect(link.href.startsWith(`${href}/`), link.href).toBe(true);
});

test("every action is served where the homepage says, by its method", async () => {
  const { links } = await homepage();
  const actions = links.map(({ link }) => link).filter(({ rel }) => rel === "action");
  expect(actions.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "name-to-id",
      "id-to-name",
      "ref-update",
      "ref-relax-for-delete",
      "prop-collection-get",
      "prop-collection-update",
      "useragent-keyvalue",
      "list-bulk-collection",
      "virtual-network-ip-alloc",
      "virtual-network-ip-free",
      "virtual-network-subnet-ip-count",
      "aaa-mode",
      "obj-perms",
      "chown",
      "chmod",
    ]),
  );
  for (const { name, href, method } of actions) {
    const body = method === "POST" ? ({} as JsonObject) : undefined;
    const { text } = await node.call(method ?? "", href.slice(node.base.length), body);
    expect(text, `${name} ${href}`).not.toMatch(/^Not found/);
  }
});

test("an address of a network's action holds %s where the uuid goes", async () => {
  const { links } = await homepage();
  const alloc = links.find(({ link }) => link.name === "virtual-network-ip-alloc");
  expect(alloc?.link.href).toBe(`${node.base}/virtual-network/%s/ip-alloc`);
});
