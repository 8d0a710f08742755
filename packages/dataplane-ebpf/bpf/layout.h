/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * What the maps hold. src/layout.ts writes and reads the same bytes; a change here raises LAYOUT_VERSION there.
 * Addresses and ports are in network order; everything else is in the order of the machine.
 */
#pragma once
#include <linux/bpf.h>
#include <linux/types.h>

#define VIF_SLOTS 4352
#define ECMP_MEMBERS 16
#define GROUPS_PER_SET 64

/* Values that hold for the whole host. */
struct settings {
	__be32 local_address;
	__u32 underlay_ifindex;
	__u32 underlay_mtu;
	__u32 punt_ifindex; /* 0: no punt device */
	__u32 punts_per_second;
	__u32 flows_per_interface;
};

/* Where the interface of a device may stand, by the last bits of its index; checked against the interface. */
#define VIF_HINTS 1024

/* What a device that carries a program is for; interface 0: none any more, its frames are dropped. */
struct device {
	__u32 use; /* 1 machine, 2 underlay, 3 punt */
	__u32 interface;
	__u32 carried; /* how it carries the program: src/attachment.ts */
};

/* A machine's interface; id 0: the slot is empty. */
struct vif {
	__u32 id;
	__u32 ifindex; /* 0: the device is not there */
	__u32 vrf;
	__u32 next_hop;
	__u32 network;
	__u32 group_set;
	__u32 network_acl;
	__u32 ingress_acl;
	__u32 egress_acl;
	__be32 subnet;
	__be32 subnet_mask; /* 0: the interface has no subnet */
	__u32 mtu;
	__be32 primary; /* one of its /32 sources, found without a search; 0: none */
	__u8 primary_mac[6];
	__u8 mac[6];
	__u8 peer; /* 1: a veth whose other end is in another namespace */
	__u8 unused[3];
	__be32 address; /* of its own: what services of the host answer to; 0: none */
	__be32 gateway; /* and name server: where they are reached; 0: none */
	__be32 name_server;
};

/* Key of the longest-prefix tables: scope is a VRF or an interface. */
struct prefix_key {
	__u32 length; /* 32 + prefix length */
	__be32 scope;
	__be32 address;
};

struct source {
	__u8 mac[6];
	__u8 host; /* 1: the prefix is a /32 */
	__u8 unused;
};

struct route {
	__u32 next_hop;
	__u32 label;
	__u32 network;
	__u32 group_set;
};

enum next_hop_kind { NH_DISCARD = 1, NH_INTERFACE, NH_TUNNEL, NH_PUNT, NH_ECMP };

struct member {
	__u32 next_hop;
	__u32 label;
};

struct next_hop {
	__u32 kind;
	__u32 target; /* interface id, or the tunnel's remote address in network order */
	__u32 count; /* of members */
	struct member members[ECMP_MEMBERS];
};

struct group_set {
	__u32 count;
	__u32 groups[GROUPS_PER_SET];
};

struct flow_key {
	__u32 next_hop;
	__be32 source;
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 unused[3];
};

enum resolution_kind { RES_NONE = 0, RES_TUNNEL, RES_INTERFACE };

/* Where a flow's packets go; only for packets from machines, good for the generation of the entry. */
struct resolution {
	__u8 kind;
	__u8 same_subnet;
	__u8 ecmp_place;
	__u8 expired; /* of the entry: mark of the ageing pass; an entry that is resolved anew is not idle */
	__be16 source_port; /* of the outer header */
	__u16 unused2;
	__u32 target; /* interface id, or remote address in network order */
	__u32 label;
	__u32 ecmp_next_hop; /* 0: not by ecmp */
};

enum flow_state {
	FLOW_ESTABLISHED = 1, /* a reply was seen */
	FLOW_PASSED = 4, /* policy has let it pass at some time */
	FLOW_KEPT = 2, /* in the table of established flows from its first packet on */
};

/* 56 bytes: with its key and the kernel's own part an entry fills two cache lines. */
struct flow {
	__u64 packets;
	__u64 bytes;
	__u64 last_seen; /* ns, CLOCK_MONOTONIC */
	__u32 generation;
	__u32 peer_next_hop;
	__u8 pass; /* begins the word in which set_state() sets bits of state */
	__u8 reverse;
	__u8 state; /* bits of enum flow_state */
	__u8 tcp_flags;
	struct resolution to;
};

/* The entries of a next hop in the table of established flows; one may be missed where two CPUs meet, so below 0 is 0. */
struct flow_count {
	__s32 established;
	__s32 waiting; /* for a reply */
};
/* Established entries of an interface that is gone: so far below 0 that none comes up again. */
#define FLOWS_GONE (-0x40000000)

struct fragment_key {
	__u32 next_hop;
	__be32 source;
	__be32 destination;
	__be16 identification;
	__u8 protocol;
	__u8 unused;
};

struct ports {
	__be16 source;
	__be16 destination;
};

struct punt_window {
	__u64 start;
	__u32 punts;
	__u32 open;
};

struct vif_counters {
	__u64 received_packets;
	__u64 received_bytes;
	__u64 sent_packets;
	__u64 sent_bytes;
	__u64 drops;
};

/* 16 MiB: ten ACLs of 1024 rules that differ in everything, or thousands of usual ones. */
#define ACL_ROWS 131072
/* One row of a compiled ACL: 32 keys, or one bitmap of 1024 rules, or (row 0) the header. */
#define ACL_ROW_WORDS 16
struct acl_row {
	__u64 words[ACL_ROW_WORDS];
};

enum acl_section {
	ACL_SOURCE_ADDRESS,
	ACL_DESTINATION_ADDRESS,
	ACL_SOURCE_PORT,
	ACL_DESTINATION_PORT,
	ACL_PROTOCOL,
	ACL_SOURCE_NETWORK,
	ACL_DESTINATION_NETWORK,
	ACL_SOURCE_GROUP,
	ACL_DESTINATION_GROUP,
	ACL_SECTIONS,
};

/* Sorted keys, 32 to a row, and one bitmap row for each key. */
struct acl_keys {
	__u32 key_row;
	__u32 key_count;
	__u32 bitmap_row;
};

struct acl_header {
	__u32 rows; /* of this ACL, one after the other, the header first */
	__u32 pass_row; /* bit set: the rule passes */
	__u32 any_protocol_row; /* rules for every protocol */
	struct acl_keys sections[ACL_SECTIONS];
	__u32 words; /* of a bitmap that have rules */
	__u32 unused;
};

_Static_assert(sizeof(struct acl_header) == sizeof(struct acl_row), "the header is a row");

/* Where the entry of the other direction is. */
enum peer_place { PEER_NONE, PEER_EMBRYONIC, PEER_KEPT };

/* What a stage hands on through the per-CPU scratch map. */
struct packet {
	struct flow_key key;
	__u64 now;
	__u32 generation;
	__u32 interface;
	__u32 total_bytes; /* IPv4 total length */
	__u32 transport; /* offset of the transport header in the frame */
	__be32 source; /* of the IPv4 header; the key has others for ICMP errors */
	__be32 destination;
	__be16 identification;
	__be16 fragment; /* flags and offset */
	__be16 checksum; /* of the IPv4 header */
	__u8 tos;
	__u8 header_bytes;
	__u8 protocol;
	__u8 ttl;
	__u8 tcp_flags;
	__u8 icmp_error;
	__u8 no_flow; /* 1: the fast path has found no entry */
	__u8 peer; /* enum peer_place, where no_flow */
	struct resolution to;
	__u32 drop; /* for the punt stage: the reason that is counted as well */
	__u32 punt_reason;
};

/* Where a label from a tunnel end point led; good for its generation. */
struct inlet {
	__be32 endpoint;
	__u32 label;
	__u32 generation; /* 0: empty */
	__u32 interface;
};
#define INLET_SLOTS 1024

/* How the host's own table led a tunnel's packet out of the underlay device; good until its time. */
#define WAY_SLOTS 256
struct way {
	__u64 until; /* ns, the clock of the packets */
	__be32 remote;
	__u16 destination[3]; /* MAC addresses, as they stand in memory */
	__u16 source[3];
	__u32 generation; /* with another one the underlay may be another */
	__u8 known; /* 0: the table gave none */
	__u8 unused[3];
};

enum stage { STAGE_VM_IN, STAGE_FAB_IN, STAGE_AGENT_IN, STAGE_ARP, STAGE_VM_DECIDE, STAGE_FAB_DECIDE, STAGE_PUNT, STAGE_SERVICE, STAGE_HOST_IN, STAGES };

/* What a test sees of a run: TEST_BUILD only. */
struct test_record {
	__u64 now; /* in: the clock */
	__u32 gso_size; /* in */
	__u32 partial_checksum; /* in */
	__u32 drop; /* out: reason + 1 */
	__u32 out; /* out: 1 interface, 2 underlay, 3 punt, 4 host */
	__u32 interface; /* out: id, for 1 */
	__u32 unused;
};
