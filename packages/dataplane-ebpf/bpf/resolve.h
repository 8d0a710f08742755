/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Where a machine's packet goes: route, next hop, ecmp member. "Resolve" of PIPELINE.md. */
#pragma once
#include "flow.h"
#include "policy.h"

INLINE struct route *find_route(__u32 vrf, __be32 address)
{
	struct prefix_key key = {64, bpf_htonl(vrf), address};
	return bpf_map_lookup_elem(&routes, &key);
}

INLINE int follow(struct packet *p, const struct next_hop *hop, __u32 label, struct side *destination)
{
	struct vif *target;

	switch (hop->kind) {
	case NH_DISCARD:
		return REASON(discard);
	case NH_PUNT:
		return PUNT_RESULT;
	case NH_TUNNEL:
		p->to.kind = RES_TUNNEL;
		p->to.target = hop->target;
		p->to.label = label;
		return 0;
	case NH_INTERFACE:
		target = vif_by_id(hop->target);
		if (!target)
			return REASON(invalid_if);
		if (target->id == p->interface)
			return REASON(pkt_loop);
		p->to.kind = RES_INTERFACE;
		p->to.target = target->id;
		side_of_vif(target, destination);
		return 0;
	default:
		return REASON(invalid_nh);
	}
}

/* Fills p->to and the destination's side; former is the flow's last resolution, whose ecmp place is kept. */
FUNCTION int resolve(struct packet *p, const struct vif *ingress, const struct resolution *former,
		     struct side *destination)
{
	struct route *route = find_route(ingress->vrf, p->key.destination);
	__u32 hash = flow_hash(&p->key);
	__u32 id, label;

	__builtin_memset(&p->to, 0, sizeof(p->to));
	p->to.source_port = bpf_htons(49152 + (hash & 0x3fff));
	if (!route)
		return REASON(discard);
	id = route->next_hop;
	label = route->label;
	p->to.same_subnet = route->network == ingress->network && ingress->subnet_mask != 0 &&
			    (p->key.destination & ingress->subnet_mask) == ingress->subnet;
	side_of_route(route, destination);
	struct next_hop *hop = bpf_map_lookup_elem(&next_hops, &id);
	if (!hop)
		return REASON(invalid_nh);
	if (hop->kind != NH_ECMP)
		return follow(p, hop, label, destination);
	if (hop->count == 0)
		return REASON(invalid_nh);
	__u32 place = (hash >> 14) % hop->count;
	if (former->kind && former->ecmp_next_hop == id && former->ecmp_place < hop->count)
		place = former->ecmp_place;
	place &= ECMP_MEMBERS - 1;
	p->to.ecmp_next_hop = id;
	p->to.ecmp_place = place;
	id = hop->members[place].next_hop;
	label = hop->members[place].label;
	hop = bpf_map_lookup_elem(&next_hops, &id);
	if (!hop || hop->kind == NH_DISCARD || hop->kind == NH_ECMP)
		return REASON(invalid_nh);
	return follow(p, hop, label, destination);
}
