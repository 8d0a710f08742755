/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* TTL, size, MSS, encapsulation, delivery. "Send" of PIPELINE.md. */
#pragma once
#include "base.h"

/* Room that tunnels may take in whatever encapsulation the other end uses. */
#define MSS_TUNNEL_ROOM 50
#define MSS_HEADERS 40

#define ENCAP_FLAGS                                                                                                    \
	(BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 | BPF_F_ADJ_ROOM_ENCAP_L4_UDP |                      \
	 BPF_F_ADJ_ROOM_ENCAP_L2(4))

struct outer {
	struct iphdr ip;
	struct udphdr udp;
	__be32 label;
} __attribute__((aligned(8)));

/* Longest packet on the wire that this frame becomes, IPv4 header included. */
INLINE __u32 segment_bytes(struct __sk_buff *skb, struct packet *p)
{
	__u32 payload = segment_payload(skb);
	__u8 offset = 0;

	if (!payload)
		return skb->len - ETHERNET;
	if (p->protocol == PROTO_UDP)
		return p->header_bytes + 8 + payload;
	if (p->protocol == PROTO_TCP)
		bpf_skb_load_bytes(skb, p->transport + 12, &offset, 1);
	return p->header_bytes + (offset >> 4) * 4 + payload;
}

/* 0 where the packet may go on; else p->drop, and p->punt_reason where its sender is told. */
INLINE int refused(struct __sk_buff *skb, struct packet *p, const struct settings *host, const struct vif *target)
{
	p->drop = 0;
	p->punt_reason = 0;
	if (!p->to.same_subnet && p->ttl <= 1) {
		p->drop = REASON(ttl_exceeded);
		p->punt_reason = PUNT_ZERO_TTL;
		return 1;
	}
	if (segment_bytes(skb, p) <= (target ? target->mtu : host->underlay_mtu - TUNNEL_HEADER))
		return 0;
	p->drop = REASON(frag_err);
	if (p->fragment & bpf_htons(DONT_FRAGMENT))
		p->punt_reason = PUNT_HANDLE_DF;
	return 1;
}

INLINE int decrement_ttl(struct __sk_buff *skb)
{
	struct {
		__u8 ttl;
		__u8 protocol;
		__u16 checksum;
	} words;
	__u16 before;
	__u32 at = ETHERNET + offsetof(struct iphdr, ttl);

	if (bpf_skb_load_bytes(skb, at, &words, sizeof(words)))
		return -1;
	before = *(__u16 *)&words;
	words.ttl -= 1;
	words.checksum = updated_checksum(words.checksum, before, *(__u16 *)&words);
	return bpf_skb_store_bytes(skb, at, &words, sizeof(words), 0);
}

struct option_walk {
	__u8 *options;
	__u32 at;
	__u32 end;
	__u32 found; /* offset of the MSS option + 1 */
};

/* One TCP option a step (RFC 9293 section 3.1). */
static long next_option(__u32 index, struct option_walk *walk)
{
	__u32 at = walk->at;
	if (at >= walk->end || at >= 40)
		return 1;
	__u8 kind = walk->options[at & 63];
	if (kind == 0)
		return 1;
	if (kind == 1) {
		walk->at = at + 1;
		return 0;
	}
	__u32 length = at + 1 < walk->end ? walk->options[(at + 1) & 63] : 0;
	if (length < 2 || at + length > walk->end)
		return 1;
	if (kind == 2 && length == 4) {
		walk->found = at + 1;
		return 1;
	}
	walk->at = at + length;
	return 0;
}

/* Lowers the MSS option of a SYN where it is above the limit. */
FUNCTION int clamp_mss(struct __sk_buff *skb, struct packet *p, __u32 limit)
{
	__u32 zero = 0;
	struct copy_buffer *copy = bpf_map_lookup_elem(&copies, &zero);
	struct option_walk walk = {};
	__u8 offset;
	__be16 before, after = bpf_htons(limit);

	if (!copy || bpf_skb_load_bytes(skb, p->transport + 12, &offset, 1))
		return 0;
	__u32 header = (offset >> 4) * 4;
	if (header < 24 || header > p->total_bytes - p->header_bytes)
		return 0;
	__u32 options = header - 20;
	if (options > 40 || bpf_skb_load_bytes(skb, p->transport + 20, copy->bytes, options))
		return 0;
	walk.options = copy->bytes;
	walk.end = options;
	bpf_loop(40, next_option, &walk, 0);
	if (!walk.found)
		return 0;
	__u32 at = 20 + walk.found - 1 + 2;
	if (bpf_skb_load_bytes(skb, p->transport + at, &before, 2) || bpf_ntohs(before) <= limit)
		return 0;
	if (bpf_skb_store_bytes(skb, p->transport + at, &after, 2, 0))
		return 0;
#ifdef TEST_BUILD
	struct test_record *test = test_record();
	if (test && test->partial_checksum)
		return 0;
#endif
	if (at & 1) {
		before = __builtin_bswap16(before);
		after = __builtin_bswap16(after);
	}
	/* Leaves a partial checksum alone. */
	bpf_l4_csum_replace(skb, p->transport + offsetof(struct tcphdr, check), before, after, 2);
	return 0;
}

/* Sends a frame with its IPv4 packet at 14 to a machine: new Ethernet header, counted. */
INLINE int deliver(struct __sk_buff *skb, const struct vif *target)
{
	struct ethhdr head;

	if (!target->ifindex)
		return drop(REASON(interface_tx_discard), target->id);
	__builtin_memcpy(head.h_dest, target->mac, 6);
	__builtin_memcpy(head.h_source, VROUTER_MAC, 6);
	head.h_proto = bpf_htons(ETH_P_IP);
	if (bpf_skb_store_bytes(skb, 0, &head, sizeof(head), 0))
		return drop(REASON(head_alloc_fail), target->id);
	count_sent(target->id, skb->len);
	record(OUT_INTERFACE, target->id);
	if (!target->peer)
		return bpf_redirect(target->ifindex, 0);
	/* The frame enters the machine's stack at once: it must count as addressed to it. */
	bpf_skb_change_type(skb, 0 /* PACKET_HOST */);
	return bpf_redirect_peer(target->ifindex, 0);
}

INLINE int encapsulate(struct __sk_buff *skb, struct packet *p, const struct settings *host)
{
	struct outer outer;
	__u16 *words = (__u16 *)&outer.ip;
	__u32 sum = 0, bytes;

	if (bpf_skb_adjust_room(skb, TUNNEL_HEADER, BPF_ADJ_ROOM_MAC, ENCAP_FLAGS))
		return drop(REASON(head_alloc_fail), p->interface);
	__builtin_memset(&outer, 0, sizeof(outer));
	bytes = skb->len - ETHERNET;
	outer.ip.version = 4;
	outer.ip.ihl = 5;
	outer.ip.tot_len = bpf_htons(bytes);
	outer.ip.ttl = 64;
	outer.ip.protocol = PROTO_UDP;
	outer.ip.saddr = host->local_address;
	outer.ip.daddr = p->to.target;
#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += words[i];
	outer.ip.check = ~folded(sum);
	outer.udp.source = p->to.source_port;
	outer.udp.dest = bpf_htons(MPLS_PORT);
	outer.udp.len = bpf_htons(bytes - sizeof(struct iphdr));
	outer.label = bpf_htonl((p->to.label << 12) | 0x100 | 64);
	if (bpf_skb_store_bytes(skb, ETHERNET, &outer, sizeof(outer), 0))
		return drop(REASON(head_alloc_fail), p->interface);
	record(OUT_UNDERLAY, 0);
	return bpf_redirect_neigh(host->underlay_ifindex, NULL, 0, 0);
}

/* Sends a machine's packet where p->to says. TC_ACT_UNSPEC: refused, see p->drop and p->punt_reason. */
INLINE int send(struct __sk_buff *skb, struct packet *p)
{
	struct settings *host = host_settings();
	struct vif *target = NULL;

	if (!host)
		return drop(REASON(misc), p->interface);
	if (p->to.kind == RES_INTERFACE) {
		target = vif_by_id(p->to.target);
		if (!target)
			return drop(REASON(invalid_if), p->interface);
	}
	if (refused(skb, p, host, target))
		return TC_ACT_UNSPEC;
	if (!p->to.same_subnet && decrement_ttl(skb))
		return drop(REASON(head_alloc_fail), p->interface);
	if ((p->tcp_flags & TCP_SYN) && p->protocol == PROTO_TCP && !(p->fragment & bpf_htons(FRAGMENT_OFFSET)))
		clamp_mss(skb, p, (target ? target->mtu : host->underlay_mtu - MSS_TUNNEL_ROOM) - MSS_HEADERS);
	return target ? deliver(skb, target) : encapsulate(skb, p, host);
}
