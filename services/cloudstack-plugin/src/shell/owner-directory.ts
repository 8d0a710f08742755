import { ContrailError } from "@contrail/errors";
import type { VncClient } from "@contrail/vnc-client";
import { type CloudOwner, isRoot } from "../core/cloud.ts";
import { networkNames } from "../core/network-plan.ts";
import { madeOwner, ROOT_DOMAIN, type WantedOwner, wantedDomain, wantedProject } from "../core/owner-plan.ts";

/** Finds, or makes, the domain and project of an owner. */
export class OwnerDirectory {
  readonly #vnc: VncClient;

  constructor(vnc: VncClient) {
    this.#vnc = vnc;
  }

  /** fq_name of the owner's project. */
  async project(owner: CloudOwner): Promise<readonly string[]> {
    const domain = isRoot(owner.domain) ? ROOT_DOMAIN : await this.#ensure(wantedDomain(owner.domain));
    return this.#ensure(wantedProject(owner, domain));
  }

  /** The name under which a network of CloudStack's is, or can be, in a project. */
  async freeName(project: readonly string[], networkId: string, uuid: string): Promise<string> {
    for (const name of networkNames(networkId, uuid)) {
      const holder = await this.#vnc.find("virtual-network", [...project, name]);
      if (holder === undefined || holder === uuid) return name;
    }
    throw new ContrailError("cloudstack.conflict", `no name is free for the network ${uuid} of CloudStack`);
  }

  /** Under the first name that is free; another process may make it meanwhile. */
  async #ensure(wanted: WantedOwner): Promise<readonly string[]> {
    const { type, uuid, fqNames } = wanted;
    for (const fqName of fqNames) {
      const known = await this.#vnc.readIfThere(type, uuid);
      if (known !== undefined) return known.fq_name as readonly string[]; // The model says a list of strings.
      try {
        await this.#vnc.create<string>(type, madeOwner(wanted, fqName));
        return fqName;
      } catch (reason) {
        if (ContrailError.from(reason).code !== "vnc.conflict") throw reason;
      }
    }
    throw new ContrailError("cloudstack.conflict", `no name is free for the ${type} ${uuid} of CloudStack`);
  }
}
