/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* IPv4 header and flow key of a packet: "vm_in step 4" and "Ports" of PIPELINE.md. */
#pragma once
#include "base.h"

/* Reads an IPv4 header at an offset of the frame into the packet; 0, or why not. */
INLINE int parse_inet(struct packet *p, const struct iphdr *ip, __u32 present, __u32 offset)
{
	__u32 header_bytes = ip->ihl * 4;
	__u32 total = bpf_ntohs(ip->tot_len);

	if (ip->version != 4 || header_bytes < 20 || total < header_bytes || total > present)
		return REASON(invalid_packet);
	p->total_bytes = total;
	p->transport = offset + header_bytes;
	p->header_bytes = header_bytes;
	p->source = ip->saddr;
	p->destination = ip->daddr;
	p->identification = ip->id;
	p->fragment = ip->frag_off;
	p->checksum = ip->check;
	p->tos = ip->tos;
	p->protocol = ip->protocol;
	p->ttl = ip->ttl;
	p->tcp_flags = 0;
	p->icmp_error = 0;
	return 0;
}

/* Type, code, checksum, identifier, sequence. */
struct icmp_head {
	__u8 type;
	__u8 code;
	__u16 checksum;
	__be16 identifier;
	__u16 sequence;
};

INLINE int is_echo(__u8 type)
{
	return type == 0 || type == 8;
}

INLINE int is_icmp_error(__u8 type)
{
	return type == 3 || type == 11 || type == 12;
}

/* The key of the packet that an ICMP error quotes, turned round; 0 where there is none. */
FUNCTION int quoted_key(struct __sk_buff *skb, struct packet *p)
{
	struct iphdr quoted;
	struct icmp_head ports = {};
	__u32 offset = p->transport + 8;
	__u32 there = p->total_bytes - p->header_bytes - 8;
	__be16 source = 0, destination = 0;

	if (p->total_bytes < p->header_bytes + 28u || bpf_skb_load_bytes(skb, offset, &quoted, sizeof(quoted)))
		return 0;
	if (quoted.version != 4 || quoted.ihl < 5 || there < quoted.ihl * 4u + 8)
		return 0;
	if ((quoted.frag_off & bpf_htons(FRAGMENT_OFFSET)) || quoted.saddr != p->destination)
		return 0;
	if (bpf_skb_load_bytes(skb, offset + quoted.ihl * 4, &ports, sizeof(ports)))
		return 0;
	if (quoted.protocol == PROTO_TCP || quoted.protocol == PROTO_UDP) {
		source = *(__be16 *)&ports;
		destination = *((__be16 *)&ports + 1);
	} else if (quoted.protocol == PROTO_ICMP && is_echo(ports.type)) {
		destination = ports.identifier; /* the identifier is not swapped: see below */
	}
	p->key.protocol = quoted.protocol;
	p->key.source = quoted.daddr;
	p->key.destination = quoted.saddr;
	p->key.source_port = destination;
	p->key.destination_port = source;
	p->icmp_error = 1;
	return 1;
}

INLINE void fragment_key(const struct packet *p, struct fragment_key *key)
{
	key->next_hop = p->key.next_hop;
	key->source = p->source;
	key->destination = p->destination;
	key->identification = p->identification;
	key->protocol = p->protocol;
	key->unused = 0;
}

FUNCTION int ports_of_fragment(struct packet *p)
{
	struct fragment_key key;
	fragment_key(p, &key);
	struct ports *ports = bpf_map_lookup_elem(&fragments, &key);
	if (!ports)
		return REASON(no_frag_entry);
	p->key.source_port = ports->source;
	p->key.destination_port = ports->destination;
	return 0;
}

FUNCTION int remember_fragment(struct packet *p)
{
	struct fragment_key key;
	struct ports ports = {p->key.source_port, p->key.destination_port};
	fragment_key(p, &key);
	bpf_map_update_elem(&fragments, &key, &ports, BPF_ANY);
	return 0;
}

FUNCTION int icmp_ports(struct __sk_buff *skb, struct packet *p)
{
	struct icmp_head head;
	if (bpf_skb_load_bytes(skb, p->transport, &head, sizeof(head)))
		return REASON(invalid_packet);
	if (is_echo(head.type))
		p->key.source_port = head.identifier;
	else if (is_icmp_error(head.type))
		quoted_key(skb, p);
	return 0;
}

/* The flow key under a next hop; remembers first fragments. 0, or why not. */
INLINE int parse_ports(struct __sk_buff *skb, struct packet *p, __u32 next_hop)
{
	__u32 payload = p->total_bytes - p->header_bytes;
	int problem;

	p->key.next_hop = next_hop;
	p->key.source = p->source;
	p->key.destination = p->destination;
	p->key.source_port = 0;
	p->key.destination_port = 0;
	p->key.protocol = p->protocol;
	if (p->fragment & bpf_htons(FRAGMENT_OFFSET))
		return ports_of_fragment(p);
	if (p->protocol == PROTO_TCP) {
		const struct tcphdr *tcp = bytes_at(skb, p->transport, sizeof(*tcp));
		if (payload < 20)
			return REASON(invalid_packet);
		if (!tcp)
			return REASON(pull);
		p->key.source_port = tcp->source;
		p->key.destination_port = tcp->dest;
		p->tcp_flags = ((const __u8 *)tcp)[13];
	} else if (p->protocol == PROTO_UDP) {
		const struct udphdr *udp = bytes_at(skb, p->transport, sizeof(*udp));
		if (payload < 8)
			return REASON(invalid_packet);
		if (!udp)
			return REASON(pull);
		p->key.source_port = udp->source;
		p->key.destination_port = udp->dest;
	} else if (p->protocol == PROTO_ICMP) {
		if (payload < 8)
			return REASON(invalid_packet);
		problem = icmp_ports(skb, p);
		if (problem)
			return problem;
	}
	if ((p->fragment & bpf_htons(MORE_FRAGMENTS)) && !p->icmp_error)
		remember_fragment(p);
	return 0;
}
