/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Sockets of the host that machines reach. "Service" of PIPELINE.md. */
#pragma once
#include "agent.h"
#include "send.h"

#define METADATA_ADDRESS 0xa9fea9fe /* 169.254.169.254 */
#define LINK_LOCAL 0xa9fe8000	    /* 169.254.128.0: an interface has this and its id */
#define HOST_METADATA 0xa9fe9ffe
#define HOST_GATEWAY 0xa9fe9ffd
#define HOST_NAME_SERVER 0xa9fe9ffc
/* Packets to services for each punt that an interface has. */
#define PACKETS_PER_PUNT 20

struct service_ends {
	__be32 source;
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
};

/* Ports as machines know them, and as the host's sockets have them; 0: no service. */
INLINE __be16 host_port(__u8 protocol, __be16 port)
{
	if (protocol == PROTO_TCP && port == bpf_htons(80))
		return bpf_htons(8097);
	if (protocol == PROTO_TCP && port == bpf_htons(8080))
		return bpf_htons(8098);
	return port == bpf_htons(53) ? bpf_htons(8099) : 0;
}

INLINE __be16 machine_port(__u8 protocol, __be16 port)
{
	if (protocol == PROTO_TCP && port == bpf_htons(8097))
		return bpf_htons(80);
	if (protocol == PROTO_TCP && port == bpf_htons(8098))
		return bpf_htons(8080);
	return port == bpf_htons(8099) ? bpf_htons(53) : 0;
}

INLINE __be32 host_address(const struct vif *vif, __be32 address)
{
	if (address == bpf_htonl(METADATA_ADDRESS))
		return bpf_htonl(HOST_METADATA);
	if (!address)
		return 0;
	if (address == vif->gateway)
		return bpf_htonl(HOST_GATEWAY);
	return address == vif->name_server ? bpf_htonl(HOST_NAME_SERVER) : 0;
}

INLINE __be32 machine_address(const struct vif *vif, __be32 address)
{
	if (address == bpf_htonl(HOST_METADATA))
		return bpf_htonl(METADATA_ADDRESS);
	if (address == bpf_htonl(HOST_GATEWAY))
		return vif->gateway;
	return address == bpf_htonl(HOST_NAME_SERVER) ? vif->name_server : 0;
}

/* Ports of a whole TCP or UDP packet; 0, or it is another one. */
INLINE int load_ports(struct __sk_buff *skb, const struct packet *p, struct ports *ports)
{
	__u32 least = p->protocol == PROTO_TCP ? 20 : 8;

	if ((p->protocol != PROTO_TCP && p->protocol != PROTO_UDP) || p->total_bytes - p->header_bytes < least)
		return 1;
	if (p->fragment & bpf_htons(MORE_FRAGMENTS | FRAGMENT_OFFSET))
		return 1;
	return bpf_skb_load_bytes(skb, p->transport, ports, sizeof(*ports)) != 0;
}

/* New addresses and ports, with both checksums; the helpers know a checksum that is partial. */
FUNCTION int rewrite(struct __sk_buff *skb, struct packet *p, struct ports *before, struct service_ends *after)
{
	__be32 former[2] = {p->source, p->destination};
	__be32 addresses[2] = {after->source, after->destination};
	struct ports ports = {after->source_port, after->destination_port};
	__u32 at = p->transport + (p->protocol == PROTO_TCP ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check));
	__u64 zero_is_none = p->protocol == PROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
	__s64 change = bpf_csum_diff(former, sizeof(former), addresses, sizeof(addresses), 0);

	if (bpf_l3_csum_replace(skb, ETHERNET + offsetof(struct iphdr, check), 0, change, 0))
		return 1;
	if (bpf_l4_csum_replace(skb, at, 0, change, BPF_F_PSEUDO_HDR | zero_is_none))
		return 1;
	if (bpf_l4_csum_replace(skb, at, before->source, ports.source, 2 | zero_is_none))
		return 1;
	if (bpf_l4_csum_replace(skb, at, before->destination, ports.destination, 2 | zero_is_none))
		return 1;
	if (bpf_skb_store_bytes(skb, ETHERNET + offsetof(struct iphdr, saddr), addresses, sizeof(addresses), 0))
		return 1;
	return bpf_skb_store_bytes(skb, p->transport, &ports, sizeof(ports), 0) != 0;
}

/* A machine's packet whose next hop punts: to the host's socket, or on to the agent. */
SEC("tc")
int service(struct __sk_buff *skb)
{
	struct packet *p = scratch_packet();
	struct settings *host = host_settings();
	struct ethhdr eth = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}, bpf_htons(ETH_P_IP)};
	struct service_ends ends = {};
	struct ports ports = {};

	if (!p || !host)
		return TC_ACT_SHOT;
	struct vif *vif = vif_by_id(p->interface);
	if (!vif)
		return drop(REASON(invalid_if), 0);
	if (!load_ports(skb, p, &ports) && vif->address && vif->address == p->source) {
		ends.destination = host_address(vif, p->destination);
		ends.destination_port = host_port(p->protocol, ports.destination);
	}
	if (!ends.destination || !ends.destination_port) {
		bpf_tail_call(skb, &stages, STAGE_PUNT);
		return drop(REASON(misc), vif->id);
	}
	if (!host->punt_ifindex)
		return drop(REASON(trap_no_if), vif->id);
	if (!punt_allowed(VIF_SLOTS + vif->id, PACKETS_PER_PUNT * host->punts_per_second, p->now))
		return drop(REASON(trap_original), vif->id);
	ends.source = bpf_htonl(LINK_LOCAL + vif->id);
	ends.source_port = ports.source;
	if (rewrite(skb, p, &ports, &ends) || bpf_skb_store_bytes(skb, 0, &eth, sizeof(eth), 0))
		return drop(REASON(rewrite_fail), vif->id);
	record(OUT_PUNT, 0);
	return bpf_redirect(host->punt_ifindex, 0);
}

/* An IPv4 frame of the host's sockets, from the punt device: to the machine that it is addressed to. */
SEC("tc")
int host_in(struct __sk_buff *skb)
{
	struct packet *p = scratch_packet();
	struct service_ends ends = {};
	struct ports ports = {};
	struct iphdr ip;

	if (!p || bpf_skb_load_bytes(skb, ETHERNET, &ip, sizeof(ip)))
		return drop(REASON(invalid_packet), 0);
	int problem = parse_inet(p, &ip, skb->len - ETHERNET, ETHERNET);
	if (problem)
		return drop(problem, 0);
	__u32 id = bpf_ntohl(p->destination) - LINK_LOCAL;
	if (id >= VIF_SLOTS)
		return drop(REASON(invalid_if), 0);
	struct vif *vif = vif_by_id(id);
	if (!vif)
		return drop(REASON(invalid_if), 0);
	if (!load_ports(skb, p, &ports)) {
		ends.source = machine_address(vif, p->source);
		ends.source_port = machine_port(p->protocol, ports.source);
	}
	ends.destination = vif->address;
	ends.destination_port = ports.destination;
	if (!ends.source || !ends.source_port || !ends.destination)
		return drop(REASON(invalid_packet), 0);
	if (skb->len - ETHERNET > vif->mtu)
		return drop(REASON(frag_err), 0);
	if (rewrite(skb, p, &ports, &ends))
		return drop(REASON(rewrite_fail), 0);
	return deliver(skb, vif);
}
