/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * The vRouter's programs. What is attached to devices are the three entries below: each only jumps to its stage, so
 * that an upgrade swaps a slot and never a filter. Where a stage is missing a machine's frames are dropped, and the
 * underlay's go to the host.
 */
#include "agent.h"
#include "ageing.h"
#include "from-machine.h"
#include "from-underlay.h"
#include "service.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tc")
int vm_entry(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &stages, STAGE_VM_IN);
	return TC_ACT_SHOT;
}

SEC("tc")
int fab_entry(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &stages, STAGE_FAB_IN);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int agent_entry(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &stages, STAGE_AGENT_IN);
	return TC_ACT_SHOT;
}
