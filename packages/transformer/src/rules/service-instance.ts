import { fact } from "../fact-table.ts";
import type { Rule } from "../flow.ts";
import { childrenOf, objectOf, objectsOf, targetsOf } from "../intent-tables.ts";
import { membersOf, modeOf, SERVICES, type Service, type ServiceSide, type SideName } from "./service.ts";
import { serviceAddresses, sideAddress } from "./service-address.ts";
import { attachments } from "./service-attachments.ts";
import { sharingOf } from "./sharing.ts";

/** Sides, addresses and members of a service, what its machines share, and what is attached to its interfaces. */
export const serviceInstanceRule: Rule = {
  name: "service instance",
  on: objectsOf("service-instance"),
  run(name, read) {
    const instance = objectOf(read, "service-instance", name);
    const template = objectOf(read, "service-template", targetsOf(instance, "service-template")[0] ?? "");
    if (instance === undefined || template === undefined) return {};
    const mode = modeOf(template);
    const members = membersOf(read, instance, template);
    const sharesAddresses = mode !== "transparent" && childrenOf(read, "port-tuple", name).length > 0;
    const shared = sharesAddresses ? serviceAddresses(read, instance, members) : [];
    const side = (which: SideName): ServiceSide | undefined => {
      const ports = members.flatMap((member) => member[which]);
      const [first] = ports;
      if (first === undefined) return undefined;
      const address = (family: "v4" | "v6") => sideAddress(read, instance, which, family, ports, shared);
      return { network: first.network, v4: address("v4"), v6: address("v6") };
    };
    const service: Service = { mode, members, sharing: sharingOf(instance), left: side("left"), right: side("right") };
    const attached = attachments(read, instance, template, members);
    return {
      facts: [fact(SERVICES, name, name, service), ...attached.facts],
      objects: [...shared, ...attached.objects],
    };
  },
};
