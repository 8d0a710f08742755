import { nicsOf } from "../core/views/machine-view.ts";
import { need } from "../core/world.ts";
import { devicesOf, namespaceOf } from "./namespace-hypervisor.ts";
import type { Store } from "./store.ts";

/** For introspect: the machines that run, with what the hosts know of them; no keys, passwords and user data. */
export function runningMachines(store: Store) {
  return store.where("machine", "state", "Running").map((machine) => {
    const account = need(store, "account", machine.account);
    return {
      uuid: machine.uuid,
      name: machine.name,
      instanceName: machine.instanceName,
      account: account.name,
      domain: need(store, "domain", account.domain).name,
      host: store.find("host", machine.host)?.name ?? "",
      namespace: namespaceOf(machine),
      nics: nicsOf(store, machine.uuid).map((nic) => ({
        uuid: nic.uuid,
        network: need(store, "network", nic.network).name,
        networkUuid: nic.network,
        address: nic.ip,
        mac: nic.mac,
        ...devicesOf(nic),
      })),
    };
  });
}
