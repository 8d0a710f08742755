"""Leads one life with the CloudStack driver of the unmodified apache-libcloud.

usage: exercise_libcloud.py ENDPOINT KEY SECRET OFFERING_ID VLAN
"""

import sys
from urllib.parse import urlparse

from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider

endpoint, key, secret, offering_id, vlan = sys.argv[1:]
url = urlparse(endpoint)
driver = get_driver(Provider.CLOUDSTACK)(key=key, secret=secret, host=url.hostname, port=url.port, path=url.path, secure=False)
driver.connection.poll_interval = 0.05

location = driver.list_locations()[0]
image = driver.list_images()[0]
size = driver.list_sizes()[0]
assert "zone1" == location.name, location

offering = next(one for one in driver.ex_list_network_offerings() if one.id == offering_id)
# ex_create_network knows no VLAN, which an offering without source NAT wants.
driver._sync_request(command="createNetwork", params={
    "name": "lc-net", "displaytext": "made by libcloud", "networkofferingid": offering.id, "zoneid": location.id,
    "gateway": "10.5.0.1", "netmask": "255.255.255.0", "vlan": vlan})
network = driver.ex_list_networks()[0]
assert network.name == "lc-net"

pair = driver.create_key_pair("lc-key")
assert "PRIVATE KEY" in pair.private_key
assert [one.name for one in driver.list_key_pairs()] == ["lc-key"]

node = driver.create_node(name="lc-vm", size=size, image=image, location=location, networks=[network],
                          ex_keyname="lc-key", ex_userdata="#cloud-config\n", ex_start_vm=True)
assert node.state == NodeState.RUNNING, node
assert node.private_ips and node.private_ips[0].startswith("10.5.0."), node.private_ips
assert [one.id for one in driver.list_nodes()] == [node.id]
assert node.extra["password"] and node.extra["size_name"] == size.name, node.extra

assert driver.ex_create_tags([node.id], "UserVm", {"env": "test"})
assert driver.ex_get_node(node.id).extra["tags"] == {"env": "test"}, driver.ex_get_node(node.id).extra["tags"]
driver.reboot_node(node)
driver.ex_stop(node)
assert driver.ex_get_node(node.id).state == NodeState.STOPPED
driver.ex_start(node)
assert [one.name for one in driver.ex_list_projects()] == []
assert driver.destroy_node(node, ex_expunge=True)
driver.delete_key_pair(pair)  # Its result compares a boolean with a text, and is False with CloudStack 4.23 too.
assert driver.list_key_pairs() == []
assert driver.ex_delete_network(network)
assert driver.list_nodes() == [] and driver.ex_list_networks() == [], "something is left"
print("done")
