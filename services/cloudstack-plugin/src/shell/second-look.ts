import type { JsonObject } from "@contrail/schema";
import type { Cloud } from "../core/cloud.ts";
import { givenNumber, isProvisional, withoutFormer } from "../core/network-number.ts";
import { cloudUuidOf, type NetworkView } from "../core/network-view.ts";
import { CloudPlacement } from "../core/reconcile/cloud-placement.ts";
import type { Difference, NetworkFindings } from "../core/reconcile/difference.ts";
import { Keeper } from "../core/reconcile/keeper.ts";
import { type CloudNetworkWithNics, diffNetwork } from "../core/reconcile/network-diff.ts";
import { whosePorts } from "../core/reconcile/whose.ts";
import { referredUuids } from "../core/references.ts";
import type { CloudReader } from "./cloud-reader.ts";
import type { Configuration } from "./configuration.ts";
import type { Identities } from "./identities.ts";

/** What is asked of CloudStack about one network. */
export type CloudNow = Pick<CloudReader, "network" | "nics" | "systemNics">;
/** What is read and written of one network. */
export type ConfigurationNow = Pick<
  Configuration,
  "readWhole" | "readObject" | "interfacesThere" | "machinesThere" | "write"
>;

interface Parts {
  readonly near: CloudNow;
  readonly configuration: ConfigurationNow;
  readonly identities: Pick<Identities, "of">;
}

/**
 * Looks at both sides of one network again, under its locks: commands may have come since both were read whole, and they are
 * right. What is not any more as it was found is left to the next run.
 */
export class SecondLook {
  readonly #parts: Parts;
  readonly #placement: CloudPlacement;
  readonly #keeper: Keeper;

  /** cloud: as it was read whole. */
  constructor(parts: Parts, cloud: Cloud) {
    this.#parts = parts;
    this.#placement = new CloudPlacement(cloud);
    this.#keeper = new Keeper(cloud);
  }

  /** The differences of now. */
  differences(found: NetworkFindings): Promise<readonly Difference[]> {
    return found.surplus === undefined ? this.#wanted(found) : this.#surplus(found, found.surplus);
  }

  async #wanted({ networkId, cloudUuid, from }: NetworkFindings): Promise<readonly Difference[]> {
    const { near, configuration, identities } = this.#parts;
    const numbered = await configuration.readWhole(networkId, cloudUuid);
    const network = cloudUuid === undefined ? undefined : await near.network(cloudUuid);
    if (network === undefined) return [];
    const { nics, unknown } = await near.nics(network.uuid);
    const wanted = { network, nics, system: this.#placement.inNetwork(network).system };
    const now = new Keeper({ nics, system: [], unknown, missing: [] });
    const mayBe = (port: NetworkView["interfaces"][number]) => this.#keeper.isUnsure(port) || now.isUnsure(port);
    const whose = isProvisional(numbered.network) ? whosePorts(numbered.interfaces, wanted, mayBe) : "own";
    if (whose === "unsure") return [];
    const view = whose === "own" ? numbered : withoutFormer(numbered, "all");
    const whole = {
      ...view,
      misplaced: await this.#misplaced(wanted, view, from),
      machines: await configuration.machinesThere(nics.map(({ machineUuid }) => machineUuid)),
      identity: await identities.of(network),
    };
    const differences = diffNetwork(networkId, wanted, whole);
    const isAskedFor = differences.some(({ action }) => action === "remove");
    const system = isAskedFor ? await near.systemNics(network.uuid) : { nics: [], unknown: [], missing: [] };
    const keeper = new Keeper({
      nics,
      system: system.nics,
      unknown: [...unknown, ...system.unknown],
      missing: system.missing,
    });
    return this.#keeper.ofNetwork(keeper.ofNetwork(differences, whole), whole);
  }

  /** Only out of networks whose locks are held: those from which ports were to come when both sides were read. */
  async #misplaced(
    { nics, system }: CloudNetworkWithNics,
    { network, interfaces }: NetworkView,
    from: readonly string[],
  ): Promise<NetworkView["interfaces"]> {
    const there = new Set(interfaces.map(({ vmi }) => String(vmi.uuid)));
    const missing = [...nics, ...system].flatMap(({ uuid }) => (uuid === undefined || there.has(uuid) ? [] : uuid));
    const found = await this.#parts.configuration.interfacesThere(missing);
    return found.filter(({ vmi }) => {
      const [of] = referredUuids(vmi, "virtual_network_refs");
      return of !== network?.uuid && (of === undefined || from.includes(of));
    });
  }

  /** What CloudStack had no counterpart for. One that it has got since, or that is the only one of its uuid now, stays. */
  async #surplus(found: NetworkFindings, uuid: string): Promise<readonly Difference[]> {
    const { near, configuration } = this.#parts;
    const { networkId, cloudUuid } = found;
    const view = await configuration.readObject(uuid);
    if (view.network === undefined || cloudUuidOf(view.network) !== cloudUuid) return [];
    if (cloudUuid !== undefined && (await this.#isOnly(found, view.network))) return [];
    const number = givenNumber(networkId);
    const network = await near.network(cloudUuid ?? number);
    const isIt = network !== undefined && (cloudUuid !== undefined || network.networkId === number);
    if (isIt && !this.#placement.hasNetwork(network.uuid)) return [];
    return this.#keeper.ofNetwork(diffNetwork(networkId, undefined, view), view);
  }

  /** True where CloudStack has the uuid, and no other network of the configuration is it. */
  async #isOnly({ networkId, cloudUuid }: NetworkFindings, network: JsonObject): Promise<boolean> {
    if (cloudUuid === undefined || !this.#placement.hasNetwork(cloudUuid)) return false;
    const { network: first } = await this.#parts.configuration.readWhole(networkId, cloudUuid);
    return first === undefined || first.uuid === network.uuid || cloudUuidOf(first) !== cloudUuid;
  }
}
