import { z } from "zod";
import { given, text, uuid } from "./api-fields.ts";
import { type ApiObject, type UnknownItem, understood } from "./not-understood.ts";

/** A NIC of a virtual router, an internal load balancer or a system VM: no machine of a user, but its port is in use. */
export interface SystemNic {
  /** undefined where CloudStack does not tell it. */
  readonly uuid: string | undefined;
  readonly mac: string | undefined;
  /** undefined where CloudStack does not tell it, as of system VMs. */
  readonly networkUuid: string | undefined;
  readonly ip: string | undefined;
  readonly machineUuid: string;
}

/** A list that CloudStack refuses to give: what it would hold is not known. */
export interface MissingList {
  readonly command: string;
  readonly problem: string;
}

/** The NICs of machines that are not of users. */
export interface SystemNics {
  readonly nics: readonly SystemNic[];
  readonly unknown: readonly UnknownItem[];
  readonly missing: readonly MissingList[];
}

const ROUTER_NIC = z.object({ id: uuid, networkid: uuid.optional(), macaddress: text, ipaddress: text });
const ROUTER = z.object({ id: uuid, nic: z.array(ROUTER_NIC).optional() });
/** The MAC addresses of listSystemVms, which has no NICs (recordings/api/037). */
const SYSTEM_VM = z.object({ id: uuid, publicmacaddress: text, privatemacaddress: text, linklocalmacaddress: text });

/** The NICs of a virtual router or internal load balancer of listRouters, listInternalLoadBalancerVMs. */
export function readRouterNics(command: string): (item: ApiObject) => readonly SystemNic[] {
  return (item) => {
    const { id: machineUuid, nic: nics } = understood(ROUTER, item, "virtual-machine", command);
    return (nics ?? []).map(({ id, networkid: networkUuid, macaddress, ipaddress: ip }) => {
      return { uuid: id, mac: given(macaddress)?.toLowerCase(), networkUuid, ip: given(ip), machineUuid };
    });
  };
}

/** The NICs of a console proxy or secondary storage VM of listSystemVms, which tells but their MAC addresses. */
export function readSystemVmNics(item: ApiObject): readonly SystemNic[] {
  const { id: machineUuid, ...macs } = understood(SYSTEM_VM, item, "virtual-machine", "listSystemVms");
  return Object.values(macs).flatMap((mac) =>
    given(mac) === undefined
      ? []
      : [{ uuid: undefined, mac: mac?.toLowerCase(), networkUuid: undefined, ip: undefined, machineUuid }],
  );
}
