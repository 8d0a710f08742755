/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Clock, counters, drops: what every stage uses. */
#pragma once
#include "maps.h"
#include "drop-reasons.h"
#include <bpf/bpf_endian.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stddef.h>

/* Stack of functions that end in a tail call is scarce, and so is the verifier's patience: small things are inlined. */
#define INLINE static __always_inline
#define FUNCTION static __attribute__((noinline))

#define ETHERNET 14
#define TUNNEL_HEADER 32
#define PROTO_ICMP 1
#define PROTO_TCP 6
#define PROTO_UDP 17
#define MPLS_PORT 6635
#define MPLS_OLD_PORT 51234
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10
#define MORE_FRAGMENTS 0x2000
#define FRAGMENT_OFFSET 0x1fff
#define DONT_FRAGMENT 0x4000

/* A stage's result: 0 goes on, REASON(...) drops, PUNT_RESULT punts as a next hop says. */
#define REASON(name) (DROP_##name + 1)
#define PUNT_RESULT 200

enum punt_reason { PUNT_DHCP = 1, PUNT_NEXTHOP = 2, PUNT_ZERO_TTL = 3, PUNT_HANDLE_DF = 4, PUNT_FROM_AGENT = 128 };

enum device_use { USE_MACHINE = 1, USE_UNDERLAY, USE_PUNT };
enum output { OUT_INTERFACE = 1, OUT_UNDERLAY, OUT_PUNT, OUT_HOST };

static const __u8 VROUTER_MAC[6] = {0x00, 0x00, 0x5e, 0x00, 0x01, 0x00};

/* A helper's result in a way that the compiler cannot see through. */
#define OPAQUE(value) asm volatile("" : "+r"(value))

#ifdef TEST_BUILD
INLINE struct test_record *test_record(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&test_run, &zero);
}
#endif

INLINE __u64 clock_now(void)
{
#ifdef TEST_BUILD
	struct test_record *test = test_record();
	return test ? test->now : 0;
#else
	return bpf_ktime_get_coarse_ns();
#endif
}

INLINE __u32 segment_payload(const struct __sk_buff *skb)
{
#ifdef TEST_BUILD
	struct test_record *test = test_record();
	return test ? test->gso_size : 0;
#else
	return skb->gso_size;
#endif
}

INLINE void record(__u32 out, __u32 interface)
{
#ifdef TEST_BUILD
	struct test_record *test = test_record();
	if (test) {
		test->out = out;
		test->interface = interface;
	}
#endif
}

/* As below, where they are in the frame's linear part. */
INLINE const void *linear_bytes(struct __sk_buff *skb, __u32 offset, __u32 length)
{
	OPAQUE(skb); /* The bounds are read again each time: kept over a branch the verifier does not know them. */
	const void *at = (const void *)(long)skb->data + (offset & 255);
	return at + length <= (const void *)(long)skb->data_end ? at : NULL;
}

/*
 * The frame's bytes at an offset below 256, to be read where they are; NULL where it has not so many. Bytes that were in a
 * fragment are brought to the others: what an earlier call returned must not be used any more.
 */
INLINE const void *bytes_at(struct __sk_buff *skb, __u32 offset, __u32 length)
{
	const void *at = linear_bytes(skb, offset, length);
	if (at)
		return at;
	return bpf_skb_pull_data(skb, offset + length) ? NULL : linear_bytes(skb, offset, length);
}

INLINE struct packet *scratch_packet(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&scratch, &zero);
}

INLINE struct settings *host_settings(void)
{
	__u32 zero = 0;
	return bpf_map_lookup_elem(&settings, &zero);
}

INLINE __u32 current_generation(void)
{
	__u32 zero = 0;
	__u32 *value = bpf_map_lookup_elem(&generation, &zero);
	return value ? *(volatile __u32 *)value : 0;
}

INLINE struct vif *vif_by_id(__u32 id)
{
	struct vif *vif = bpf_map_lookup_elem(&vifs, &id);
	return vif && vif->id ? vif : NULL;
}

INLINE void count_received(__u32 id, __u32 bytes)
{
	struct vif_counters *counter = bpf_map_lookup_elem(&counters, &id);
	if (counter) {
		counter->received_packets += 1;
		counter->received_bytes += bytes;
	}
}

INLINE void count_sent(__u32 id, __u32 bytes)
{
	struct vif_counters *counter = bpf_map_lookup_elem(&counters, &id);
	if (counter) {
		counter->sent_packets += 1;
		counter->sent_bytes += bytes;
	}
}

/* Counts a drop under its reason, and for an interface where it is known (0: none). */
INLINE void count_drop(__u32 reason, __u32 id)
{
	__u32 index = reason - 1;
	__u64 *count = bpf_map_lookup_elem(&drops, &index);
	if (count)
		*count += 1;
	if (id) {
		struct vif_counters *counter = bpf_map_lookup_elem(&counters, &id);
		if (counter)
			counter->drops += 1;
	}
#ifdef TEST_BUILD
	struct test_record *test = test_record();
	if (test)
		test->drop = reason;
#endif
}

/* A function of its own: what drops is not in the way of what passes. */
FUNCTION int drop(__u32 reason, __u32 id)
{
	count_drop(reason, id);
	return TC_ACT_SHOT;
}

INLINE int same_mac(const __u8 *a, const __u8 *b)
{
	return *(const __u16 *)a == *(const __u16 *)b && *(const __u16 *)(a + 2) == *(const __u16 *)(b + 2) &&
	       *(const __u16 *)(a + 4) == *(const __u16 *)(b + 4);
}

INLINE void copy_mac(__u8 *into, const __u8 *from)
{
	*(__u16 *)into = *(const __u16 *)from;
	*(__u16 *)(into + 2) = *(const __u16 *)(from + 2);
	*(__u16 *)(into + 4) = *(const __u16 *)(from + 4);
}

INLINE __u32 folded(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* RFC 1624 equation 3; all words as they stand in memory. */
INLINE __u16 updated_checksum(__u16 checksum, __u16 before, __u16 after)
{
	return ~folded((__u32)(__u16)~checksum + (__u16)~before + after);
}
