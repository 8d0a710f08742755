import { type JsonObject, objectTypes } from "@contrail/schema";
import type { FastifyInstance } from "fastify";
import { baseUrl } from "./context.ts";

/** Actions of the homepage: name, path, method (POST where none is given). */
const ACTIONS: readonly (readonly [string, string, string?])[] = [
  ["name-to-id", "/fqname-to-id"],
  ["id-to-name", "/id-to-fqname"],
  ["ref-update", "/ref-update"],
  ["ref-relax-for-delete", "/ref-relax-for-delete"],
  ["prop-collection-get", "/prop-collection-get", "GET"],
  ["prop-collection-update", "/prop-collection-update"],
  ["useragent-keyvalue", "/useragent-kv"],
  ["list-bulk-collection", "/list-bulk-collection"],
  ["virtual-network-ip-alloc", "/virtual-network/%s/ip-alloc"],
  ["virtual-network-ip-free", "/virtual-network/%s/ip-free"],
  ["virtual-network-subnet-ip-count", "/virtual-network/%s/subnet-ip-count"],
  ["obj-perms", "/obj-perms", "GET"],
  ["chown", "/chown"],
  ["chmod", "/chmod"],
  ["aaa-mode", "/aaa-mode", "GET"],
  ["obj-cache", "/obj-cache", "GET"],
  ["set-tag", "/set-tag"],
  ["security-policy-draft", "/security-policy-draft"],
  ["watch", "/watch", "GET"],
  ["db-check", "/db-check"],
  ["fetch-records", "/fetch-records"],
  ["start-profile", "/start-profile"],
  ["stop-profile", "/stop-profile"],
  ["execute-job", "/execute-job"],
  ["abort-job", "/abort-job"],
  ["amqp-publish", "/amqp-publish"],
  ["amqp-request", "/amqp-request"],
  ["hbs-get", "/hbs-get"],
];

/** GET /: every collection, object and action; clients learn the types from it. */
export function homepageRoutes(app: FastifyInstance): void {
  app.get("/", (request) => {
    const base = baseUrl(request);
    const link = (rel: string, path: string, name: string, method: string | null): JsonObject => ({
      link: { rel, href: base + path, name, method },
    });
    const types = objectTypes();
    return {
      href: base,
      links: [
        link("root", "/config-root", "config-root", null),
        ...types.map(({ name }) => link("collection", `/${name}s`, name, null)),
        ...types.map(({ name }) => link("resource-base", `/${name}`, name, null)),
        link("documentation", "/documentation", "documentation", "GET"),
        ...ACTIONS.map(([name, path, method = "POST"]) => link("action", path, name, method)),
      ],
    };
  });
}
