"""Takes one object of each type of the unmodified vnc_api client through its life against a running server.

usage: exercise_client.py PORT

Writes one JSON line per type on stdout: {"type", "failures": [text, ...], "properties": n}; n is the number of
properties that were sent and compared with what came back.
"""

import json
import sys

from vnc_api import vnc_api
from vnc_api.gen import resource_xsd
from vnc_api.gen.vnc_api_client_gen import all_resource_type_tuples

SCALARS = {"string": "text", "integer": 1, "boolean": True, "dateTime": "2020-01-01T00:00:00", "time": "12:00:00"}
# What the server works out, or checks against other objects, and so cannot be any text.
NOT_FREE = {"id_perms", "perms2", "display_name", "instance_ip_address", "virtual_network_network_id",
            "security_group_id", "tag_id", "draft_mode_state", "parent_type"}
# Fields whose texts the server checks beyond their type.
EXAMPLES = {"ip_prefix": "10.1.2.0", "mac_address": "02:00:00:00:00:01", "route_target": "target:1:1", "protocol": "tcp",
            "security_group": "local"}
MAX_DEPTH = 6


def class_of(resource_type):
    return vnc_api.obj_type_to_vnc_class(resource_type, vnc_api.__name__)


def scalar(type_name, facts):
    restrictions = facts.get("restrictions")
    if restrictions:
        first = restrictions[0]
        return int(first) if type_name == "integer" else first
    if facts.get("simple_type") in ("IpAddress", "IpAddressType"):
        return "10.1.2.3"
    return SCALARS.get(type_name, "text")


def value_of(type_name, facts, depth):
    """A value of every field of a type, as plain JSON; complex types that nest too deep end empty."""
    if not facts["is_complex"]:
        return scalar(type_name, facts)
    cls = getattr(resource_xsd, type_name)
    filled = {}
    for name, field in cls.attr_field_type_vals.items():
        if field["is_complex"] and depth >= MAX_DEPTH:
            continue
        one = value_of(field["attr_type"], field, depth + 1)
        if one == "text":
            one = EXAMPLES.get(name, one)
        filled[name] = [one] if field["is_array"] else one
    return filled


def properties_of(cls):
    """Every property that a client may give, with a value; the complex ones as the client's own classes."""
    given = {}
    for name, facts in cls.prop_field_types.items():
        if name in NOT_FREE or "C" not in facts["operations"] or facts["required"] == "system-only":
            continue
        value = value_of(facts["xsd_type"], facts, 0)
        if facts["is_complex"]:
            value = getattr(resource_xsd, facts["xsd_type"])(params_dict=value)
        given[name] = value
    return given


def plain(value):
    """A value without None, as it would be in a JSON body."""
    if hasattr(value, "exportDict"):
        value = value.exportDict("")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def parent_type_of(cls, seen):
    for candidate in cls.parent_types:
        if candidate != "config-root" and candidate not in seen:
            return candidate
    return None


class Exerciser:
    def __init__(self, client):
        self.client = client
        self.failures = []

    def check(self, what, holds):
        if not holds:
            self.failures.append(what)

    def make(self, resource_type, name, made, seen=(), **properties):
        """Creates an object below parents that are created for it; appends all of them to made, parents first."""
        cls = class_of(resource_type)
        parent_type = parent_type_of(cls, seen)
        if parent_type is not None:
            # A network's routing instance of the same name is the server's own: no child may be called like its parent.
            parent = self.make(parent_type, name + "-parent", made, seen + (resource_type,))
            obj = cls(name, parent, **properties)
        elif cls.parent_types:
            obj = cls(name, fq_name=[name], parent_type="config-root", **properties)
        else:
            obj = cls(name, **properties)
        getattr(self.client, cls.object_type + "_create")(obj)
        made.append(obj)
        return obj

    def life(self, resource_type, name):
        made = []
        cls = class_of(resource_type)
        properties = properties_of(cls)
        obj = self.make(resource_type, name, made, **properties)
        self.read(cls, obj, properties)
        self.listed(cls, obj)
        self.update(cls, obj)
        self.delete(cls, obj)
        made.pop()
        for parent in reversed(made):
            self.call(type(parent), "_delete")(id=parent.uuid)
        return len(properties)

    def call(self, cls, operation):
        return getattr(self.client, cls.object_type + operation)

    def read(self, cls, obj, properties):
        read = self.call(cls, "_read")(id=obj.uuid)
        self.check("read by uuid gives another fq_name", read.get_fq_name() == obj.get_fq_name())
        by_name = self.call(cls, "_read")(fq_name=obj.get_fq_name())
        self.check("read by name gives another uuid", by_name.uuid == obj.uuid)
        self.check("id_to_fq_name", self.client.id_to_fq_name(obj.uuid) == obj.get_fq_name())
        for name, value in properties.items():
            shown = plain(getattr(read, name))
            if shown != plain(value):
                self.failures.append("%s came back as %s, sent %s" % (name, json.dumps(shown), json.dumps(plain(value))))
        perms = read.get_id_perms()
        number = (perms.uuid.uuid_mslong % 2**64) << 64 | (perms.uuid.uuid_lslong % 2**64)
        self.check("id_perms.uuid is not the uuid", "%032x" % number == obj.uuid.replace("-", ""))
        self.check("perms2 has no owner", read.get_perms2().get_owner() is not None)

    def listed(self, cls, obj):
        names = self.call(cls, "s_list")()[cls.resource_type + "s"]
        self.check("not in the list", [obj.uuid] == [one["uuid"] for one in names if one["uuid"] == obj.uuid])
        details = self.call(cls, "s_list")(obj_uuids=[obj.uuid], detail=True)
        self.check("not in the detailed list", [one.get_fq_name() for one in details] == [obj.get_fq_name()])
        count = self.call(cls, "s_list")(obj_uuids=[obj.uuid], count=True)
        self.check("count", count[cls.resource_type + "s"]["count"] == 1)

    def update(self, cls, obj):
        obj.set_display_name("another name")
        self.call(cls, "_update")(obj)
        obj.add_annotations(resource_xsd.KeyValuePair("colour", "blue"))
        self.call(cls, "_update")(obj)
        read = self.call(cls, "_read")(id=obj.uuid)
        self.check("display_name not updated", read.get_display_name() == "another name")
        pairs = {pair.get_key(): pair.get_value() for pair in read.get_annotations().get_key_value_pair()}
        self.check("annotation not added: %s" % pairs, pairs.get("colour") == "blue")

    def delete(self, cls, obj):
        self.call(cls, "_delete")(id=obj.uuid)
        try:
            self.call(cls, "_read")(id=obj.uuid)
            self.failures.append("still there after the delete")
        except vnc_api.NoIdError:
            pass


def main(port):
    client = vnc_api.VncApi(api_server_host="127.0.0.1", api_server_port=port)
    for _, resource_type in sorted(all_resource_type_tuples):
        exerciser = Exerciser(client)
        count = 0
        try:
            count = exerciser.life(resource_type, "contract-" + resource_type)
        except Exception as reason:  # Reported with its type, and the next type goes on.
            exerciser.failures.append("%s: %s" % (type(reason).__name__, reason))
        print(json.dumps({"type": resource_type, "failures": exerciser.failures, "properties": count}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
