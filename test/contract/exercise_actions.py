"""Makes the calls of the unmodified vnc_api client that are not one object's life, against a running server.

usage: exercise_actions.py PORT

Writes one JSON line per call on stdout: {"call", "failure": text or null}.
"""

import json
import sys

from vnc_api import vnc_api
from vnc_api.gen.resource_xsd import (IpamSubnetType, KeyValuePair, SequenceType, SubnetType, VirtualNetworkPolicyType,
                                      VnSubnetsType)

CALLS = []


def call(function):
    CALLS.append(function)
    return function


def equal(found, wanted):
    if found != wanted:
        raise AssertionError("found %r, wanted %r" % (found, wanted))


def refused(error, run, text):
    try:
        run()
    except error as reason:
        if text not in str(reason):
            raise AssertionError("%r does not say %r" % (str(reason), text))
        return
    raise AssertionError("was not refused")


class World:
    def __init__(self, client):
        self.client = client
        self.project = client.project_read(fq_name=["default-domain", "default-project"])
        self.serial = 0

    def network(self, **properties):
        self.serial += 1
        network = vnc_api.VirtualNetwork("actions-%d" % self.serial, self.project, **properties)
        self.client.virtual_network_create(network)
        return network

    def subnetted(self):
        ipam = self.client.network_ipam_read(fq_name=self.project.get_fq_name() + ["default-network-ipam"])
        network = vnc_api.VirtualNetwork("actions-subnet", self.project)
        network.add_network_ipam(ipam, VnSubnetsType([IpamSubnetType(subnet=SubnetType("10.77.0.0", 24))]))
        self.client.virtual_network_create(network)
        return self.client.virtual_network_read(id=network.uuid)


@call
def references(world):
    client, network = world.client, world.network()
    policy = vnc_api.NetworkPolicy("actions-policy", world.project)
    client.network_policy_create(policy)
    attr = VirtualNetworkPolicyType(SequenceType(3, 4))
    for ref_type in ("network-policy", "network_policy_refs"):
        client.ref_update("virtual-network", network.uuid, ref_type, policy.uuid, None, "ADD", attr)
    ref, = client.virtual_network_read(id=network.uuid).get_network_policy_refs()
    equal((ref["to"], ref["attr"].get_sequence().get_major()), (policy.get_fq_name(), 3))
    back, = client.network_policy_read(id=policy.uuid).get_virtual_network_back_refs()
    equal(back["uuid"], network.uuid)
    refused(vnc_api.RefsExistError, lambda: client.network_policy_delete(id=policy.uuid), "still referred")
    equal(client.ref_relax_for_delete(network.uuid, policy.uuid), network.uuid)
    client.network_policy_delete(id=policy.uuid)
    equal(client.virtual_network_read(id=network.uuid).get_network_policy_refs(), None)


@call
def map_properties(world):
    client, network = world.client, world.network()
    client.prop_map_set_element(network.uuid, "annotations", KeyValuePair("colour", "blue"))
    equal(client.prop_map_get(network.uuid, "annotations"), [[{"key": "colour", "value": "blue"}, "colour"]])
    client.prop_map_delete_element(network.uuid, "annotations", "colour")
    equal(client.prop_map_get(network.uuid, "annotations"), [])


@call
def key_values(world):
    world.client.kv_store("actions-key", "value")
    equal(world.client.kv_retrieve("actions-key"), "value")
    world.client.kv_delete("actions-key")
    refused(vnc_api.NoIdError, lambda: world.client.kv_retrieve("actions-key"), "Unknown User-Agent key")


@call
def addresses(world):
    client, network = world.client, world.subnetted()
    subnet = network.get_network_ipam_refs()[0]["attr"].get_ipam_subnets()[0]
    given = client.virtual_network_ip_alloc(network, count=2, subnet=subnet.get_subnet_uuid())
    equal(given, ["10.77.0.252", "10.77.0.251"])
    counted = client.virtual_network_subnet_ip_count(network, [subnet.get_subnet_uuid()])
    equal(json.loads(counted), {"ip_count_list": [2]})
    client.virtual_network_ip_free(network, given)
    ip = vnc_api.InstanceIp("actions:0")
    ip.add_virtual_network(network)
    client.instance_ip_create(ip)
    equal(client.instance_ip_read(id=ip.uuid).get_instance_ip_address(), "10.77.0.252")
    again = vnc_api.InstanceIp("actions:1", instance_ip_address="10.77.0.252")
    again.add_virtual_network(network)
    refused(vnc_api.RefsExistError, lambda: client.instance_ip_create(again), "IP address already in use")


@call
def names(world):
    client, network = world.client, world.network()
    equal(client.fq_name_to_id("virtual-network", network.get_fq_name()), network.uuid)
    equal(client.id_to_fq_name_type(network.uuid), (network.get_fq_name(), "virtual-network"))
    refused(vnc_api.NoIdError, lambda: client.fq_name_to_id("virtual-network", ["a", "b"]), "not found")


@call
def lists(world):
    client = world.client
    made = [world.network(mac_aging_time=1300 + index) for index in range(30)]
    uuids = [network.uuid for network in made]
    # More than 25 go by list-bulk-collection.
    bulk = client.virtual_networks_list(obj_uuids=uuids, detail=True, fields=["mac_aging_time"])
    equal(sorted(network.get_mac_aging_time() for network in bulk), list(range(1300, 1330)))
    filtered = client.virtual_networks_list(parent_id=world.project.uuid, filters={"mac_aging_time": 1307})
    equal([one["uuid"] for one in filtered["virtual-networks"]], [uuids[7]])
    counted = client.virtual_networks_list(parent_fq_name=world.project.get_fq_name(), count=True)
    equal(counted["virtual-networks"]["count"] >= 34, True)
    equal(client.virtual_networks_list(parent_id="00000000-0000-0000-0000-000000000000"), {"virtual-networks": []})


@call
def permissions(world):
    client, network = world.client, world.network()
    client.chown(network.uuid, "somebody")
    client.chmod(network.uuid, share=[("tenant", 5)], global_access=4)
    perms = client.virtual_network_read(id=network.uuid).get_perms2()
    equal((perms.get_owner(), perms.get_global_access(), perms.get_share()[0].get_tenant()), ("somebody", 4, "tenant"))
    equal(client.get_aaa_mode(), {"aaa-mode": "no-auth"})


@call
def refusals(world):
    client, network = world.client, world.network()
    same = vnc_api.VirtualNetwork(network.name, world.project)
    refused(vnc_api.RefsExistError, lambda: client.virtual_network_create(same), "already exists with uuid: ")
    orphan = vnc_api.VirtualNetwork("x", fq_name=["no", "where", "x"], parent_type="project")
    refused(vnc_api.BadRequest, lambda: client.virtual_network_create(orphan), "does not exist")
    refused(vnc_api.NoIdError, lambda: client.virtual_network_read(id="nobody"), "nobody")


def main(port):
    world = World(vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=port))
    for function in CALLS:
        failure = None
        try:
            function(world)
        except Exception as reason:  # Reported with its type, and the next call goes on.
            failure = "%s: %s" % (type(reason).__name__, reason)
        print(json.dumps({"call": function.__name__, "failure": failure}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
