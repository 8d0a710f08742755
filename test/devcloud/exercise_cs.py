"""Leads one life with the unmodified `cs` client: network, key pair, machine, NIC, tags, and all gone again.

usage: exercise_cs.py ENDPOINT KEY SECRET OFFERING_ID VLAN
"""

import sys

from cs import CloudStack, CloudStackApiException

endpoint, key, secret, offering, vlan = sys.argv[1:]
cs = CloudStack(endpoint=endpoint, key=key, secret=secret, poll_interval=0.05)
post = CloudStack(endpoint=endpoint, key=key, secret=secret, method="post", poll_interval=0.05)

zone = cs.listZones()["zone"][0]
template = cs.listTemplates(templatefilter="executable", zoneid=zone["id"])["template"][0]
size = cs.listServiceOfferings()["serviceoffering"][0]

networks = [
    cs.createNetwork(name="cs-%d" % n, displaytext="made by cs", zoneid=zone["id"], networkofferingid=offering,
                     gateway="10.%d.0.1" % n, netmask="255.255.255.0", vlan=int(vlan) + n)["network"]
    for n in (1, 2)
]
pair = cs.createSSHKeyPair(name="cs-key")["keypair"]
assert "PRIVATE KEY" in pair["privatekey"], pair

machine = post.deployVirtualMachine(name="cs-vm", zoneid=zone["id"], serviceofferingid=size["id"],
                                    templateid=template["id"], networkids=[networks[0]["id"]], keypair="cs-key",
                                    userdata="I2Nsb3VkLWNvbmZpZwo=", fetch_result=True)["virtualmachine"]
assert machine["state"] == "Running" and machine["keypairs"] == "cs-key" and machine["password"], machine

changed = cs.addNicToVirtualMachine(virtualmachineid=machine["id"], networkid=networks[1]["id"], fetch_result=True)
nics = changed["virtualmachine"]["nic"]
assert [nic["isdefault"] for nic in nics] == [True, False], nics
extra = cs.addIpToNic(nicid=nics[1]["id"], fetch_result=True)["nicsecondaryip"]
assert cs.listNics(virtualmachineid=machine["id"])["nic"][1]["secondaryip"][0]["ipaddress"] == extra["ipaddress"]

cs.createTags(resourceids=[machine["id"]], resourcetype="UserVm", tags=[{"key": "env", "value": "test"}], fetch_result=True)
found = cs.listVirtualMachines(tags=[{"key": "env", "value": "test"}], fetch_list=True)
assert [one["id"] for one in found] == [machine["id"]], found

try:
    cs.deployVirtualMachine(name="cs-vm", zoneid=zone["id"], serviceofferingid=size["id"], templateid=template["id"],
                            networkids=networks[0]["id"])
    raise AssertionError("a second machine of the same name was not refused")
except CloudStackApiException as reason:
    assert reason.error["errorcode"] == 431, reason.error

cs.stopVirtualMachine(id=machine["id"], fetch_result=True)
cs.startVirtualMachine(id=machine["id"], fetch_result=True)
cs.destroyVirtualMachine(id=machine["id"], expunge=True, fetch_result=True)
for network in networks:
    assert cs.deleteNetwork(id=network["id"], fetch_result=True)["success"]
cs.deleteSSHKeyPair(name="cs-key")
assert cs.listNetworks() == {} and cs.listVirtualMachines() == {}, "something is left"
print("done")
