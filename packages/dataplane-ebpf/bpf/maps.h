/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* All maps; pinned by name in the host's directory, so that they outlive the agent. */
#pragma once
#include "layout.h"
#include <bpf/bpf_helpers.h>

/* A test opens fresh tables again and again: small ones are emptied sooner. */
#ifdef TEST_BUILD
#define PINNED
#define MAX_FLOWS 16384
#define MAX_EMBRYONIC_FLOWS 16384
#else
#define PINNED __uint(pinning, LIBBPF_PIN_BY_NAME)
#define MAX_FLOWS 1000000
#define MAX_EMBRYONIC_FLOWS 65536
#endif

#define ONE_VALUE(NAME, TYPE)                                                                                          \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                      \
		__uint(max_entries, 1);                                                                                \
		__type(key, __u32);                                                                                    \
		__type(value, TYPE);                                                                                   \
		PINNED;                                                                                                \
	} NAME SEC(".maps")

#define TABLE(NAME, TYPE, ENTRIES, FLAGS, KEY, VALUE)                                                                  \
	struct {                                                                                                       \
		__uint(type, TYPE);                                                                                    \
		__uint(max_entries, ENTRIES);                                                                          \
		__uint(map_flags, FLAGS);                                                                              \
		__type(key, KEY);                                                                                      \
		__type(value, VALUE);                                                                                  \
		PINNED;                                                                                                \
	} NAME SEC(".maps")

ONE_VALUE(settings, struct settings);
/* Rises with every applied batch; written after its rows. */
ONE_VALUE(generation, __u32);

TABLE(devices, BPF_MAP_TYPE_HASH, 8192, BPF_F_NO_PREALLOC, __u32, struct device);
TABLE(vifs, BPF_MAP_TYPE_ARRAY, VIF_SLOTS, 0, __u32, struct vif);
TABLE(sources, BPF_MAP_TYPE_LPM_TRIE, 262144, BPF_F_NO_PREALLOC, struct prefix_key, struct source);
TABLE(routes, BPF_MAP_TYPE_LPM_TRIE, 4194304, BPF_F_NO_PREALLOC, struct prefix_key, struct route);
TABLE(next_hops, BPF_MAP_TYPE_HASH, 65536, BPF_F_NO_PREALLOC, __u32, struct next_hop);
TABLE(labels, BPF_MAP_TYPE_HASH, 65536, BPF_F_NO_PREALLOC, __u32, __u32);
TABLE(tunnel_endpoints, BPF_MAP_TYPE_HASH, 65536, BPF_F_NO_PREALLOC, __be32, __u32);
TABLE(group_sets, BPF_MAP_TYPE_HASH, 65536, BPF_F_NO_PREALLOC, __u32, struct group_set);

/* Compiled ACLs: an id leads to the first of its rows, which is swapped when all of them are there. */
TABLE(acls, BPF_MAP_TYPE_HASH, 65536, BPF_F_NO_PREALLOC, __u32, __u32);
TABLE(acl_rows, BPF_MAP_TYPE_ARRAY, ACL_ROWS, 0, __u32, struct acl_row);

/*
 * Flows without a reply: the least recently used goes. With one: until they are aged; as many as the host is set to,
 * their memory taken at once, so that a new connection waits for no allocator. A few of each interface begin in the
 * second table and need not move.
 */
TABLE(embryonic_flows, BPF_MAP_TYPE_LRU_HASH, MAX_EMBRYONIC_FLOWS, 0, struct flow_key, struct flow);
TABLE(flows, BPF_MAP_TYPE_HASH, MAX_FLOWS, 0, struct flow_key, struct flow);
/* By key next hop. */
TABLE(flow_counts, BPF_MAP_TYPE_HASH, 65536, BPF_F_NO_PREALLOC, __u32, struct flow_count);
TABLE(fragments, BPF_MAP_TYPE_LRU_HASH, 8192, 0, struct fragment_key, struct ports);
/* By interface: of punts, and behind all of these of packets to services. */
TABLE(punt_windows, BPF_MAP_TYPE_ARRAY, 2 * VIF_SLOTS, 0, __u32, struct punt_window);

TABLE(drops, BPF_MAP_TYPE_PERCPU_ARRAY, 64, 0, __u32, __u64);
TABLE(counters, BPF_MAP_TYPE_PERCPU_ARRAY, VIF_SLOTS, 0, __u32, struct vif_counters);

/* The programs that the attached ones jump to: an upgrade swaps slots. */
TABLE(stages, BPF_MAP_TYPE_PROG_ARRAY, STAGES, 0, __u32, __u32);

/* Pinned as well: while stages are swapped one of the old program jumps to one of the new. */
TABLE(scratch, BPF_MAP_TYPE_PERCPU_ARRAY, 1, 0, __u32, struct packet);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, VIF_HINTS);
	__type(key, __u32);
	__type(value, __u32);
} vif_hints SEC(".maps");

/* Memories of a CPU, a slot each for several keys; what is lost is found again, so they are not pinned. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, INLET_SLOTS);
	__type(key, __u32);
	__type(value, struct inlet);
} inlets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WAY_SLOTS);
	__type(key, __u32);
	__type(value, struct way);
} ways SEC(".maps");

struct acl_scratch {
	__u64 source[ACL_ROW_WORDS];
	__u64 destination[ACL_ROW_WORDS];
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct acl_scratch);
} acl_work SEC(".maps");

/* A copy buffer of the agent's frames, which move by the length of their head. */
struct copy_buffer {
	__u8 bytes[512];
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct copy_buffer);
} copies SEC(".maps");

#ifdef TEST_BUILD
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct test_record);
} test_run SEC(".maps");
#endif
