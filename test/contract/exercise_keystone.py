"""Logs in with the unmodified vnc_api client in its keystone mode, over TLS, against a running server.

usage: exercise_keystone.py PORT PASSWORD_FILE   (REQUESTS_CA_BUNDLE names the CA)

Users "alice" of default-domain:alice-p and "bob" of default-domain:bob-p have the password of the file. Writes one JSON
line per call on stdout: {"call", "failure": text or null}.
"""

import json
import sys

import requests
from vnc_api import vnc_api

PORT = sys.argv[1]
with open(sys.argv[2]) as password_file:
    PASSWORD = password_file.read().strip()
CALLS = []


def call(function):
    CALLS.append(function)
    return function


def client(name, password=PASSWORD, tenant=None, **more):
    return vnc_api.VncApi(username=name, password=password, tenant_name=tenant or name + "-p",
                          domain_name="default-domain", api_server_host="127.0.0.1", api_server_port=PORT,
                          api_server_use_ssl=True, auth_type="keystone", auth_host="127.0.0.1", auth_port=PORT,
                          auth_protocol="https", **more)


def equal(found, wanted):
    if found != wanted:
        raise AssertionError("found %r, wanted %r" % (found, wanted))


def refused(error, run):
    try:
        run()
    except error:
        return
    raise AssertionError("was not refused")


def network(name, tenant):
    return vnc_api.VirtualNetwork(name, parent_type="project", fq_name=["default-domain", tenant, name])


@call
def own_objects():
    alice = client("alice")
    made = alice.virtual_network_create(network("n1", "alice-p"))
    read = alice.virtual_network_read(id=made)
    equal(read.fq_name, ["default-domain", "alice-p", "n1"])
    read.set_display_name("another name")
    alice.virtual_network_update(read)
    equal(alice.virtual_network_read(fq_name=read.fq_name).display_name, "another name")
    equal([item["uuid"] for item in alice.virtual_networks_list()["virtual-networks"]], [made])


@call
def objects_of_others():
    bob = client("bob")
    alice = client("alice")
    [theirs] = [item["uuid"] for item in alice.virtual_networks_list()["virtual-networks"]]
    refused(vnc_api.PermissionDenied, lambda: bob.virtual_network_read(id=theirs))
    refused(vnc_api.NoIdError, lambda: bob.virtual_network_read(fq_name=["default-domain", "alice-p", "n1"]))
    refused(vnc_api.PermissionDenied, lambda: bob.virtual_network_delete(id=theirs))
    refused(vnc_api.BadRequest, lambda: bob.virtual_network_create(network("n2", "alice-p")))
    equal(bob.virtual_networks_list()["virtual-networks"], [])
    equal(bob.virtual_networks_list(obj_uuids=[theirs], detail=True), [])


@call
def sharing():
    alice, bob = client("alice"), client("bob")
    [uuid] = [item["uuid"] for item in alice.virtual_networks_list()["virtual-networks"]]
    tenant = bob.obj_perms(bob.get_auth_token())["token_info"]["token"]["project"]["id"]
    alice.chmod(uuid, share=[(tenant, 5)])
    equal(bob.virtual_network_read(id=uuid).name, "n1")
    equal(bob.obj_perms(bob.get_auth_token(), uuid)["permissions"], "RX")
    alice.chmod(uuid, share=[])
    refused(vnc_api.PermissionDenied, lambda: bob.virtual_network_read(id=uuid))


@call
def who_am_i():
    alice = client("alice")
    perms = alice.obj_perms(alice.get_auth_token())
    equal(perms["is_cloud_admin_role"], False)
    equal(perms["token_info"]["token"]["user"]["name"], "alice")
    equal(perms["token_info"]["token"]["project"]["name"], "alice-p")


@call
def logs_in_again_when_its_token_is_over():
    alice = client("alice")
    token = alice.get_auth_token()
    headers = {"X-Auth-Token": token, "X-Subject-Token": token}
    answer = requests.delete("https://127.0.0.1:%s/v3/auth/tokens" % PORT, headers=headers)
    equal(answer.status_code, 204)
    equal(len(alice.virtual_networks_list()["virtual-networks"]), 1)
    if alice.get_auth_token() == token:
        raise AssertionError("the token is still the old one")


@call
def quota():
    alice = client("alice")
    alice.network_policy_create(vnc_api.NetworkPolicy("p1", fq_name=["default-domain", "alice-p", "p1"],
                                                      parent_type="project"))
    refused(vnc_api.OverQuota, lambda: alice.network_policy_create(
        vnc_api.NetworkPolicy("p2", fq_name=["default-domain", "alice-p", "p2"], parent_type="project")))


@call
def refusals():
    refused(RuntimeError, lambda: client("alice", password="not the password"))
    refused(RuntimeError, lambda: client("alice", tenant="bob-p"))
    refused(RuntimeError, lambda: client("nobody"))


for function in CALLS:
    try:
        function()
        failure = None
    except Exception as reason:  # Every failure is reported.
        failure = "%s: %s" % (type(reason).__name__, reason)
    print(json.dumps({"call": function.__name__, "failure": failure}), flush=True)
