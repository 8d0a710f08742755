import { createForwarder } from "@contrail/forwarding";
import { LOCALS, worldTables } from "@contrail/testkit/dataplane";
import { expect, test } from "vitest";
import { deviceUses } from "./device-use.ts";

const SETTINGS = { underlayMtuBytes: 1500, puntDevice: "pkt0", puntsPerSecond: 50, flowsPerInterface: 10 };

test("every interface, the underlay and the punt device are wanted", () => {
  const forwarder = createForwarder();
  expect(deviceUses(forwarder).size).toBe(0);
  forwarder.apply(worldTables({ settings: SETTINGS, locals: [], groupSets: [], acls: [] }));
  const uses = deviceUses(forwarder);
  expect(uses.get("vif1")).toEqual({ kind: "machine", interface: 1 });
  expect(uses.get("eth0")).toEqual({ kind: "underlay" });
  expect(uses.get("pkt0")).toEqual({ kind: "punt" });
  expect(uses.size).toBe(LOCALS.length + 2);
  forwarder.apply([{ kind: "interface-remove", id: 1 }]);
  expect(deviceUses(forwarder).has("vif1")).toBe(false);
});
