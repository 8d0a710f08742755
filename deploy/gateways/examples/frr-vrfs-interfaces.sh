#!/bin/sh
# default-domain:default-project:ip-fabric:__default__:gw1: made by contrail gateway render; run it before FRR starts, and again after changes
set -eu
have() { ip link show "$1" >/dev/null 2>&1; }
sysctl -q -w net.ipv4.ip_forward=1
sysctl -q -w net.ipv6.conf.all.forwarding=1
# network default-domain:admin:public
have vrf7 || ip link add vrf7 type vrf table 100007
ip link set vrf7 up
have br7 || ip link add br7 mtu 1450 type bridge
ip link set br7 master vrf7
have vxlan7 || ip link add vxlan7 mtu 1450 type vxlan id 7 local 172.30.30.2 dstport 4789 nolearning
ip link set vxlan7 master br7
ip link set vxlan7 up
ip link set br7 up
# network default-domain:shop:web
have vrf12 || ip link add vrf12 type vrf table 100012
ip link set vrf12 up
have br12 || ip link add br12 mtu 1450 type bridge
ip link set br12 master vrf12
have vxlan12 || ip link add vxlan12 mtu 1450 type vxlan id 12 local 172.30.30.2 dstport 4789 nolearning
ip link set vxlan12 master br12
ip link set vxlan12 up
ip link set br12 up
# network default-domain:shop:data
have vrf13 || ip link add vrf13 type vrf table 100013
ip link set vrf13 up
have br13 || ip link add br13 mtu 1450 type bridge
ip link set br13 master vrf13
have vxlan13 || ip link add vxlan13 mtu 1450 type vxlan id 13 local 172.30.30.2 dstport 4789 nolearning
ip link set vxlan13 master br13
ip link set vxlan13 up
ip link set br13 up
