/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* fab_in and its slow path. */
#pragma once
#include "parse.h"
#include "reply.h"
#include "resolve.h"
#include "send.h"

#define OUTER (ETHERNET + sizeof(struct iphdr) + sizeof(struct udphdr))
#define INNER (OUTER + 4)

/* Whether a frame is a tunnel's to this host, and from where. */
INLINE int is_ours(struct __sk_buff *skb, const struct settings *host, __be32 *endpoint)
{
	if (skb->vlan_present)
		return 0;
	const struct ethhdr *eth = bytes_at(skb, 0, OUTER);
	if (!eth)
		return 0;
	const struct iphdr *ip = (const void *)eth + ETHERNET;
	const struct udphdr *udp = (const void *)(ip + 1);
	*endpoint = ip->saddr;
	return eth->h_proto == bpf_htons(ETH_P_IP) && ip->version == 4 && ip->ihl == 5 && ip->protocol == PROTO_UDP &&
	       !(ip->frag_off & bpf_htons(MORE_FRAGMENTS | FRAGMENT_OFFSET)) && ip->daddr == host->local_address &&
	       (udp->dest == bpf_htons(MPLS_PORT) || udp->dest == bpf_htons(MPLS_OLD_PORT));
}

/* The interface that a label leads to; 0, and why it does not. */
FUNCTION __u32 search_target(__u32 label, __u32 *problem)
{
	*problem = REASON(invalid_label);
	__u32 *id = bpf_map_lookup_elem(&labels, &label);
	if (!id)
		return 0;
	__u32 next_hop = *id;
	*problem = REASON(invalid_nh);
	struct next_hop *hop = bpf_map_lookup_elem(&next_hops, &next_hop);
	if (!hop || hop->kind != NH_INTERFACE)
		return 0;
	*problem = REASON(invalid_if);
	return hop->target;
}

INLINE struct inlet *inlet_of(__be32 endpoint, __u32 label)
{
	__u32 slot = (label ^ endpoint >> 24) & (INLET_SLOTS - 1);
	return bpf_map_lookup_elem(&inlets, &slot);
}

/* Takes the outer headers off and brings the packet to the machine. */
INLINE int decapsulate(struct __sk_buff *skb, const struct vif *target)
{
	if (bpf_skb_adjust_room(skb, -TUNNEL_HEADER, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO))
		return drop(REASON(rewrite_fail), target->id);
	return deliver(skb, target);
}

SEC("tc")
int fab_in(struct __sk_buff *skb)
{
	struct settings *host = host_settings();
	struct packet *p = scratch_packet();
	__be32 endpoint;
	__u32 label, id, problem, pass;

	if (!host || !p || !is_ours(skb, host, &endpoint)) {
		record(OUT_HOST, 0);
		return TC_ACT_UNSPEC;
	}
	p->generation = current_generation();
	const __be32 *entry = bytes_at(skb, OUTER, sizeof(*entry));
	int labelled = entry && (*entry & bpf_htonl(0x100));
	label = entry ? bpf_ntohl(*entry) >> 12 : 0;
	struct inlet *inlet = inlet_of(endpoint, label);
	if (inlet && labelled && inlet->generation == p->generation && inlet->endpoint == endpoint &&
	    inlet->label == label) {
		id = inlet->interface;
	} else {
		if (!bpf_map_lookup_elem(&tunnel_endpoints, &endpoint))
			return drop(REASON(invalid_source), 0);
		if (!labelled)
			return drop(REASON(invalid_label), 0);
		id = search_target(label, &problem);
		if (!id)
			return drop(problem, 0);
		if (inlet)
			*inlet = (struct inlet){endpoint, label, p->generation, id};
	}
	struct vif *target = vif_by_id(id);
	if (!target)
		return drop(REASON(invalid_if), 0);
	const struct iphdr *ip = bytes_at(skb, INNER, sizeof(*ip));
	if (!ip)
		return drop(REASON(invalid_packet), target->id);
	if (ip->version != 4)
		return drop(REASON(invalid_protocol), target->id);
	problem = parse_inet(p, ip, skb->len - INNER, INNER);
	if (problem)
		return drop(problem, target->id);
	p->interface = target->id;
	p->now = clock_now();
	problem = parse_ports(skb, p, target->next_hop);
	if (problem)
		return drop(problem, target->id);

	struct flow *flow = find_flow(&p->key);
	if (!flow && p->icmp_error)
		return drop(REASON(icmp_error), target->id);
	if (!flow || !verdict_of(flow, p->generation, &pass) || turns_round(p, flow, pass)) {
		p->no_flow = !flow;
		bpf_tail_call(skb, &stages, STAGE_FAB_DECIDE);
		return drop(REASON(misc), target->id);
	}
	account(p, flow);
	if (!pass)
		return drop(REASON(flow_action_drop), target->id);
	return decapsulate(skb, target);
}

/* A packet from a tunnel without a flow entry that is good for this generation. */
SEC("tc")
int fab_decide(struct __sk_buff *skb)
{
	struct packet *p = scratch_packet();
	struct side sender, receiver;
	struct flow_key key;
	__u32 pass;

	if (!p)
		return TC_ACT_SHOT;
	struct vif *target = vif_by_id(p->interface);
	if (!target)
		return drop(REASON(invalid_if), 0);
	struct flow *flow = p->no_flow ? NULL : find_flow(&p->key);
	if (!flow && p->icmp_error)
		return drop(REASON(icmp_error), target->id);
	struct route *route = find_route(target->vrf, p->key.source);
	if (!route)
		return drop(REASON(invalid_source), target->id);
	side_of_route(route, &sender);
	side_of_vif(target, &receiver);
	if (flow && verdict_of(flow, p->generation, &pass)) {
		/* It is to be turned round. */
	} else if (flow && flow->reverse) {
		reverse_key(&p->key, flow->peer_next_hop, &key);
		pass = policy_passes(&key, &receiver, &sender);
	} else {
		pass = policy_passes(&p->key, &sender, &receiver);
	}
	__builtin_memset(&p->to, 0, sizeof(p->to));
	if (flow) {
		pass = settle(p, flow, pass, &sender, &receiver);
	} else if (is_reply(p, target->next_hop, &sender, &receiver)) {
		pass = 1;
		insert_reply(p, target->next_hop);
	} else {
		__u32 problem = insert_pair(p, target->next_hop, pass);
		if (problem)
			return drop(problem, target->id);
	}
	if (!pass)
		return drop(REASON(flow_action_drop), target->id);
	return decapsulate(skb, target);
}
