import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import type { Cloud } from "../core/cloud.ts";
import { givenNumber, isProvisional, withoutFormer } from "../core/network-number.ts";
import { cloudUuidOf, type NetworkView } from "../core/network-view.ts";
import { CloudOwners } from "../core/reconcile/cloud-owners.ts";
import { CloudPlacement } from "../core/reconcile/cloud-placement.ts";
import type { Difference, NetworkFindings } from "../core/reconcile/difference.ts";
import { Keeper } from "../core/reconcile/keeper.ts";
import { type CloudNetworkWithNics, diffNetwork } from "../core/reconcile/network-diff.ts";
import { whosePorts } from "../core/reconcile/whose.ts";
import { referredUuids } from "../core/references.ts";
import type { CloudReader } from "./cloud-reader.ts";
import type { Configuration } from "./configuration.ts";
import { Identities } from "./identities.ts";
import { inTime } from "./in-time.ts";
import type { OwnerDirectory } from "./owner-directory.ts";

/** What is asked of CloudStack about one network. */
export type CloudNow = Pick<CloudReader, "network" | "nics" | "systemNics" | "owner">;
/** What is read and written of one network. */
export type ConfigurationNow = Pick<
  Configuration,
  "readWhole" | "readObject" | "interfacesThere" | "machinesThere" | "write"
>;

/** Commands of the networks wait no longer than this for all that is read; they give up after 45 s. */
const DEADLINE_MS = 20_000;

/** What a second look works with. */
export interface LookParts {
  /** Its calls are refused once the signal has aborted. */
  readonly near: (signal: AbortSignal) => CloudNow;
  readonly configuration: ConfigurationNow;
  readonly owners: OwnerDirectory;
  readonly clock: Clock;
}

/**
 * Looks at both sides of one network again, under its locks: commands may have come since both were read whole, and they are
 * right. What is not any more as it was found is left to the next run.
 */
export class SecondLook {
  readonly #parts: LookParts;
  readonly #placement: CloudPlacement;
  readonly #keeper: Keeper;
  readonly #owners: CloudOwners;

  /** cloud: as it was read whole. */
  constructor(parts: LookParts, cloud: Cloud) {
    this.#parts = parts;
    this.#placement = new CloudPlacement(cloud);
    this.#keeper = new Keeper(cloud);
    this.#owners = new CloudOwners(cloud.owners);
  }

  /** The differences of now. Rejects with "cloudstack.timeout" where the sides do not tell them in 20 s. */
  differences(found: NetworkFindings): Promise<readonly Difference[]> {
    const { clock, near } = this.#parts;
    return inTime({ clock, ms: DEADLINE_MS, late }, (signal) => {
      const now = near(signal);
      return found.surplus === undefined ? this.#wanted(found, now) : this.#surplus(found, found.surplus, now);
    });
  }

  async #wanted({ networkId, cloudUuid, from }: NetworkFindings, near: CloudNow): Promise<readonly Difference[]> {
    const { configuration, owners } = this.#parts;
    const numbered = await configuration.readWhole(networkId, cloudUuid);
    const network = cloudUuid === undefined ? undefined : await near.network(cloudUuid);
    if (network === undefined) return [];
    const { nics, unknown } = await near.nics(network.uuid);
    const wanted = { network, owners: this.#owners, nics, system: this.#placement.inNetwork(network).system };
    const now = new Keeper({ nics, system: [], unknown, missing: [] });
    const mayBe = (port: NetworkView["interfaces"][number]) => this.#keeper.isUnsure(port) || now.isUnsure(port);
    const whose = isProvisional(numbered.network) ? whosePorts(numbered.interfaces, wanted, mayBe) : "own";
    if (whose === "unsure") return [];
    const view = whose === "own" ? numbered : withoutFormer(numbered, "all");
    const whole = {
      ...view,
      misplaced: await this.#misplaced(wanted, view, from),
      machines: await configuration.machinesThere(nics.map(({ machineUuid }) => machineUuid)),
      identity: await new Identities(near, owners).of(network),
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
  async #surplus(found: NetworkFindings, uuid: string, near: CloudNow): Promise<readonly Difference[]> {
    const { configuration } = this.#parts;
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

function late(): ContrailError {
  const message = `CloudStack and the configuration have not told all of the network in ${DEADLINE_MS / 1_000} s, while its commands wait; the next run tries again`;
  return new ContrailError("cloudstack.timeout", message);
}
