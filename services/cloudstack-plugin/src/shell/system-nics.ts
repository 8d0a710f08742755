import type { ApiObject, CloudStackClient } from "@contrail/cloudstack-api";
import { ContrailError } from "@contrail/errors";
import { sorted, type UnknownItem } from "../core/not-understood.ts";
import {
  type MissingList,
  readRouterNics,
  readSystemVmNics,
  type SystemNic,
  type SystemNics,
} from "../core/system-nics.ts";
import { ALL, everyScope, type Parameters } from "./scopes.ts";

const ROUTERS: Readonly<Record<string, string>> = {
  listRouters: "router",
  listInternalLoadBalancerVMs: "internalloadbalancervm",
};

/**
 * The NICs of virtual routers, internal load balancers and system VMs; networkUuid: of the first two kinds only those of
 * machines in this network. A server may lack such a command, and a role may not have it: that is told, not thrown.
 */
export async function readSystemNics(client: CloudStackClient, networkUuid?: string): Promise<SystemNics> {
  const nics: SystemNic[] = [];
  const unknown: UnknownItem[] = [];
  const missing: MissingList[] = [];
  const note = async (
    command: string,
    list: () => Promise<readonly ApiObject[]>,
    read: (item: ApiObject) => readonly SystemNic[],
  ): Promise<void> => {
    try {
      const items = sorted(await list(), read);
      for (const one of items.known.flat()) nics.push(one);
      unknown.push(...items.unknown);
    } catch (reason) {
      missing.push(missingList(command, reason));
    }
  };
  const inNetwork: Parameters = networkUuid === undefined ? {} : { networkid: networkUuid };
  for (const [command, key] of Object.entries(ROUTERS)) {
    await note(command, () => everyScope(client, command, key, inNetwork), readRouterNics(command));
  }
  await note("listSystemVms", () => client.list("listSystemVms", "systemvm", ALL), readSystemVmNics);
  return { nics, unknown, missing };
}

/** Codes of refusals that are about who asks: the same key has been taken for other lists. */
const OF_ROLE = new Set(
  ["unauthenticated", "unsupported", "not_available", "permission_denied"].map((kind) => `cloudstack.${kind}`),
);

/** Throws the reason where it is not CloudStack's refusal of the command. */
function missingList(command: string, reason: unknown): MissingList {
  const { code, message } = ContrailError.from(reason);
  if (!code.startsWith("cloudstack.") || code === "cloudstack.unavailable") throw reason;
  const next = OF_ROLE.has(code)
    ? `give the key's role the command ${command} (createRolePermission), or the plugin the key of a user who has it`
    : "the management server's log tells why";
  return { command, problem: `${message}; ports of no machine stay as long as that is so: ${next}` };
}
