"""Makes the calls of the unmodified vnc_api client that are not one object's life, against a running server.

usage: exercise_actions.py PORT

Writes one JSON line per call on stdout: {"call", "failure": text or null}; the last one is {"uncalled": [name, ...]},
the methods of the client that no call has used.
"""

import json
import sys

from vnc_api import vnc_api
from vnc_api.gen.resource_xsd import (IpamSubnetType, KeyValuePair, SequenceType, SubnetType, VirtualNetworkPolicyType,
                                      VnSubnetsType)

CALLS = []
# Methods of the client that this process has called, by name.
USED = set()
# What exercise_client.py calls for every type.
OF_EVERY_TYPE = ("_create", "_read", "_update", "_delete", "s_list")


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


class Client(vnc_api.VncApi):
    """The published client, unchanged; it notes which of its methods are asked for."""

    def __getattribute__(self, name):
        if not name.startswith("_"):
            USED.add(name)
        return super(Client, self).__getattribute__(name)


def uncalled(client):
    names = [name for name in dir(client)
             if not name.startswith("_") and callable(object.__getattribute__(client, name))]
    types = [object_type for object_type, _ in vnc_api.all_resource_type_tuples]
    general = {object_type + operation for object_type in types for operation in OF_EVERY_TYPE}
    return sorted(set(names) - general - USED)


class World:
    def __init__(self, client, port):
        self.client = client
        self.port = port
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
    refused(vnc_api.NoIdError,
            lambda: client.ref_update("virtual-network", "nobody", "network-policy", policy.uuid, None, "ADD"),
            "nobody")


@call
def map_properties(world):
    client, network = world.client, world.network()
    client.prop_map_set_element(network.uuid, "annotations", KeyValuePair("colour", "blue"))
    equal(client.prop_map_get(network.uuid, "annotations"), [[{"key": "colour", "value": "blue"}, "colour"]])
    client.prop_map_delete_element(network.uuid, "annotations", "colour")
    equal(client.prop_map_get(network.uuid, "annotations"), [])


@call
def list_properties(world):
    client, field = world.client, "address_group_prefix"
    group = vnc_api.AddressGroup("actions-group", world.project)
    client.address_group_create(group)
    for ip in ("10.0.0.1", "10.0.0.2"):
        client.prop_list_add_element(group.uuid, field, SubnetType(ip, 32))
    positions = [position for _, position in client.prop_list_get(group.uuid, field)]
    client.prop_list_modify_element(group.uuid, field, SubnetType("10.0.0.3", 32), positions[1])
    (value, position), = client.prop_list_get(group.uuid, field, positions[1])
    equal((value["ip_prefix"], position), ("10.0.0.3", positions[1]))
    client.prop_list_delete_element(group.uuid, field, positions[0])
    left, = client.prop_list_get(group.uuid, field)
    equal(left[0]["ip_prefix"], "10.0.0.3")
    refused(vnc_api.BadRequest,
            lambda: client.prop_list_delete_element(group.uuid, field, "7"), "no element at position 7")


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
def tags(world):
    client, network = world.client, world.network()
    for tag_type, value, parent in (
            ("application", "hr", None), ("label", "blue", world.project), ("label", "red", world.project)):
        name = "%s=%s" % (tag_type, value)
        where = {"fq_name": [name], "parent_type": "config-root"} if parent is None else {"parent_obj": parent}
        client.tag_create(vnc_api.Tag(name, tag_type_name=tag_type, tag_value=value, **where))

    def names():
        refs = client.virtual_network_read(id=network.uuid).get_tag_refs() or []
        return sorted(ref["to"][-1] for ref in refs)

    client.set_tag(network, "application", "hr", is_global=True)
    client.set_tags(network, {"label": {"is_global": False, "add_values": ["blue", "red"]}})
    equal(names(), ["application=hr", "label=blue", "label=red"])
    client.set_tags(network, {"label": {"delete_values": ["red"]}})
    client.unset_tag(network, "application")
    equal(names(), ["label=blue"])
    refused(vnc_api.NoIdError, lambda: client.set_tag(network, "tier", "web"), "not found")
    refused(vnc_api.BadRequest, lambda: client.commit_security(world.project), "draft mode is not supported")
    refused(vnc_api.BadRequest, lambda: client.discard_security(world.project), "draft mode is not supported")


@call
def around(world):
    client, network = world.client, world.network()
    client.floating_ip_pool_create(vnc_api.FloatingIpPool("pool", network))
    # Lists that were not read are asked for when they are wanted.
    pool, = client.virtual_network_read(id=network.uuid).get_floating_ip_pools()
    equal(pool["to"], network.get_fq_name() + ["pool"])
    equal(client.virtual_network_read(id=network.uuid).get_instance_ip_back_refs(), None)
    read = client.virtual_network_read(fq_name_str=":".join(network.get_fq_name()), fields=["display_name"])
    equal((read.uuid, read.get_display_name()), (network.uuid, network.name))
    equal(client.obj_to_id(network), network.uuid)
    equal(client.id_to_fq_name(network.uuid), network.get_fq_name())
    equal(client.ifmap_to_id("contrail:x"), None)
    equal(client.obj_to_dict(read)["uuid"], network.uuid)
    equal(json.loads(client.obj_to_json(read))["fq_name"], network.get_fq_name())


@call
def defaults(world):
    client = world.client
    for kind in ("domain", "project", "network_ipam", "virtual_network", "global_system_config",
                 "global_vrouter_config", "policy_management", "discovery_service_assignment"):
        found = getattr(client, "get_default_%s_id" % kind)()
        equal(getattr(client, kind + "_read")(id=found).uuid, found)


@call
def restored(world):
    client = world.client
    fq_name = world.project.get_fq_name() + ["restored"]
    body = {"virtual-network": {"fq_name": fq_name, "parent_type": "project"}}
    made = client.restore_config(True, "virtual-network", json.dumps(body))["virtual-network"]
    body["virtual-network"].update(uuid=made["uuid"], display_name="again")
    equal(client.restore_config(False, "virtual-network", json.dumps(body))["virtual-network"]["uuid"], made["uuid"])
    equal(client.virtual_network_read(id=made["uuid"]).get_display_name(), "again")


@call
def who_am_i(world):
    client = Client(api_server_host="127.0.0.1", api_server_port=world.port, auth_type="noauth")
    equal((client.is_cloud_admin_role(), client.is_global_read_only_role()), (True, False))
    equal(client.get_auth_token(), None)
    network = world.network()
    equal(client.obj_perms(None, network.uuid)["permissions"], "RWX")
    equal(client.set_aaa_mode("no-auth"), {"aaa-mode": "no-auth"})
    refused(vnc_api.BadRequest, lambda: client.set_aaa_mode("rbac"), "start the node with --aaa-mode rbac")
    client.set_auth_token("any")
    client.set_user_roles(["admin"])
    client.set_exclude_hrefs()
    shown, = client.resource_list("virtual-network", obj_uuids=[network.uuid])["virtual-networks"]
    equal(sorted(shown), ["fq_name", "uuid"])


@call
def absent(world):
    client = world.client
    for run, text in (
            (client.fetch_records, "read the lists"),
            (lambda: client.execute_job(job_template_id="x"), "no fabric jobs"),
            (lambda: client.abort_job(["x"]), "no fabric jobs"),
            (lambda: client.amqp_publish("x"), "no AMQP broker"),
            (lambda: client.amqp_request("x", response_key="y"), "no AMQP broker")):
        refused(vnc_api.BadRequest, run, text)
    policy_set = vnc_api.ApplicationPolicySet("actions-set", world.project)
    client.application_policy_set_create(policy_set)
    refused(vnc_api.NoIdError, lambda: client.application_policy_set_read_draft(id=policy_set.uuid), "not found")
    # The server does not name these pools at its homepage.
    for run in (lambda: client.create_int_pool("p", 1, 2), lambda: client.delete_int_pool("p"),
                lambda: client.get_int_owner("p", 1), lambda: client.allocate_int("p"),
                lambda: client.set_int("p", 1), lambda: client.deallocate_int("p", 1)):
        refused(KeyError, run, "int-pool")


@call
def refusals(world):
    client, network = world.client, world.network()
    same = vnc_api.VirtualNetwork(network.name, world.project)
    refused(vnc_api.RefsExistError, lambda: client.virtual_network_create(same), "already exists with uuid: ")
    orphan = vnc_api.VirtualNetwork("x", fq_name=["no", "where", "x"], parent_type="project")
    refused(vnc_api.BadRequest, lambda: client.virtual_network_create(orphan), "does not exist")
    refused(vnc_api.NoIdError, lambda: client.virtual_network_read(id="nobody"), "nobody")


def main(port):
    world = World(Client(api_server_host="127.0.0.1", api_server_port=port), port)
    for function in CALLS:
        failure = None
        try:
            function(world)
        except Exception as reason:  # Reported with its type, and the next call goes on.
            failure = "%s: %s" % (type(reason).__name__, reason)
        print(json.dumps({"call": function.__name__, "failure": failure}), flush=True)
    print(json.dumps({"uncalled": uncalled(world.client)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
