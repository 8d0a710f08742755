/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* vm_in, its slow path, and ARP. */
#pragma once
#include "parse.h"
#include "reply.h"
#include "resolve.h"
#include "send.h"

/* Leaves for the punt stage, or drops: p->drop and p->punt_reason say what. */
INLINE int refuse(struct __sk_buff *skb, struct packet *p)
{
	if (p->punt_reason)
		bpf_tail_call(skb, &stages, STAGE_PUNT);
	return drop(p->drop ? p->drop : REASON(misc), p->interface);
}

INLINE int punt(struct __sk_buff *skb, struct packet *p, __u32 reason)
{
	p->drop = 0;
	p->punt_reason = reason;
	return refuse(skb, p);
}

INLINE const __u8 *source_mac(const struct vif *vif, __be32 address)
{
	if (vif->primary == address && address)
		return vif->primary_mac;
	struct prefix_key key = {64, bpf_htonl(vif->id), address};
	struct source *source = bpf_map_lookup_elem(&sources, &key);
	return source ? source->mac : NULL;
}

enum dhcp_side { DHCP_NONE = 0, DHCP_CLIENT, DHCP_SERVER };

/* Which side of DHCP the packet's UDP ports are. */
INLINE enum dhcp_side dhcp_side_of(struct __sk_buff *skb, const struct packet *p)
{
	const struct udphdr *udp;
	if (p->protocol != PROTO_UDP || (p->fragment & bpf_htons(FRAGMENT_OFFSET)) ||
	    p->total_bytes - p->header_bytes < 8u)
		return DHCP_NONE;
	udp = bytes_at(skb, p->transport, sizeof(*udp));
	if (!udp)
		return DHCP_NONE;
	if (udp->source == bpf_htons(68) && udp->dest == bpf_htons(67))
		return DHCP_CLIENT;
	return udp->source == bpf_htons(67) && udp->dest == bpf_htons(68) ? DHCP_SERVER : DHCP_NONE;
}

/* 224.0.0.0/4, 240.0.0.0/4 and 0.0.0.0/8. */
INLINE int is_nowhere(__be32 destination)
{
	__u32 address = bpf_ntohl(destination);
	return address >= 0xe0000000 || address < 0x01000000;
}

/* The interface of a device: its own record names it, which needs no search. */
INLINE struct vif *ingress_of(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex, slot = ifindex & (VIF_HINTS - 1);
	__u32 *hint = bpf_map_lookup_elem(&vif_hints, &slot);
	struct vif *vif = hint ? vif_by_id(*hint) : NULL;

	if (vif && vif->ifindex == ifindex)
		return vif;
	struct device *device = bpf_map_lookup_elem(&devices, &ifindex);
	if (!device || device->use != USE_MACHINE)
		return NULL;
	if (hint)
		*hint = device->interface;
	return vif_by_id(device->interface);
}

/* Why a frame that is too short for Ethernet and IPv4 is dropped. */
FUNCTION int short_frame(struct __sk_buff *skb)
{
	const struct ethhdr *eth = bytes_at(skb, 0, sizeof(*eth));
	if (!eth)
		return REASON(invalid_packet);
	if (eth->h_proto == bpf_htons(ETH_P_ARP))
		return REASON(invalid_arp);
	return eth->h_proto == bpf_htons(ETH_P_IP) ? REASON(invalid_packet) : REASON(invalid_protocol);
}

SEC("tc")
int vm_in(struct __sk_buff *skb)
{
	struct vif *vif = ingress_of(skb);
	struct packet *p = scratch_packet();
	const struct ethhdr *eth;
	const __u8 *mac;
	__u8 sender[6] __attribute__((aligned(2)));
	__u32 pass;
	int problem;

	if (!vif || !p)
		return drop(REASON(invalid_if), 0);
	count_received(vif->id, skb->len);
	p->interface = vif->id;
	p->now = clock_now();
	p->generation = current_generation();
	/* The kernel has taken the tag out of the bytes: it would put it back behind our headers, on the underlay. */
	if (skb->vlan_present)
		return drop(REASON(invalid_protocol), vif->id);
	eth = bytes_at(skb, 0, ETHERNET + sizeof(struct iphdr));
	if (!eth)
		return drop(short_frame(skb), vif->id);
	if (eth->h_proto == bpf_htons(ETH_P_ARP)) {
		bpf_tail_call(skb, &stages, STAGE_ARP);
		return drop(REASON(misc), vif->id);
	}
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return drop(REASON(invalid_protocol), vif->id);
	problem = parse_inet(p, (const void *)eth + ETHERNET, skb->len - ETHERNET, ETHERNET);
	if (problem)
		return drop(problem, vif->id);
	copy_mac(sender, eth->h_source);
	enum dhcp_side side = dhcp_side_of(skb, p);
	if (side != DHCP_NONE) {
		if (side == DHCP_SERVER || !same_mac(sender, vif->mac))
			return drop(REASON(invalid_source), vif->id);
		return punt(skb, p, PUNT_DHCP);
	}
	mac = source_mac(vif, p->source);
	if (!mac || !same_mac(sender, mac))
		return drop(REASON(invalid_source), vif->id);
	if (is_nowhere(p->destination))
		return drop(REASON(nowhere_to_go), vif->id);
	problem = parse_ports(skb, p, vif->next_hop);
	if (problem)
		return drop(problem, vif->id);

	struct flow *flow = find_flow(&p->key);
	if (!flow && p->icmp_error)
		return drop(REASON(icmp_error), vif->id);
	if (!flow || !verdict_and_way_of(flow, p, &pass) || turns_round(p, flow, pass)) {
		p->no_flow = !flow;
		bpf_tail_call(skb, &stages, STAGE_VM_DECIDE);
		return drop(REASON(misc), vif->id);
	}
	account(p, flow);
	if (!pass)
		return drop(REASON(flow_action_drop), vif->id);
	int action = send(skb, p);
	return action == TC_ACT_UNSPEC ? refuse(skb, p) : action;
}

/* A machine's packet without a flow entry that is good for this generation. */
SEC("tc")
int vm_decide(struct __sk_buff *skb)
{
	struct packet *p = scratch_packet();
	struct resolution former = {};
	struct side sender, destination;
	struct flow_key key;
	__u32 pass, peer_next_hop;

	if (!p)
		return TC_ACT_SHOT;
	struct vif *vif = vif_by_id(p->interface);
	if (!vif)
		return drop(REASON(invalid_if), 0);
	struct flow *flow = p->no_flow ? NULL : find_flow(&p->key);
	if (!flow && p->icmp_error)
		return drop(REASON(icmp_error), vif->id);
	if (flow)
		former = flow->to;
	int problem = resolve(p, vif, &former, &destination);
	if (problem == PUNT_RESULT) {
		p->drop = 0;
		p->punt_reason = PUNT_NEXTHOP;
		bpf_tail_call(skb, &stages, STAGE_SERVICE);
		return drop(REASON(misc), vif->id);
	}
	if (problem)
		return drop(problem, vif->id);
	side_of_vif(vif, &sender);
	if (flow && verdict_of(flow, p->generation, &pass)) {
		/* Only the way was not known. */
	} else if (flow && flow->reverse) {
		reverse_key(&p->key, flow->peer_next_hop, &key);
		pass = policy_passes(&key, &destination, &sender);
	} else {
		pass = policy_passes(&p->key, &sender, &destination);
	}
	if (flow) {
		pass = settle(p, flow, pass, &sender, &destination);
	} else {
		peer_next_hop = vif->next_hop;
		if (p->to.kind == RES_INTERFACE) {
			struct vif *target = vif_by_id(p->to.target);
			if (target)
				peer_next_hop = target->next_hop;
		}
		if (is_reply(p, peer_next_hop, &sender, &destination)) {
			pass = 1;
			problem = insert_reply(p, peer_next_hop);
		} else {
			problem = insert_pair(p, peer_next_hop, pass);
		}
		if (problem)
			return drop(problem, vif->id);
	}
	if (!pass)
		return drop(REASON(flow_action_drop), vif->id);
	int action = send(skb, p);
	return action == TC_ACT_UNSPEC ? refuse(skb, p) : action;
}

/* Ethernet and ARP for IPv4 (RFC 826). */
struct arp_frame {
	struct ethhdr eth;
	__be16 hardware;
	__be16 protocol;
	__be16 lengths;
	__be16 operation;
	__u8 sender_mac[6];
	__be32 sender;
	__u8 target_mac[6];
	__be32 target;
} __attribute__((packed));

INLINE int arp_answer(const struct vif *vif, struct arp_frame *arp)
{
	const __u8 *mac = vif->mac;
	__be32 sender = arp->sender, target = arp->target;

	if (arp->hardware != bpf_htons(1) || arp->protocol != bpf_htons(ETH_P_IP) || arp->lengths != bpf_htons(0x0604))
		return REASON(invalid_arp);
	if (!same_mac(arp->sender_mac, arp->eth.h_source))
		return REASON(invalid_source);
	if (arp->operation != bpf_htons(1))
		return REASON(discard);
	if (sender)
		mac = source_mac(vif, sender);
	if (!mac || !same_mac(arp->eth.h_source, mac))
		return REASON(invalid_source);
	struct prefix_key own = {64, bpf_htonl(vif->id), target};
	struct source *source = bpf_map_lookup_elem(&sources, &own);
	if (target == sender || (source && source->host))
		return REASON(discard);
	struct route *route = find_route(vif->vrf, target);
	if (!route)
		return REASON(discard);
	__u32 id = route->next_hop;
	struct next_hop *hop = bpf_map_lookup_elem(&next_hops, &id);
	if (!hop || hop->kind == NH_DISCARD)
		return REASON(discard);
	__builtin_memcpy(arp->eth.h_dest, arp->sender_mac, 6);
	__builtin_memcpy(arp->eth.h_source, VROUTER_MAC, 6);
	__builtin_memcpy(arp->target_mac, arp->sender_mac, 6);
	__builtin_memcpy(arp->sender_mac, VROUTER_MAC, 6);
	arp->operation = bpf_htons(2);
	arp->sender = target;
	arp->target = sender;
	return 0;
}

SEC("tc")
int arp(struct __sk_buff *skb)
{
	struct packet *p = scratch_packet();
	struct arp_frame frame;

	if (!p)
		return TC_ACT_SHOT;
	struct vif *vif = vif_by_id(p->interface);
	if (!vif)
		return drop(REASON(invalid_if), 0);
	if (bpf_skb_load_bytes(skb, 0, &frame, sizeof(frame)))
		return drop(REASON(invalid_arp), vif->id);
	int problem = arp_answer(vif, &frame);
	if (problem)
		return drop(problem, vif->id);
	if (bpf_skb_store_bytes(skb, 0, &frame, sizeof(frame), 0))
		return drop(REASON(head_alloc_fail), vif->id);
	count_sent(vif->id, skb->len);
	record(OUT_INTERFACE, vif->id);
	return bpf_redirect(vif->ifindex, 0);
}
