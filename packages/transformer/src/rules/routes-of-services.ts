import { record } from "@contrail/schema";
import type { Rule } from "../flow.ts";
import { nameOf, objectOf, objectsOf, referrersOf } from "../intent-tables.ts";
import { text } from "../json-read.ts";
import { defaultInstance } from "../network-objects.ts";
import { link } from "./links.ts";
import { SERVICE_INSTANCES } from "./service-chain.ts";

/** Joins a routing policy to the instances of its networks, and of its services' sides, with the sequence given there. */
export const routingPolicyRule: Rule = {
  name: "routing policy",
  on: objectsOf("routing-policy"),
  run(name, read) {
    const policy = objectOf(read, "routing-policy", name);
    if (policy === undefined) return {};
    const ofServices = policy.refs.flatMap((ref) => {
      if (ref.toType !== "service-instance") return [];
      const { left_sequence, right_sequence } = record(ref.attr); // RoutingPolicyServiceInstanceType.
      return read.values(SERVICE_INSTANCES, nameOf({ fqName: ref.toFqName })).flatMap(([, { fqName, side }]) => {
        const sequence = text(side === "left" ? left_sequence : right_sequence);
        return sequence === undefined ? [] : [{ fqName, sequence }];
      });
    });
    const ofNetworks = referrersOf(read, "virtual-network>routing-policy", name).flatMap(([key, attr]) => {
      const network = objectOf(read, "virtual-network", key);
      const sequence = text(record(attr).sequence) ?? "0";
      return network === undefined ? [] : [{ fqName: defaultInstance(network.fqName), sequence }];
    });
    const facts = [...ofServices, ...ofNetworks].map(({ fqName, sequence }) =>
      link(policy, { toType: "routing-instance", toFqName: fqName, attr: { sequence } }),
    );
    return { facts };
  },
};

/** Joins a route aggregate to the instances of the service's side that it names. */
export const routeAggregateRule: Rule = {
  name: "route aggregate",
  on: objectsOf("route-aggregate"),
  run(name, read) {
    const aggregate = objectOf(read, "route-aggregate", name);
    if (aggregate === undefined) return {};
    const facts = aggregate.refs.flatMap((ref) => {
      if (ref.toType !== "service-instance") return [];
      const wanted = text(record(ref.attr).interface_type);
      const instances = read.values(SERVICE_INSTANCES, nameOf({ fqName: ref.toFqName }));
      return instances.flatMap(([, { fqName, side }]) =>
        side === wanted ? [link(aggregate, { toType: "routing-instance", toFqName: fqName, attr: {} })] : [],
      );
    });
    return { facts };
  },
};
