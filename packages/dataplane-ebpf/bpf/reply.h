/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* A reply whose entry was lost: embryonic entries go one by one. "Flow" of PIPELINE.md. */
#pragma once
#include "flow.h"
#include "policy.h"

/* 1 where the packet, which has no entry, answers an initiator that has one, and that policy lets pass; notes p->peer. */
FUNCTION int is_reply(struct packet *p, __u32 peer_next_hop, const struct side *sender, const struct side *receiver)
{
	struct flow_key peer_key;

	reverse_key(&p->key, peer_next_hop, &peer_key);
	struct flow *initiator = find_flow(&peer_key);
	p->peer = !initiator ? PEER_NONE : initiator->state & (FLOW_ESTABLISHED | FLOW_KEPT) ? PEER_KEPT : PEER_EMBRYONIC;
	return initiator && !initiator->reverse && policy_passes(&peer_key, receiver, sender);
}

/* The verdict of a packet that has an entry, written there with its way, and the packet counted. */
INLINE __u32 settle(struct packet *p, struct flow *flow, __u32 pass, const struct side *sender, const struct side *receiver)
{
	int turn = turns_round(p, flow, pass);
	if (turn)
		pass = policy_passes(&p->key, sender, receiver);
	renew(flow, p, pass, turn);
	if (turn && pass)
		set_reply(p, flow->peer_next_hop);
	account(p, flow);
	return pass;
}

/* Writes its entry again, and counts the packet. Apart from the above: the stack has no room for both. */
FUNCTION int insert_reply(struct packet *p, __u32 peer_next_hop)
{
	struct flow reply;

	begin_pair(p, 1, &reply);
	reply.peer_next_hop = peer_next_hop;
	reply.to = p->to;
	bpf_map_update_elem(&embryonic_flows, &p->key, &reply, BPF_NOEXIST);
	struct flow *flow = find_flow(&p->key);
	if (flow)
		account(p, flow);
	return 0;
}
