/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Removal of flow entries, run by user space as a program: it walks the tables in the kernel. "Ageing" of PIPELINE.md. */
#pragma once
#include "flow.h"

struct bpf_map;

#define SECOND 1000000000ull
#define IDLE_CLOSED (10 * SECOND)
#define IDLE_EMBRYONIC (60 * SECOND)
#define IDLE_OTHER (180 * SECOND)
#define IDLE_TCP (7200 * SECOND)

struct removal {
	__u64 now;
	__u32 gone; /* 0: by age; 1: those of next hops whose count is FLOWS_GONE */
	__u32 removed;
};

struct removal_walk {
	struct removal removal;
	__u32 marked; /* not a sum: the verifier would count along */
};

INLINE __u64 idle_limit(const struct flow_key *key, const struct flow *flow, __u8 peer_flags)
{
	if (key->protocol == PROTO_TCP) {
		if (((flow->tcp_flags | peer_flags) & TCP_RST) || (flow->tcp_flags & peer_flags & TCP_FIN))
			return IDLE_CLOSED;
	}
	if (!(flow->state & FLOW_ESTABLISHED))
		return IDLE_EMBRYONIC;
	return key->protocol == PROTO_TCP ? IDLE_TCP : IDLE_OTHER;
}

/* Writes only what changes: the entry is in use on another CPU. */
INLINE void mark(struct flow *flow, __u8 expired, struct removal_walk *walk)
{
	if (flow->to.expired != expired)
		flow->to.expired = expired;
	walk->marked |= *(volatile __u8 *)&flow->to.expired;
}

/* First pass: marks, so that both entries of a pair are judged while both are there. */
static long mark_flow(struct bpf_map *map, struct flow_key *key, struct flow *flow, struct removal_walk *walk)
{
	const struct removal *removal = &walk->removal;
	struct flow_key own = *key, peer_key;
	if (removal->gone) {
		struct flow_count *count = bpf_map_lookup_elem(&flow_counts, &own.next_hop);
		mark(flow, count && count->established < FLOWS_GONE / 2, walk);
		return 0;
	}
	if ((__s64)(removal->now - flow->last_seen) <= (__s64)IDLE_CLOSED) { /* whatever its peer says */
		mark(flow, 0, walk);
		return 0;
	}
	reverse_key(&own, flow->peer_next_hop, &peer_key);
	struct flow *peer = find_flow(&peer_key);
	__u64 seen = flow->last_seen;
	if (peer && peer->last_seen > seen)
		seen = peer->last_seen;
	mark(flow, (__s64)(removal->now - seen) > (__s64)idle_limit(&own, flow, peer ? peer->tcp_flags : 0), walk);
	return 0;
}

INLINE int still_idle(const struct flow *flow, const struct removal *removal)
{
	return removal->gone || (__s64)(removal->now - flow->last_seen) > (__s64)IDLE_CLOSED;
}

static long remove_embryonic(struct bpf_map *map, struct flow_key *key, struct flow *flow, struct removal *removal)
{
	struct flow_key own = *key;
	if (flow->to.expired && still_idle(flow, removal) && !bpf_map_delete_elem(&embryonic_flows, &own))
		removal->removed += 1;
	return 0;
}

static long remove_established(struct bpf_map *map, struct flow_key *key, struct flow *flow, struct removal *removal)
{
	struct flow_key own = *key;
	__u32 next_hop = own.next_hop;
	__u8 established = flow->state & FLOW_ESTABLISHED;
	if (!flow->to.expired || !still_idle(flow, removal) || bpf_map_delete_elem(&flows, &own))
		return 0;
	removal->removed += 1;
	struct flow_count *count = bpf_map_lookup_elem(&flow_counts, &next_hop);
	if (count)
		__sync_fetch_and_add(established ? &count->established : &count->waiting, -1);
	return 0;
}

/* Context: struct removal in, removed out. A walk takes as long as the table is wide: none where there is nothing to do. */
SEC("syscall")
int remove_flows(struct removal *context)
{
	struct removal_walk walk = {{context->now, context->gone, 0}, 0};
	__u32 established;
#ifndef TEST_BUILD
	walk.removal.now = bpf_ktime_get_ns();
#endif
	bpf_for_each_map_elem(&flows, mark_flow, &walk, 0);
	established = walk.marked;
	walk.marked = 0;
	bpf_for_each_map_elem(&embryonic_flows, mark_flow, &walk, 0);
	if (established)
		bpf_for_each_map_elem(&flows, remove_established, &walk.removal, 0);
	if (walk.marked)
		bpf_for_each_map_elem(&embryonic_flows, remove_embryonic, &walk.removal, 0);
	context->removed = walk.removal.removed;
	return 0;
}
