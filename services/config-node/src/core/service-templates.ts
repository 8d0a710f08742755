import type { JsonObject } from "@contrail/schema";
import type { BootObject } from "./boot-objects.ts";

/** The templates that OpenContrail's service monitor makes at its start. */
export const SERVICE_TEMPLATES: readonly BootObject[] = [
  template("analyzer-template", "analyzer", "transparent", ["left"], { flavor: "m1.medium", image_name: "analyzer" }),
  template("nat-template", "firewall", "in-network-nat", ["management", "left", "right"], {
    flavor: "m1.medium",
    image_name: "analyzer",
  }),
  template("netns-snat-template", "source-nat", "in-network-nat", ["right", "left"], {
    service_virtualization_type: "network-namespace",
    service_scaling: true,
  }),
  template("haproxy-loadbalancer-template", "loadbalancer", "in-network-nat", ["right", "left"], {
    service_virtualization_type: "network-namespace",
    service_scaling: true,
  }),
  template("docker-template", "firewall", "transparent", ["management", "left", "right"], {
    image_name: "ubuntu",
    service_virtualization_type: "vrouter-instance",
    vrouter_instance_type: "docker",
  }),
];

function template(
  name: string,
  service_type: string,
  service_mode: string,
  interfaces: readonly string[],
  more: JsonObject,
): BootObject {
  const interface_type = interfaces.map((service_interface_type) => ({
    service_interface_type,
    shared_ip: more.service_scaling === true,
    static_route_enable: false,
  }));
  const service_template_properties = {
    version: 1,
    service_type,
    service_mode,
    interface_type,
    ordered_interfaces: true,
    service_virtualization_type: "virtual-machine",
    service_scaling: false,
    ...more,
  };
  return { type: "service-template", fqName: ["default-domain", name], properties: { service_template_properties } };
}
