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

/* TTL and protocol as one word of the header, with the TTL one lower. */
INLINE __u16 lower_ttl_word(const struct packet *p)
{
	return (__u8)(p->ttl - 1) | (__u16)p->protocol << 8;
}

INLINE __u16 lower_ttl_checksum(const struct packet *p)
{
	return updated_checksum(p->checksum, p->ttl | (__u16)p->protocol << 8, lower_ttl_word(p));
}

/* For a packet that stays on the host, with its IPv4 header at 14. */
INLINE int decrement_ttl(struct __sk_buff *skb, const struct packet *p)
{
	__u32 words = lower_ttl_word(p) | (__u32)lower_ttl_checksum(p) << 16;
	return bpf_skb_store_bytes(skb, ETHERNET + offsetof(struct iphdr, ttl), &words, sizeof(words), 0);
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

/*
 * What stands before the inner addresses, in words as they stand in memory. Made of whole words in registers: a read of
 * what was just written in smaller pieces waits for all writes before it.
 *
 * | unused 2, Ethernet 14 | IPv4 20, UDP 8, MPLS 4 | first 12 bytes of the inner IPv4 header |
 */
struct tunnel_frame {
	__u64 ethernet[2];
	__u64 outer[4];
	__u64 inner;
	__u32 inner_end;
	__u32 unused;
};

#define OUTER_FIRST 0x0045 /* version 4, header of 20 bytes, DSCP 0 */
#define OUTER_TTL (64 | PROTO_UDP << 8)

INLINE void put_outer(struct tunnel_frame *frame, const struct packet *p, const struct settings *host, __u32 bytes)
{
	__u32 source = host->local_address, target = p->to.target;
	__u16 total = bpf_htons(bytes);
	__u32 sum = OUTER_FIRST + OUTER_TTL + total + (source & 0xffff) + (source >> 16) + (target & 0xffff) + (target >> 16);
	__u64 checksum = (__u16)~folded(sum);

	frame->outer[0] = OUTER_FIRST | (__u64)total << 16;
	frame->outer[1] = OUTER_TTL | checksum << 16 | (__u64)source << 32;
	frame->outer[2] = target | (__u64)p->to.source_port << 32 | (__u64)bpf_htons(MPLS_PORT) << 48;
	frame->outer[3] = bpf_htons(bytes - sizeof(struct iphdr)) |
			  (__u64)bpf_htonl((p->to.label << 12) | 0x100 | 64) << 32;
}

/* The inner header up to its checksum, with the TTL one lower. */
INLINE void put_inner(struct tunnel_frame *frame, const struct packet *p)
{
	frame->inner = (0x40 | p->header_bytes >> 2) | (__u64)p->tos << 8 | (__u64)bpf_htons(p->total_bytes) << 16 |
		       (__u64)p->identification << 32 | (__u64)p->fragment << 48;
	frame->inner_end = lower_ttl_word(p) | (__u32)lower_ttl_checksum(p) << 16;
}

/* The Ethernet header of a way; 0 where the packet has to ask the host's table and neighbours itself. */
INLINE int put_ethernet(struct tunnel_frame *frame, const struct way *way)
{
	const __u16 *destination = way->destination, *source = way->source;

	if (!way->known)
		return 0;
	frame->ethernet[0] = (__u64)destination[0] << 16 | (__u64)destination[1] << 32 | (__u64)destination[2] << 48;
	frame->ethernet[1] = source[0] | (__u64)source[1] << 16 | (__u64)source[2] << 32 | (__u64)bpf_htons(ETH_P_IP) << 48;
	return 1;
}

/* Time that a way is used before the host's table is asked again, ns. */
#define WAY_LIFE 100000000ull
/* The device of the host's own packets: the table is asked as for one of them. */
#define LOOPBACK 1

/*
 * Asks the host's table once a while for all packets to a remote address. The packet that asks goes by neighbour output,
 * which keeps the neighbour entry alive. Where the table gives no answer every packet goes so.
 */
FUNCTION int find_way(struct __sk_buff *skb, const struct packet *p, const struct settings *host, struct way *way)
{
	way->until = p->now + WAY_LIFE;
	way->remote = p->to.target;
	way->generation = p->generation;
	way->known = 0;
#ifdef TEST_BUILD
	way->known = 1; /* a test does not look at the outer Ethernet header */
#else
	struct bpf_fib_lookup query = {
		.family = 2 /* AF_INET */,
		.l4_protocol = PROTO_UDP,
		.dport = bpf_htons(MPLS_PORT),
		.ifindex = LOOPBACK,
		.ipv4_src = host->local_address,
		.ipv4_dst = p->to.target,
	};
	if (!bpf_fib_lookup(skb, &query, sizeof(query), 0) && query.ifindex == host->underlay_ifindex) {
		way->known = 1;
		__builtin_memcpy(way->destination, query.dmac, 6);
		__builtin_memcpy(way->source, query.smac, 6);
	}
#endif
	return 0;
}

/* Remote addresses of one underlay differ in their last bytes. */
INLINE struct way *way_to(__be32 remote)
{
	__u32 slot = (remote >> 24 ^ remote >> 16) & (WAY_SLOTS - 1);
	return bpf_map_lookup_elem(&ways, &slot);
}

INLINE int encapsulate(struct __sk_buff *skb, struct packet *p, const struct settings *host)
{
	struct tunnel_frame frame = {};
	__u32 inner = p->to.same_subnet ? 0 : 12;
	struct way *way = way_to(p->to.target);
	long failed;

	if (bpf_skb_adjust_room(skb, TUNNEL_HEADER, BPF_ADJ_ROOM_MAC, ENCAP_FLAGS))
		return drop(REASON(head_alloc_fail), p->interface);
	put_outer(&frame, p, host, skb->len - ETHERNET);
	put_inner(&frame, p);
	record(OUT_UNDERLAY, 0);
	int fresh = way && way->remote == p->to.target && way->generation == p->generation && p->now < way->until;
	if (fresh && put_ethernet(&frame, way)) {
		failed = inner ? bpf_skb_store_bytes(skb, 0, (__u8 *)&frame + 2, ETHERNET + TUNNEL_HEADER + 12, 0)
			       : bpf_skb_store_bytes(skb, 0, (__u8 *)&frame + 2, ETHERNET + TUNNEL_HEADER, 0);
		return failed ? drop(REASON(head_alloc_fail), p->interface) : bpf_redirect(host->underlay_ifindex, 0);
	}
	failed = inner ? bpf_skb_store_bytes(skb, ETHERNET, frame.outer, TUNNEL_HEADER + 12, 0)
		       : bpf_skb_store_bytes(skb, ETHERNET, frame.outer, TUNNEL_HEADER, 0);
	if (failed)
		return drop(REASON(head_alloc_fail), p->interface);
	if (way && !fresh)
		find_way(skb, p, host, way);
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
	if (target && !p->to.same_subnet && decrement_ttl(skb, p))
		return drop(REASON(head_alloc_fail), p->interface);
	if ((p->tcp_flags & TCP_SYN) && p->protocol == PROTO_TCP && !(p->fragment & bpf_htons(FRAGMENT_OFFSET)))
		clamp_mss(skb, p, (target ? target->mtu : host->underlay_mtu - MSS_TUNNEL_ROOM) - MSS_HEADERS);
	return target ? deliver(skb, target) : encapsulate(skb, p, host);
}
