import type { Forwarder } from "@contrail/forwarding";

/** What a device is for. */
export type DeviceUse =
  | { readonly kind: "machine"; readonly interface: number }
  | { readonly kind: "underlay" }
  | { readonly kind: "punt" };

/** The devices that the tables ask for, by kernel name; the host's own devices win over a machine of the same name. */
export function deviceUses(forwarder: Forwarder): ReadonlyMap<string, DeviceUse> {
  const uses = new Map<string, DeviceUse>();
  for (const row of forwarder.interfaces()) uses.set(row.device, { kind: "machine", interface: row.id });
  const { underlayDevice, puntDevice } = forwarder.settings();
  if (puntDevice !== "") uses.set(puntDevice, { kind: "punt" });
  if (underlayDevice !== "") uses.set(underlayDevice, { kind: "underlay" });
  return uses;
}
