/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Frames to and from the agent on the punt device. "Punt" of PIPELINE.md. */
#pragma once
#include "base.h"

#define PUNT_WINDOW_NS 1000000000ull
#define ETHERTYPE_PUNT 0x88b5

struct punt_head {
	__u8 destination[6];
	__u8 source[6];
	__be16 type;
	__u8 version;
	__u8 reason;
	__be16 interface;
	__be16 vrf;
	__be16 zero;
} __attribute__((packed));

#define PUNT_HEAD sizeof(struct punt_head)

INLINE int punt_allowed(__u32 id, __u32 limit, __u64 now)
{
	struct punt_window *window = bpf_map_lookup_elem(&punt_windows, &id);
	if (!window)
		return 0;
	if (!window->open || now - window->start > PUNT_WINDOW_NS) {
		window->open = 1;
		window->start = now;
		window->punts = 0;
	}
	if (window->punts >= limit)
		return 0;
	__sync_fetch_and_add(&window->punts, 1);
	return 1;
}

/* Sends the frame as it came to the agent: p->punt_reason; p->drop is counted as well where it is set. */
SEC("tc")
int punt_to_agent(struct __sk_buff *skb)
{
	struct packet *p = scratch_packet();
	struct settings *host = host_settings();
	struct punt_head head = {
		.destination = {2, 0, 0, 0, 0, 1},
		.source = {2, 0, 0, 0, 0, 2},
		.type = bpf_htons(ETHERTYPE_PUNT),
		.version = 1,
	};

	if (!p || !host)
		return TC_ACT_SHOT;
	struct vif *vif = vif_by_id(p->interface);
	if (!vif)
		return drop(REASON(invalid_if), 0);
	if (p->drop)
		count_drop(p->drop, vif->id);
	if (!host->punt_ifindex)
		return p->drop ? TC_ACT_SHOT : drop(REASON(trap_no_if), vif->id);
	if (!punt_allowed(vif->id, host->punts_per_second, p->now))
		return p->drop ? TC_ACT_SHOT : drop(REASON(trap_original), vif->id);
	head.reason = p->punt_reason;
	head.interface = bpf_htons(vif->id);
	head.vrf = bpf_htons(vif->vrf);
	if (bpf_skb_change_head(skb, PUNT_HEAD, 0) || bpf_skb_store_bytes(skb, 0, &head, sizeof(head), 0))
		return p->drop ? TC_ACT_SHOT : drop(REASON(head_alloc_fail), vif->id);
	record(OUT_PUNT, 0);
	return bpf_redirect(host->punt_ifindex, 0);
}

struct copy_walk {
	struct __sk_buff *skb;
	__u32 bytes; /* of the frame without the head */
};

/* Moves one piece of the frame to where it belongs without the head. */
static long move_piece(__u32 index, struct copy_walk *walk)
{
	__u32 zero = 0, at = index * sizeof(struct copy_buffer);
	struct copy_buffer *copy = bpf_map_lookup_elem(&copies, &zero);
	if (!copy || at >= walk->bytes)
		return 1;
	__u32 length = walk->bytes - at;
	if (length > sizeof(*copy))
		length = sizeof(*copy);
	OPAQUE(length);
	if (length == 0 || length > sizeof(*copy))
		return 1;
	if (bpf_skb_load_bytes(walk->skb, at + PUNT_HEAD, copy->bytes, length))
		return 1;
	bpf_skb_store_bytes(walk->skb, at, copy->bytes, length, 0);
	return 0;
}

/* A frame that the agent wrote: it leaves by the interface that its head names. */
SEC("tc")
int agent_in(struct __sk_buff *skb)
{
	struct punt_head head;
	struct copy_walk walk = {skb, skb->len - PUNT_HEAD};

	if (skb->len < PUNT_HEAD + ETH_HLEN || bpf_skb_load_bytes(skb, 0, &head, sizeof(head)))
		return drop(REASON(invalid_packet), 0);
	if (head.type == bpf_htons(ETH_P_IP)) {
		bpf_tail_call(skb, &stages, STAGE_HOST_IN);
		return drop(REASON(misc), 0);
	}
	if (head.type != bpf_htons(ETHERTYPE_PUNT) || head.version != 1 || head.reason != PUNT_FROM_AGENT)
		return drop(REASON(invalid_packet), 0);
	struct vif *vif = vif_by_id(bpf_ntohs(head.interface));
	if (!vif)
		return drop(REASON(invalid_if), 0);
	if (!vif->ifindex)
		return drop(REASON(interface_tx_discard), vif->id);
	bpf_loop(128, move_piece, &walk, 0);
	if (bpf_skb_change_tail(skb, walk.bytes, 0))
		return drop(REASON(rewrite_fail), vif->id);
	count_sent(vif->id, walk.bytes);
	record(OUT_INTERFACE, vif->id);
	return bpf_redirect(vif->ifindex, 0);
}
