/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Flow entries: found, counted, inserted in pairs, promoted. "Flow" of PIPELINE.md. */
#pragma once
#include "base.h"

INLINE void reverse_key(const struct flow_key *key, __u32 next_hop, struct flow_key *into)
{
	int swap = key->protocol != PROTO_ICMP;
	__builtin_memset(into, 0, sizeof(*into));
	into->next_hop = next_hop;
	into->source = key->destination;
	into->destination = key->source;
	into->source_port = swap ? key->destination_port : key->source_port;
	into->destination_port = swap ? key->source_port : key->destination_port;
	into->protocol = key->protocol;
}

/* A generation that is never the current one: the entry is decided anew. */
#define NO_GENERATION 0xffffffff

/* Keeps the compiler from moving reads and writes over it; x86 keeps their order by itself. */
#define BARRIER() asm volatile("" ::: "memory")

INLINE __u32 generation_of(const struct flow *flow)
{
	return *(volatile const __u32 *)&flow->generation;
}

/* The entry's verdict, where it is of this generation from before the read until after it. */
INLINE int verdict_of(const struct flow *flow, __u32 generation, __u32 *pass)
{
	if (generation_of(flow) != generation)
		return 0;
	*pass = flow->pass;
	BARRIER();
	return generation_of(flow) == generation;
}

/* The same with the way, which goes into the packet; 0 also where it is not known yet. */
INLINE int verdict_and_way_of(const struct flow *flow, struct packet *p, __u32 *pass)
{
	if (generation_of(flow) != p->generation)
		return 0;
	*pass = flow->pass;
	p->to = flow->to;
	BARRIER();
	return generation_of(flow) == p->generation && p->to.kind;
}

/* Sets a bit of an entry's state; returns whether it was set already. */
INLINE int set_state(struct flow *flow, __u32 bit)
{
	bit <<= 16; /* state, seen in the word that begins with pass */
	return (__sync_fetch_and_or((__u32 *)&flow->pass, bit) & bit) != 0;
}

/*
 * Stores a new verdict and way in an entry. One processor at a time writes, and its generation is 0 meanwhile: who finds it
 * so decides for its own packet only. It is right again last. turn: it is the initiator's entry from now on.
 */
INLINE void renew(struct flow *flow, const struct packet *p, __u32 pass, int turn)
{
	__u32 before = generation_of(flow);
	if (!before || !__sync_bool_compare_and_swap(&flow->generation, before, 0))
		return;
	flow->pass = pass;
	flow->to = p->to;
	if (turn)
		flow->reverse = 0;
	if (pass && !(flow->state & FLOW_PASSED))
		set_state(flow, FLOW_PASSED);
	BARRIER();
	*(volatile __u32 *)&flow->generation = p->generation;
}

/* Whether the other side was always denied: the packet is an initiator's of its own. */
INLINE int turns_round(const struct packet *p, const struct flow *flow, __u32 pass)
{
	return !pass && flow->reverse && !(flow->state & FLOW_PASSED) && !p->icmp_error;
}

INLINE struct flow *find_flow(const struct flow_key *key)
{
	struct flow *flow = bpf_map_lookup_elem(&flows, key);
	return flow ? flow : bpf_map_lookup_elem(&embryonic_flows, key);
}

/* 32-bit FNV-1a over the key without its next hop, folded. */
FUNCTION __u32 flow_hash(const struct flow_key *key)
{
	__u32 hash = 0x811c9dc5;
	const __u8 *at = (const __u8 *)&key->source;
#pragma unroll
	for (int i = 0; i < 8; i++)
		hash = (hash ^ at[i]) * 0x01000193;
	hash = (hash ^ key->protocol) * 0x01000193;
	at = (const __u8 *)&key->source_port;
#pragma unroll
	for (int i = 0; i < 4; i++)
		hash = (hash ^ at[i]) * 0x01000193;
	return hash ^ (hash >> 16);
}

/* Entries of an interface that wait for their reply in the table of established flows; others wait among the embryonic. */
#define KEPT_PER_INTERFACE 64

/* The count of a next hop, made where there is none; it goes with the interface. */
INLINE struct flow_count *count_of(__u32 next_hop)
{
	struct flow_count none = {};
	struct flow_count *count = bpf_map_lookup_elem(&flow_counts, &next_hop);
	if (count)
		return count;
	bpf_map_update_elem(&flow_counts, &next_hop, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&flow_counts, &next_hop);
}

/* An entry that waited in the table of established flows; only one CPU finds it waiting. */
INLINE void establish_kept(struct flow *flow, struct flow_count *count)
{
	if (set_state(flow, FLOW_ESTABLISHED) || !count)
		return;
	__sync_fetch_and_add(&count->established, 1);
	__sync_fetch_and_add(&count->waiting, -1);
}

/* Moves one entry to the established table; the embryonic one goes. */
INLINE int establish_moved(const struct flow_key *key, struct flow *flow, struct flow_count *count)
{
	__u32 generation = generation_of(flow);
	BARRIER();
	struct flow copy = *flow;
	BARRIER();
	copy.generation = generation && generation == generation_of(flow) ? generation : NO_GENERATION;
	copy.state = FLOW_ESTABLISHED | FLOW_PASSED;
	if (bpf_map_update_elem(&flows, key, &copy, BPF_NOEXIST))
		return 0;
	bpf_map_delete_elem(&embryonic_flows, key);
	if (count)
		__sync_fetch_and_add(&count->established, 1);
	return 1;
}

/* A reply was seen: the entry and its peer become established, within the interface's share. */
FUNCTION int promote(struct flow_key *key, struct flow *flow)
{
	struct flow_key peer_key;
	struct settings *host = host_settings();
	struct flow_count *count = count_of(key->next_hop);
	__u32 peer_next_hop = flow->peer_next_hop;

	if (!host || (count ? (__s64)count->established : 0) >= (__s64)host->flows_per_interface)
		return 0;
	if (flow->state & FLOW_KEPT)
		establish_kept(flow, count);
	else if (!establish_moved(key, flow, count))
		return 0;
	reverse_key(key, peer_next_hop, &peer_key);
	struct flow *peer = find_flow(&peer_key);
	if (!peer || (peer->state & FLOW_ESTABLISHED))
		return 1;
	if (peer_next_hop != key->next_hop)
		count = count_of(peer_next_hop);
	if (peer->state & FLOW_KEPT)
		establish_kept(peer, count);
	else
		establish_moved(&peer_key, peer, count);
	return 1;
}

INLINE int opens_connection(__u8 tcp_flags)
{
	return (tcp_flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK)) == TCP_SYN;
}

/* The ports are used again: what the former connection's packets said does not age the new one. */
FUNCTION int begin_anew(struct flow_key *key, struct flow *flow)
{
	struct flow_key peer_key;
	reverse_key(key, flow->peer_next_hop, &peer_key);
	flow->tcp_flags = 0;
	struct flow *peer = find_flow(&peer_key);
	if (peer)
		peer->tcp_flags = 0;
	return 0;
}

/* Counts a packet in its entry and promotes on a reply. The entry must not be used afterwards. */
INLINE void account(struct packet *p, struct flow *flow)
{
	if (p->icmp_error)
		return;
	__sync_fetch_and_add(&flow->packets, 1);
	__sync_fetch_and_add(&flow->bytes, p->total_bytes);
	flow->last_seen = p->now;
	if (opens_connection(p->tcp_flags) && flow->tcp_flags)
		begin_anew(&p->key, flow);
	if ((flow->tcp_flags | p->tcp_flags) != flow->tcp_flags)
		flow->tcp_flags |= p->tcp_flags;
	if (flow->reverse && flow->pass && !(flow->state & FLOW_ESTABLISHED))
		promote(&p->key, flow);
}

/* Puts one entry of a pair among the established ones, where it waits; not 0: there is one, or no room. */
INLINE long keep(const struct flow_key *key, struct flow *flow, struct flow_count *count)
{
	long error = bpf_map_update_elem(&flows, key, flow, BPF_NOEXIST);
	if (!error && count)
		__sync_fetch_and_add(&count->waiting, 1);
	return error;
}

/* What the two entries of a new flow have in common, and the reverse one's part. */
INLINE void begin_pair(const struct packet *p, __u32 pass, struct flow *flow)
{
	__builtin_memset(flow, 0, sizeof(*flow));
	flow->generation = p->generation;
	flow->peer_next_hop = p->key.next_hop;
	flow->pass = pass;
	flow->reverse = 1;
	flow->state = pass ? FLOW_PASSED : 0;
}

/* The packet's entry has become the initiator's and passes: its peer, made where there is none, is the reply's. */
FUNCTION int set_reply(struct packet *p, __u32 peer_next_hop)
{
	struct flow_key peer_key;
	struct flow made;

	reverse_key(&p->key, peer_next_hop, &peer_key);
	struct flow *peer = find_flow(&peer_key);
	if (!peer) {
		begin_pair(p, 1, &made);
		bpf_map_update_elem(&embryonic_flows, &peer_key, &made, BPF_NOEXIST);
	} else if (!(peer->state & FLOW_ESTABLISHED)) {
		peer->pass = 1;
		set_state(peer, FLOW_PASSED);
		BARRIER(); /* who found it marked and denied would turn it again */
		peer->reverse = 1;
	}
	return 0;
}

/* Makes it the forward entry, with this packet counted. */
INLINE void go_forward(const struct packet *p, __u32 peer_next_hop, struct flow *flow)
{
	flow->reverse = 0;
	flow->peer_next_hop = peer_next_hop;
	flow->packets = 1;
	flow->bytes = p->total_bytes;
	flow->last_seen = p->now;
	flow->tcp_flags = p->tcp_flags;
	flow->to = p->to;
}

/* Both entries among the established ones; 0 where the interface's share of waiting ones, or the table, is used up. */
FUNCTION int keep_pair(struct packet *p, __u32 peer_next_hop, struct flow_key *peer_key)
{
	struct flow_count *count = count_of(p->key.next_hop);
	struct flow flow;

	if (!count || count->waiting >= KEPT_PER_INTERFACE || p->peer == PEER_EMBRYONIC)
		return 0;
	begin_pair(p, 1, &flow);
	flow.state = FLOW_KEPT | FLOW_PASSED;
	long error = keep(peer_key, &flow, peer_next_hop == p->key.next_hop ? count : count_of(peer_next_hop));
	if (error && error != -17 /* EEXIST: left as it is */)
		return 0;
	p->peer = PEER_KEPT;
	go_forward(p, peer_next_hop, &flow);
	return !keep(&p->key, &flow, count);
}

/*
 * Writes both entries of a new flow, with this packet counted: the reverse one first and only where there is none, which
 * p->peer says.
 */
FUNCTION int insert_pair(struct packet *p, __u32 peer_next_hop, __u32 pass)
{
	struct flow_key peer_key;
	struct flow flow;

	reverse_key(&p->key, peer_next_hop, &peer_key);
	if (pass && keep_pair(p, peer_next_hop, &peer_key))
		return 0;
	begin_pair(p, pass, &flow);
	if (p->peer != PEER_KEPT) {
		long error = bpf_map_update_elem(&embryonic_flows, &peer_key, &flow, BPF_NOEXIST);
		if (error && error != -17)
			return REASON(flow_table_full);
	}
	go_forward(p, peer_next_hop, &flow);
	if (bpf_map_update_elem(&embryonic_flows, &p->key, &flow, BPF_ANY))
		return REASON(flow_table_full);
	return 0;
}
