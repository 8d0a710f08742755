/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Policy: compiled ACLs, one bitmap of rules for each dimension, intersected. "Policy" of PIPELINE.md. */
#pragma once
#include "base.h"

/* One end of a flow; the ACLs are 0 where the end is not on this host. */
struct side {
	__u32 network;
	__u32 group_set;
	__u32 network_acl;
	__u32 ingress_acl;
	__u32 egress_acl;
};

/* The initiator's packet; addresses and ports in the order of the machine. */
struct query {
	__u32 source;
	__u32 destination;
	__u32 source_port;
	__u32 destination_port;
	__u32 protocol;
	__u32 source_network;
	__u32 destination_network;
	__u32 source_groups;
	__u32 destination_groups;
};

INLINE void side_of_vif(const struct vif *vif, struct side *side)
{
	side->network = vif->network;
	side->group_set = vif->group_set;
	side->network_acl = vif->network_acl;
	side->ingress_acl = vif->ingress_acl;
	side->egress_acl = vif->egress_acl;
}

INLINE void side_of_route(const struct route *route, struct side *side)
{
	__builtin_memset(side, 0, sizeof(*side));
	side->network = route->network;
	side->group_set = route->group_set;
}

#define KEYS_PER_ROW 32
/* 2049 intervals at most: 65 rows of keys. */
#define ROW_STEPS 7
#define KEY_STEPS 5

INLINE struct acl_row *acl_row(__u32 base, __u32 row)
{
	__u32 index = base + row;
	return bpf_map_lookup_elem(&acl_rows, &index);
}

/* 1 where a key is not above the one wanted, without a branch: the borrow of wanted - key. */
INLINE __u32 not_above(__u32 key, __u32 wanted)
{
	__u64 above = ((__u64)wanted - key) >> 63;
	OPAQUE(above);
	return 1 - (__u32)above;
}

/* The bitmap of the last key that is not above the one wanted (exact: equal to it); NULL: none. */
FUNCTION struct acl_row *acl_search(__u32 base, const struct acl_keys *keys, __u32 wanted, __u32 exact)
{
	__u32 count = keys->key_count, first = keys->key_row, bitmaps = keys->bitmap_row;
	__u32 row = 0, low = 0, left = (count + KEYS_PER_ROW - 1) / KEYS_PER_ROW;
	struct acl_row *found;

	if (count == 0)
		return NULL;
	if (count == 1 && !exact) /* one interval, from 0 */
		return acl_row(base, bitmaps);
	for (int i = 0; i < ROW_STEPS && left > 1; i++) {
		__u32 half = left >> 1;
		found = acl_row(base, first + row + half);
		if (!found)
			return NULL;
		row += half * not_above(*(__u32 *)found, wanted);
		left -= half;
	}
	found = acl_row(base, first + row);
	if (!found)
		return NULL;
	left = count - row * KEYS_PER_ROW;
	if (left > KEYS_PER_ROW)
		left = KEYS_PER_ROW;
	for (int i = 0; i < KEY_STEPS; i++) {
		__u32 half = left >> 1;
		low += half * not_above(((__u32 *)found)[(low + half) & 31], wanted);
		left -= half;
	}
	__u32 key = ((__u32 *)found)[low & 31];
	if (exact ? key != wanted : key > wanted)
		return NULL;
	return acl_row(base, bitmaps + row * KEYS_PER_ROW + low);
}

struct group_walk {
	__u32 base;
	const struct acl_keys *keys;
	const struct group_set *set;
	__u64 *into;
};

static long add_group(__u32 index, struct group_walk *walk)
{
	if (index >= GROUPS_PER_SET || index >= walk->set->count)
		return 1;
	struct acl_row *rules = acl_search(walk->base, walk->keys, walk->set->groups[index], 1);
	if (rules) {
#pragma unroll
		for (int i = 0; i < ACL_ROW_WORDS; i++)
			walk->into[i] |= rules->words[i];
	}
	return 0;
}

/* The rules that match one end: by address (and any), by network, by its groups. */
struct end_rules {
	const struct acl_row *address;
	const struct acl_row *network; /* NULL: none */
	const __u64 *groups; /* NULL: none */
};

INLINE int match_end(__u32 base, const struct acl_header *header, __u64 *into, int end, __u32 address, __u32 network,
		     __u32 groups, struct end_rules *rules)
{
	const struct acl_keys *group_keys = &header->sections[ACL_SOURCE_GROUP + end];

	rules->address = acl_search(base, &header->sections[ACL_SOURCE_ADDRESS + end], address, 0);
	rules->network = acl_search(base, &header->sections[ACL_SOURCE_NETWORK + end], network, 1);
	rules->groups = NULL;
	if (group_keys->key_count && groups) {
		struct group_walk walk = {base, group_keys, NULL, into};
		walk.set = bpf_map_lookup_elem(&group_sets, &groups);
		if (walk.set) {
			__builtin_memset(into, 0, sizeof(struct acl_row));
			bpf_loop(GROUPS_PER_SET, add_group, &walk, 0);
			rules->groups = into;
		}
	}
	return rules->address != NULL;
}

INLINE __u64 end_word(const struct end_rules *rules, int word)
{
	__u64 matching = rules->address->words[word];
	if (rules->network)
		matching |= rules->network->words[word];
	if (rules->groups)
		matching |= rules->groups[word];
	return matching;
}

/*
 * 1 where the ACL passes the packet; one that is not there, or is damaged, passes nothing. Not static: so the verifier
 * looks at it once and not for each of its callers.
 */
__attribute__((noinline)) int acl_passes(__u32 id, const struct query *q)
{
	struct end_rules from, to;
	__u32 zero = 0;
	if (!q)
		return 0;
	__u32 *current = bpf_map_lookup_elem(&acls, &id);
	struct acl_scratch *work = bpf_map_lookup_elem(&acl_work, &zero);
	if (!current || !work)
		return 0;
	__u32 base = *current;
	struct acl_header *header = (struct acl_header *)acl_row(base, 0);
	if (!header)
		return 0;
	if (!match_end(base, header, work->source, 0, q->source, q->source_network, q->source_groups, &from))
		return 0;
	if (!match_end(base, header, work->destination, 1, q->destination, q->destination_network, q->destination_groups,
		       &to))
		return 0;
	struct acl_row *protocol = acl_search(base, &header->sections[ACL_PROTOCOL], q->protocol, 1);
	if (!protocol)
		protocol = acl_row(base, header->any_protocol_row);
	struct acl_row *source_port = acl_search(base, &header->sections[ACL_SOURCE_PORT], q->source_port, 0);
	struct acl_row *destination_port =
		acl_search(base, &header->sections[ACL_DESTINATION_PORT], q->destination_port, 0);
	struct acl_row *pass = acl_row(base, header->pass_row);
	if (!protocol || !source_port || !destination_port || !pass)
		return 0;
	__u32 words = header->words;
	for (int i = 0; i < ACL_ROW_WORDS && i < words; i++) {
		__u64 rules = end_word(&from, i) & end_word(&to, i) & protocol->words[i] & source_port->words[i] &
			      destination_port->words[i];
		if (rules)
			return (pass->words[i] & rules & -rules) != 0;
	}
	return 0;
}

INLINE int all_pass(const __u32 *ids, const struct query *q)
{
#pragma unroll
	for (int i = 0; i < 4; i++)
		if (ids[i] && !acl_passes(ids[i], q))
			return 0;
	return 1;
}

/* Evaluates a key of the initiator's direction. */
FUNCTION int policy_passes(const struct flow_key *key, const struct side *initiator, const struct side *responder)
{
	struct query q = {
		.source = bpf_ntohl(key->source),
		.destination = bpf_ntohl(key->destination),
		.source_port = bpf_ntohs(key->source_port),
		.destination_port = bpf_ntohs(key->destination_port),
		.protocol = key->protocol,
		.source_network = initiator->network,
		.destination_network = responder->network,
		.source_groups = initiator->group_set,
		.destination_groups = responder->group_set,
	};
	__u32 ids[4] = {initiator->network_acl, initiator->egress_acl, responder->network_acl, responder->ingress_acl};
	return all_pass(ids, &q);
}
