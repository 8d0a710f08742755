// Generated from proto/opencontrail/schema by packages/codegen: do not edit. Run: npm run generate
import type { StoredReference, ChildReference, Reference } from "../reference.ts";

export type AclEntriesType = {
  readonly acl_rule?: readonly AclRuleType[];
  readonly dynamic?: boolean;
};

export type AclRuleType = {
  readonly action_list?: ActionListType;
  readonly direction?: ">" | "<>";
  readonly match_condition?: MatchConditionType;
  readonly rule_uuid?: string;
};

export type ActionAsPathType = {
  readonly expand?: AsListType;
};

export type ActionCommunityType = {
  readonly add?: CommunityListType;
  readonly remove?: CommunityListType;
  readonly set?: CommunityListType;
};

export type ActionExtCommunityType = {
  readonly add?: ExtCommunityListType;
  readonly remove?: ExtCommunityListType;
  readonly set?: ExtCommunityListType;
};

export type ActionListType = {
  readonly alert?: boolean;
  readonly apply_service?: readonly string[];
  readonly assign_routing_instance?: string;
  readonly gateway_name?: string;
  readonly host_based_service?: boolean;
  readonly log?: boolean;
  readonly mirror_to?: MirrorActionType;
  readonly qos_action?: string;
  readonly service_properties?: ServicePropertiesType;
  readonly simple_action?: "deny" | "pass";
};

export type ActionUpdateType = {
  readonly as_path?: ActionAsPathType;
  readonly community?: ActionCommunityType;
  readonly extcommunity?: ActionExtCommunityType;
  readonly local_pref?: number;
  readonly med?: number;
};

export type AddressFamilies = {
  readonly family?: readonly ("inet" | "inet-labeled" | "inet-vpn" | "e-vpn" | "erm-vpn" | "route-target" | "inet6" | "inet-mvpn" | "inet6-vpn")[];
};

export type AddressType = {
  readonly network_policy?: string;
  readonly security_group?: string;
  readonly subnet?: SubnetType;
  readonly subnet_list?: readonly SubnetType[];
  readonly virtual_network?: string;
};

export type AlarmAndList = {
  readonly and_list?: readonly AlarmExpression[];
};

export type AlarmExpression = {
  readonly operand1?: string;
  readonly operand2?: AlarmOperand2;
  readonly operation?: "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in" | "range" | "size==" | "size!=";
  readonly variables?: readonly string[];
};

export type AlarmOperand2 = {
  readonly json_value?: string;
  readonly uve_attribute?: string;
};

export type AlarmOrList = {
  readonly or_list?: readonly AlarmAndList[];
};

export type AllocationPoolType = {
  readonly end?: string;
  readonly start?: string;
  readonly vrouter_specific_pool?: boolean;
};

export type AllowedAddressPair = {
  readonly address_mode?: "active-active" | "active-standby";
  readonly ip?: SubnetType;
  readonly mac?: string;
};

export type AllowedAddressPairs = {
  readonly allowed_address_pair?: readonly AllowedAddressPair[];
};

export type AsListType = {
  readonly asn_list?: readonly number[];
};

export type AsnRangeType = {
  readonly asn_max?: number;
  readonly asn_min?: number;
};

export type AttachmentAddressType = {
  readonly status?: string;
};

export type AttachmentInfoType = {
  readonly bgp?: ProtocolBgpType;
  readonly ospf?: ProtocolOspfType;
  readonly state?: string;
  readonly static?: ProtocolStaticType;
};

export type AuthenticationData = {
  readonly key_items?: readonly AuthenticationKeyItem[];
  readonly key_type?: "md5";
};

export type AuthenticationKeyItem = {
  readonly key?: string;
  readonly key_id?: number;
};

export type AutonomousSystemsType = {
  readonly asn?: readonly number[];
};

export type BGPaaSControlNodeZoneAttributes = {
  readonly bgpaas_control_node_zone_type?: "primary" | "secondary";
};

export type BGPaaServiceParametersType = {
  readonly port_end?: number;
  readonly port_start?: number;
};

export type BaremetalPortGroupInfo = {
  readonly address?: string;
  readonly mode?: string;
  readonly node_uuid?: string;
  readonly properties?: PortGroupProperties;
  readonly standalone_ports_supported?: boolean;
};

export type BaremetalPortInfo = {
  readonly address?: string;
  readonly local_link_connection?: LocalLinkConnection;
  readonly node_uuid?: string;
  readonly pxe_enabled?: boolean;
};

export type BaremetalProperties = {
  readonly capabilities?: string;
  readonly cpu_arch?: string;
  readonly cpus?: number;
  readonly local_gb?: number;
  readonly memory_mb?: number;
};

export type BaremetalServerInfo = {
  readonly driver?: string;
  readonly driver_info?: DriverInfo;
  readonly name?: string;
  readonly network_interface?: string;
  readonly properties?: BaremetalProperties;
};

export type BfdParameters = {
  readonly detection_time_multiplier?: number;
  readonly time_interval?: number;
};

export type BgpFamilyAttributes = {
  readonly address_family?: "inet" | "inet-labeled" | "inet-vpn" | "e-vpn" | "erm-vpn" | "route-target" | "inet6" | "inet-mvpn" | "inet6-vpn";
  readonly default_tunnel_encap?: readonly ("gre" | "mpls" | "udp" | "vxlan")[];
  readonly loop_count?: number;
  readonly prefix_limit?: BgpPrefixLimit;
};

export type BgpParameters = {
  readonly auth_data?: AuthenticationData;
  readonly hold_time?: number;
  readonly local_autonomous_system?: number;
  readonly multihop_ttl?: number;
  readonly peer_autonomous_system?: number;
  readonly peer_ip_address?: string;
  readonly peer_ip_address_list?: readonly string[];
};

export type BgpPeeringAttributes = {
  readonly session?: readonly BgpSession[];
};

export type BgpPrefixLimit = {
  readonly idle_timeout?: number;
  readonly maximum?: number;
};

export type BgpRouterParams = {
  readonly address?: string;
  readonly address_families?: AddressFamilies;
  readonly admin_down?: boolean;
  readonly auth_data?: AuthenticationData;
  readonly autonomous_system?: number;
  readonly cluster_id?: number;
  readonly gateway_address?: string;
  readonly hold_time?: number;
  readonly identifier?: string;
  readonly ipv6_gateway_address?: string;
  readonly local_autonomous_system?: number;
  readonly port?: number;
  readonly router_type?: "control-node" | "external-control-node" | "router" | "bgpaas-server" | "bgpaas-client";
  readonly source_port?: number;
  readonly vendor?: string;
};

export type BgpSession = {
  readonly attributes?: readonly BgpSessionAttributes[];
  readonly uuid?: string;
};

export type BgpSessionAttributes = {
  readonly address_families?: AddressFamilies;
  readonly admin_down?: boolean;
  readonly as_override?: boolean;
  readonly auth_data?: AuthenticationData;
  readonly bgp_router?: string;
  readonly family_attributes?: readonly BgpFamilyAttributes[];
  readonly hold_time?: number;
  readonly local_autonomous_system?: number;
  readonly loop_count?: number;
  readonly passive?: boolean;
  readonly private_as_action?: "remove" | "remove-all" | "replace-all";
  readonly route_origin_override?: RouteOriginOverride;
  readonly bgp_role?: "provider" | "customer" | "peer" | "route-server" | "route-server-client";
  readonly bgp_role_strict?: boolean;
  readonly ttl_security_hops?: number;
};

export type BridgeDomainMembershipType = {
  readonly vlan_tag?: number;
};

export type CliDiffInfoType = {
  readonly config_changes?: string;
  readonly time?: string;
  readonly username?: string;
};

export type CliDiffListType = {
  readonly commit_diff_info?: readonly CliDiffInfoType[];
};

export type CloudInstanceInfo = {
  readonly availability_zone?: string;
  readonly instance_type?: string;
  readonly machine_id?: string;
  readonly operating_system?: string;
  readonly os_version?: string;
  readonly roles?: readonly string[];
  readonly volume_size?: number;
};

export type CommunityAttributes = {
  readonly community_attribute?: readonly string[];
};

export type CommunityListType = {
  readonly community?: readonly string[];
};

export type ConnectionType = {
  readonly destination_instance?: string;
};

export type ControlTrafficDscpType = {
  readonly analytics?: number;
  readonly control?: number;
  readonly dns?: number;
};

export type DefaultProtocolType = {
  readonly bgp?: ProtocolBgpType;
  readonly ospf?: ProtocolOspfType;
};

export type DeviceCredential = {
  readonly credential?: UserCredentials;
  readonly device_family?: string;
  readonly vendor?: string;
};

export type DeviceCredentialList = {
  readonly device_credential?: readonly DeviceCredential[];
};

export type DeviceFamilyListType = {
  readonly device_family?: readonly string[];
};

export type DevicePlatformListType = {
  readonly platform_name?: readonly string[];
};

export type DhcpOptionType = {
  readonly dhcp_option_name?: string;
  readonly dhcp_option_value?: string;
  readonly dhcp_option_value_bytes?: string;
};

export type DhcpOptionsListType = {
  readonly dhcp_option?: readonly DhcpOptionType[];
};

export type DiscoveryPubSubEndPointType = {
  readonly ep_id?: string;
  readonly ep_prefix?: SubnetType;
  readonly ep_type?: string;
  readonly ep_version?: string;
};

export type DiscoveryServiceAssignmentType = {
  readonly publisher?: DiscoveryPubSubEndPointType;
  readonly subscriber?: readonly DiscoveryPubSubEndPointType[];
};

export type DnsSoaRecordType = {
  readonly negative_cache_ttl_seconds?: number;
};

export type DnsmasqLeaseParameters = {
  readonly client_id?: string;
  readonly lease_expiry_time?: number;
};

export type DomainLimitsType = {
  readonly project_limit?: number;
  readonly security_group_limit?: number;
  readonly virtual_network_limit?: number;
};

export type DriverInfo = {
  readonly deploy_kernel?: string;
  readonly deploy_ramdisk?: string;
  readonly ipmi_address?: string;
  readonly ipmi_password?: string;
  readonly ipmi_port?: string;
  readonly ipmi_username?: string;
};

export type ESXIHostInfo = {
  readonly cluster?: string;
  readonly datacenter?: string;
  readonly datastore?: string;
  readonly esxi_name?: string;
  readonly mac?: string;
  readonly password?: string;
  readonly username?: string;
  readonly vcenter_server?: string;
};

export type ESXIProperties = {
  readonly dvs_id?: string;
  readonly dvs_name?: string;
};

export type EcmpHashingIncludeFields = {
  readonly destination_ip?: boolean;
  readonly destination_port?: boolean;
  readonly hashing_configured?: boolean;
  readonly ip_protocol?: boolean;
  readonly source_ip?: boolean;
  readonly source_port?: boolean;
};

export type EnabledInterfaceParams = {
  readonly name?: string;
  readonly stats_collection_frequency?: StatsCollectionFrequency;
};

export type EnabledSensorParams = {
  readonly control_plane_health?: boolean;
  readonly interface_health?: boolean;
  readonly physical_health?: boolean;
  readonly service_layer_health?: boolean;
};

export type EncapsulationPrioritiesType = {
  readonly encapsulation?: readonly string[];
};

export type EncryptionTunnelEndpoint = {
  readonly tunnel_remote_ip_address?: string;
};

export type EncryptionTunnelEndpointList = {
  readonly endpoint?: readonly EncryptionTunnelEndpoint[];
};

export type ExecutableInfoListType = {
  readonly executable_info?: readonly ExecutableInfoType[];
};

export type ExecutableInfoType = {
  readonly executable_args?: string;
  readonly executable_path?: string;
  readonly job_completion_weightage?: number;
};

export type ExtCommunityListType = {
  readonly community?: readonly string[];
};

export type FabricNetworkTag = {
  readonly network_type?: "management" | "loopback" | "ip-fabric" | "pnf-servicechain" | "overlay-loopback";
};

export type FastConvergenceParametersType = {
  readonly enable?: boolean;
  readonly nh_reachability_check?: boolean;
  readonly xmpp_hold_time?: number;
};

export type FatFlowProtocols = {
  readonly fat_flow_protocol?: readonly ProtocolType[];
};

export type FieldNamesList = {
  readonly field_names?: readonly string[];
};

export type FirewallRuleEndpointType = {
  readonly address_group?: string;
  readonly any?: boolean;
  readonly subnet?: SubnetType;
  readonly tag_ids?: readonly number[];
  readonly tags?: readonly string[];
  readonly virtual_network?: string;
};

export type FirewallRuleMatchTagsType = {
  readonly tag_list?: readonly string[];
};

export type FirewallRuleMatchTagsTypeIdList = {
  readonly tag_type?: readonly number[];
};

export type FirewallSequence = {
  readonly sequence?: string;
};

export type FirewallServiceGroupType = {
  readonly firewall_service?: readonly FirewallServiceType[];
};

export type FirewallServiceType = {
  readonly dst_ports?: PortType;
  readonly protocol?: string;
  readonly protocol_id?: number;
  readonly src_ports?: PortType;
};

export type FloatingIpPoolSubnetType = {
  readonly subnet_uuid?: readonly string[];
};

export type FlowAgingTimeout = {
  readonly port?: number;
  readonly protocol?: string;
  readonly timeout_in_seconds?: number;
};

export type FlowAgingTimeoutList = {
  readonly flow_aging_timeout?: readonly FlowAgingTimeout[];
};

export type GracefulRestartParametersType = {
  readonly bgp_helper_enable?: boolean;
  readonly enable?: boolean;
  readonly end_of_rib_timeout?: number;
  readonly long_lived_restart_time?: number;
  readonly restart_time?: number;
  readonly xmpp_helper_enable?: boolean;
};

export type GrpcParameters = {
  readonly allow_clients?: SubnetListType;
  readonly enabled_sensor_params?: EnabledSensorParams;
  readonly secure_mode?: "cleartext" | "ssl";
};

export type IdPermsType = {
  readonly created?: string;
  readonly creator?: string;
  readonly description?: string;
  readonly enable?: boolean;
  readonly last_modified?: string;
  readonly permissions?: PermType;
  readonly user_visible?: boolean;
  readonly uuid?: UuidType;
};

export type InstanceTargetType = {
  readonly import_export?: "import" | "export";
};

export type InterfaceMapType = {
  readonly port_info?: readonly PortInfoType[];
};

export type InterfaceMirrorType = {
  readonly mirror_to?: MirrorActionType;
  readonly traffic_direction?: "ingress" | "egress" | "both";
};

export type IpAddressesType = {
  readonly ip_address?: readonly string[];
};

export type IpamDnsAddressType = {
  readonly tenant_dns_server_address?: IpAddressesType;
  readonly virtual_dns_server_name?: string;
};

export type IpamSubnetType = {
  readonly addr_from_start?: boolean;
  readonly alloc_unit?: number;
  readonly allocation_pools?: readonly AllocationPoolType[];
  readonly created?: string;
  readonly default_gateway?: string;
  readonly dhcp_option_list?: DhcpOptionsListType;
  readonly dhcp_relay_server?: readonly string[];
  readonly dns_nameservers?: readonly string[];
  readonly dns_server_address?: string;
  readonly enable_dhcp?: boolean;
  readonly host_routes?: RouteTableType;
  readonly last_modified?: string;
  readonly subnet?: SubnetType;
  readonly subnet_name?: string;
  readonly subnet_uuid?: string;
  readonly subscriber_tag?: string;
  readonly vlan_tag?: number;
};

export type IpamSubnets = {
  readonly subnets?: readonly IpamSubnetType[];
};

export type IpamType = {
  readonly cidr_block?: SubnetType;
  readonly dhcp_option_list?: DhcpOptionsListType;
  readonly host_routes?: RouteTableType;
  readonly ipam_dns_method?: "none" | "default-dns-server" | "tenant-dns-server" | "virtual-dns-server";
  readonly ipam_dns_server?: IpamDnsAddressType;
  readonly ipam_method?: "dhcp" | "fixed";
};

export type JunosServicePorts = {
  readonly service_port?: readonly string[];
};

export type KeyValuePair = {
  readonly key?: string;
  readonly value?: string;
};

export type KeyValuePairs = {
  readonly key_value_pair?: readonly KeyValuePair[];
};

export type LacpParams = {
  readonly lacp_enable?: boolean;
  readonly lacp_interval?: "fast" | "slow";
  readonly lacp_mode?: "active" | "passive";
};

export type LinklocalServiceEntryType = {
  readonly ip_fabric_DNS_service_name?: string;
  readonly ip_fabric_service_ip?: readonly string[];
  readonly ip_fabric_service_port?: number;
  readonly linklocal_service_ip?: string;
  readonly linklocal_service_name?: string;
  readonly linklocal_service_port?: number;
};

export type LinklocalServicesTypes = {
  readonly linklocal_service_entry?: readonly LinklocalServiceEntryType[];
};

export type LoadbalancerHealthmonitorType = {
  readonly admin_state?: boolean;
  readonly delay?: number;
  readonly expected_codes?: string;
  readonly http_method?: string;
  readonly max_retries?: number;
  readonly monitor_type?: "PING" | "TCP" | "HTTP" | "HTTPS";
  readonly timeout?: number;
  readonly url_path?: string;
};

export type LoadbalancerListenerType = {
  readonly admin_state?: boolean;
  readonly connection_limit?: number;
  readonly default_tls_container?: string;
  readonly protocol?: "HTTP" | "HTTPS" | "TCP" | "UDP" | "TERMINATED_HTTPS";
  readonly protocol_port?: number;
  readonly sni_containers?: readonly string[];
};

export type LoadbalancerMemberType = {
  readonly address?: string;
  readonly admin_state?: boolean;
  readonly protocol_port?: number;
  readonly status?: string;
  readonly status_description?: string;
  readonly subnet_id?: string;
  readonly weight?: number;
};

export type LoadbalancerPoolType = {
  readonly admin_state?: boolean;
  readonly loadbalancer_method?: "ROUND_ROBIN" | "LEAST_CONNECTIONS" | "SOURCE_IP";
  readonly persistence_cookie_name?: string;
  readonly protocol?: "HTTP" | "HTTPS" | "TCP" | "UDP" | "TERMINATED_HTTPS";
  readonly session_persistence?: "SOURCE_IP" | "HTTP_COOKIE" | "APP_COOKIE";
  readonly status?: string;
  readonly status_description?: string;
  readonly subnet_id?: string;
};

export type LoadbalancerType = {
  readonly admin_state?: boolean;
  readonly operating_status?: string;
  readonly provisioning_status?: string;
  readonly status?: string;
  readonly vip_address?: string;
  readonly vip_subnet_id?: string;
};

export type LocalLinkConnection = {
  readonly port_id?: string;
  readonly port_index?: string;
  readonly switch_id?: string;
  readonly switch_info?: string;
};

export type LogicalRouterPRListParams = {
  readonly logical_router_uuid?: string;
  readonly physical_router_uuid_list?: readonly string[];
};

export type LogicalRouterPRListType = {
  readonly logical_router_list?: readonly LogicalRouterPRListParams[];
};

export type LogicalRouterVirtualNetworkType = {
  readonly logical_router_virtual_network_type?: "ExternalGateway" | "InternalVirtualNetwork" | "NAPTSourcePool";
};

export type MACLimitControlType = {
  readonly mac_limit?: number;
  readonly mac_limit_action?: "log" | "alarm" | "shutdown" | "drop";
};

export type MACMoveLimitControlType = {
  readonly mac_move_limit?: number;
  readonly mac_move_limit_action?: "log" | "alarm" | "shutdown" | "drop";
  readonly mac_move_time_window?: number;
};

export type MacAddressesType = {
  readonly mac_address?: readonly string[];
};

export type MatchConditionType = {
  readonly dst_address?: AddressType;
  readonly dst_port?: PortType;
  readonly ethertype?: "IPv4" | "IPv6";
  readonly protocol?: string;
  readonly src_address?: AddressType;
  readonly src_port?: PortType;
};

export type MirrorActionType = {
  readonly analyzer_ip_address?: string;
  readonly analyzer_mac_address?: string;
  readonly analyzer_name?: string;
  readonly encapsulation?: string;
  readonly juniper_header?: boolean;
  readonly nh_mode?: "dynamic" | "static";
  readonly nic_assisted_mirroring?: boolean;
  readonly nic_assisted_mirroring_vlan?: number;
  readonly routing_instance?: string;
  readonly static_nh_header?: StaticMirrorNhType;
  readonly udp_port?: number;
};

export type MulticastSourceGroup = {
  readonly action?: "deny" | "pass";
  readonly group_address?: string;
  readonly source_address?: string;
};

export type MulticastSourceGroups = {
  readonly multicast_source_group?: readonly MulticastSourceGroup[];
};

export type NamespaceValue = {
  readonly asn?: AutonomousSystemsType;
  readonly asn_ranges?: readonly AsnRangeType[];
  readonly ipv4_cidr?: SubnetListType;
  readonly mac_addr?: MacAddressesType;
  readonly serial_nums?: readonly string[];
};

export type NetconfParameters = {
  readonly enabled_sensor_params?: EnabledSensorParams;
};

export type NodeProfileRoleType = {
  readonly physical_role?: string;
  readonly rb_roles?: readonly string[];
};

export type NodeProfileRolesType = {
  readonly role_mappings?: readonly NodeProfileRoleType[];
};

export type OspfParameters = {
  readonly advertise_loopback?: boolean;
  readonly area_id?: string;
  readonly area_type?: "nssa" | "stub" | "backbone";
  readonly auth_data?: AuthenticationData;
  readonly dead_interval?: number;
  readonly hello_interval?: number;
  readonly orignate_summary_lsa?: boolean;
};

export type PermType = {
  readonly group?: string;
  readonly group_access?: number;
  readonly other_access?: number;
  readonly owner?: string;
  readonly owner_access?: number;
};

export type PermType2 = {
  readonly global_access?: number;
  readonly owner?: string;
  readonly owner_access?: number;
  readonly share?: readonly ShareType[];
};

export type PimParameters = {
  readonly enable_all_interfaces?: boolean;
  readonly mode?: "sparse" | "sparse-dense" | "dense";
  readonly rp_ip_address?: readonly string[];
};

export type PlaybookInfoListType = {
  readonly playbook_info?: readonly PlaybookInfoType[];
};

export type PlaybookInfoType = {
  readonly device_family?: string;
  readonly job_completion_weightage?: number;
  readonly multi_device_playbook?: boolean;
  readonly playbook_uri?: string;
  readonly refresh_token?: boolean;
  readonly sequence_no?: number;
  readonly vendor?: string;
};

export type PluginProperties = {
  readonly plugin_property?: readonly PluginProperty[];
};

export type PluginProperty = {
  readonly property?: string;
  readonly value?: string;
};

export type PolicyBasedForwardingRuleType = {
  readonly direction?: "ingress" | "egress" | "both";
  readonly dst_mac?: string;
  readonly ipv6_service_chain_address?: string;
  readonly mpls_label?: number;
  readonly protocol?: string;
  readonly service_chain_address?: string;
  readonly src_mac?: string;
  readonly vlan_tag?: number;
};

export type PolicyEntriesType = {
  readonly policy_rule?: readonly PolicyRuleType[];
};

export type PolicyRuleType = {
  readonly action_list?: ActionListType;
  readonly application?: readonly string[];
  readonly created?: string;
  readonly description?: string;
  readonly direction?: ">" | "<>";
  readonly dst_addresses?: readonly AddressType[];
  readonly dst_ports?: readonly PortType[];
  readonly ethertype?: "IPv4" | "IPv6";
  readonly last_modified?: string;
  readonly protocol?: string;
  readonly rule_sequence?: SequenceType;
  readonly rule_uuid?: string;
  readonly src_addresses?: readonly AddressType[];
  readonly src_ports?: readonly PortType[];
};

export type PolicyStatementType = {
  readonly term?: readonly PolicyTermType[];
};

export type PolicyTermType = {
  readonly term_action_list?: TermActionListType;
  readonly term_match_condition?: TermMatchConditionType;
};

export type PortGroupProperties = {
  readonly miimon?: number;
  readonly xmit_hash_policy?: string;
};

export type PortInfoType = {
  readonly channelized?: boolean;
  readonly channelized_port_speed?: "1G" | "10G" | "40G" | "100G";
  readonly labels?: readonly string[];
  readonly name?: string;
  readonly port_group?: string;
  readonly port_speed?: "1G" | "10G" | "40G" | "100G";
  readonly type_?: "fc" | "ge" | "xe" | "xle" | "et" | "fte" | "me" | "em";
};

export type PortMap = {
  readonly dst_port?: number;
  readonly protocol?: string;
  readonly src_port?: number;
};

export type PortMappings = {
  readonly port_mappings?: readonly PortMap[];
};

export type PortParameters = {
  readonly port_description?: string;
  readonly port_disable?: boolean;
  readonly port_mtu?: number;
};

export type PortProfileParameters = {
  readonly bpdu_loop_protection?: boolean;
  readonly flow_control?: boolean;
  readonly lacp_params?: LacpParams;
  readonly port_cos_untrust?: boolean;
  readonly port_params?: PortParameters;
};

export type PortTranslationPool = {
  readonly port_count?: string;
  readonly port_range?: PortType;
  readonly protocol?: string;
};

export type PortTranslationPools = {
  readonly port_translation_pool?: readonly PortTranslationPool[];
};

export type PortType = {
  readonly end_port?: number;
  readonly start_port?: number;
};

export type PrefixListMatchType = {
  readonly interface_route_table_uuid?: readonly string[];
  readonly prefix_type?: "exact" | "longer" | "orlonger";
};

export type PrefixMatchType = {
  readonly prefix?: string;
  readonly prefix_type?: "exact" | "longer" | "orlonger";
};

export type ProtocolBgpType = {
  readonly autonomous_system?: number;
};

export type ProtocolOspfType = {
  readonly area?: number;
};

export type ProtocolStaticType = {
  readonly route?: readonly string[];
};

export type ProtocolType = {
  readonly destination_aggregate_prefix_length?: number;
  readonly destination_prefix?: SubnetType;
  readonly ignore_address?: "none" | "source" | "destination";
  readonly port?: number;
  readonly protocol?: string;
  readonly source_aggregate_prefix_length?: number;
  readonly source_prefix?: SubnetType;
};

export type ProviderDetails = {
  readonly physical_network?: string;
  readonly segmentation_id?: number;
};

export type QosIdForwardingClassPair = {
  readonly forwarding_class_id?: number;
  readonly key?: number;
};

export type QosIdForwardingClassPairs = {
  readonly qos_id_forwarding_class_pair?: readonly QosIdForwardingClassPair[];
};

export type QuotaType = {
  readonly access_control_list?: number;
  readonly bgp_router?: number;
  readonly defaults?: number;
  readonly firewall_group?: number;
  readonly firewall_policy?: number;
  readonly firewall_rule?: number;
  readonly floating_ip?: number;
  readonly floating_ip_pool?: number;
  readonly global_vrouter_config?: number;
  readonly host_based_service?: number;
  readonly instance_ip?: number;
  readonly loadbalancer?: number;
  readonly loadbalancer_healthmonitor?: number;
  readonly loadbalancer_listener?: number;
  readonly loadbalancer_member?: number;
  readonly loadbalancer_pool?: number;
  readonly logical_router?: number;
  readonly network_ipam?: number;
  readonly network_policy?: number;
  readonly route_table?: number;
  readonly security_group?: number;
  readonly security_group_rule?: number;
  readonly security_logging_object?: number;
  readonly service_instance?: number;
  readonly service_template?: number;
  readonly subnet?: number;
  readonly virtual_DNS?: number;
  readonly virtual_DNS_record?: number;
  readonly virtual_ip?: number;
  readonly virtual_machine_interface?: number;
  readonly virtual_network?: number;
  readonly virtual_router?: number;
};

export type RbacPermType = {
  readonly role_crud?: string;
  readonly role_name?: string;
};

export type RbacRuleEntriesType = {
  readonly rbac_rule?: readonly RbacRuleType[];
};

export type RbacRuleType = {
  readonly rule_field?: string;
  readonly rule_object?: string;
  readonly rule_perms?: readonly RbacPermType[];
};

export type RouteFilterProperties = {
  readonly route?: string;
  readonly route_type?: "exact" | "longer" | "orlonger" | "prefix-length-range" | "through" | "upto";
  readonly route_type_value?: string;
};

export type RouteFilterType = {
  readonly route_filter_properties?: readonly RouteFilterProperties[];
};

export type RouteListType = {
  readonly route?: readonly string[];
};

export type RouteOriginOverride = {
  readonly origin?: "IGP" | "EGP" | "INCOMPLETE";
  readonly origin_override?: boolean;
};

export type RouteTableType = {
  readonly route?: readonly RouteType[];
};

export type RouteTargetList = {
  readonly route_target?: readonly string[];
};

export type RouteType = {
  readonly community_attributes?: CommunityAttributes;
  readonly next_hop?: string;
  readonly next_hop_type?: "service-instance" | "ip-address";
  readonly prefix?: string;
};

export type RoutedProperties = {
  readonly bfd_params?: BfdParameters;
  readonly bgp_params?: BgpParameters;
  readonly logical_router_uuid?: string;
  readonly loopback_ip_address?: string;
  readonly ospf_params?: OspfParameters;
  readonly physical_router_uuid?: string;
  readonly pim_params?: PimParameters;
  readonly routed_interface_ip_address?: string;
  readonly routing_policy_params?: RoutingPolicyParameters;
  readonly routing_protocol?: "static-routes" | "bgp" | "ospf" | "pim";
  readonly static_route_params?: StaticRouteParameters;
};

export type RoutingBridgingRolesType = {
  readonly rb_roles?: readonly string[];
};

export type RoutingPolicyParameters = {
  readonly export_routing_policy_uuid?: readonly string[];
  readonly import_routing_policy_uuid?: readonly string[];
};

export type RoutingPolicyServiceInstanceType = {
  readonly left_sequence?: string;
  readonly right_sequence?: string;
};

export type RoutingPolicyType = {
  readonly sequence?: string;
};

export type SNMPCredentials = {
  readonly local_port?: number;
  readonly retries?: number;
  readonly timeout?: number;
  readonly v2_community?: string;
  readonly v3_authentication_password?: string;
  readonly v3_authentication_protocol?: string;
  readonly v3_context?: string;
  readonly v3_context_engine_id?: string;
  readonly v3_engine_boots?: number;
  readonly v3_engine_id?: string;
  readonly v3_engine_time?: number;
  readonly v3_privacy_password?: string;
  readonly v3_privacy_protocol?: string;
  readonly v3_security_engine_id?: string;
  readonly v3_security_level?: string;
  readonly v3_security_name?: string;
  readonly version?: number;
};

export type SecurityLoggingObjectRuleEntryType = {
  readonly rate?: number;
  readonly rule_uuid?: string;
};

export type SecurityLoggingObjectRuleListType = {
  readonly rule?: readonly SecurityLoggingObjectRuleEntryType[];
};

export type SequenceType = {
  readonly major?: number;
  readonly minor?: number;
};

export type SerialNumListType = {
  readonly serial_num?: readonly string[];
};

export type ServiceApplianceInterfaceType = {
  readonly interface_type?: string;
};

export type ServiceChainInfo = {
  readonly prefix?: readonly string[];
  readonly retain_as_path?: boolean;
  readonly routing_instance?: string;
  readonly sc_head?: boolean;
  readonly service_chain_address?: string;
  readonly service_chain_id?: string;
  readonly service_instance?: string;
  readonly source_routing_instance?: string;
};

export type ServiceHealthCheckType = {
  readonly delay?: number;
  readonly delayUsecs?: number;
  readonly enabled?: boolean;
  readonly expected_codes?: string;
  readonly health_check_type?: "link-local" | "end-to-end" | "segment" | "vn-ip-list";
  readonly http_method?: string;
  readonly max_retries?: number;
  readonly monitor_type?: "PING" | "HTTP" | "BFD";
  readonly target_ip_all?: boolean;
  readonly target_ip_list?: IpAddressesType;
  readonly timeout?: number;
  readonly timeoutUsecs?: number;
  readonly url_path?: string;
};

export type ServiceInstanceInterfaceType = {
  readonly allowed_address_pairs?: AllowedAddressPairs;
  readonly ip_address?: string;
  readonly static_routes?: RouteTableType;
  readonly virtual_network?: string;
};

export type ServiceInstanceType = {
  readonly auto_policy?: boolean;
  readonly availability_zone?: string;
  readonly ha_mode?: "active-active" | "active-standby";
  readonly interface_list?: readonly ServiceInstanceInterfaceType[];
  readonly left_ip_address?: string;
  readonly left_virtual_network?: string;
  readonly management_virtual_network?: string;
  readonly right_ip_address?: string;
  readonly right_virtual_network?: string;
  readonly scale_out?: ServiceScaleOutType;
  readonly service_virtualization_type?: "virtual-machine" | "network-namespace" | "vrouter-instance" | "physical-device";
  readonly virtual_router_id?: string;
};

export type ServiceInterfaceTag = {
  readonly interface_type?: string;
};

export type ServicePropertiesType = {
  readonly retain_as_path?: boolean;
};

export type ServiceScaleOutType = {
  readonly auto_scale?: boolean;
  readonly max_instances?: number;
};

export type ServiceTemplateInterfaceType = {
  readonly service_interface_type?: string;
  readonly shared_ip?: boolean;
  readonly static_route_enable?: boolean;
};

export type ServiceTemplateType = {
  readonly availability_zone_enable?: boolean;
  readonly flavor?: string;
  readonly image_name?: string;
  readonly instance_data?: string;
  readonly interface_type?: readonly ServiceTemplateInterfaceType[];
  readonly ordered_interfaces?: boolean;
  readonly service_mode?: "transparent" | "in-network" | "in-network-nat";
  readonly service_scaling?: boolean;
  readonly service_type?: "firewall" | "analyzer" | "source-nat" | "loadbalancer";
  readonly service_virtualization_type?: "virtual-machine" | "network-namespace" | "vrouter-instance" | "physical-device";
  readonly version?: number;
  readonly vrouter_instance_type?: "libvirt-qemu" | "docker";
};

export type ServiceVirtualNetworkType = {
  readonly virtual_network_type?: string;
};

export type SflowParameters = {
  readonly adaptive_sample_rate?: number;
  readonly agent_id?: string;
  readonly enabled_interface_params?: readonly EnabledInterfaceParams[];
  readonly enabled_interface_type?: "all" | "fabric" | "service" | "access" | "custom";
  readonly stats_collection_frequency?: StatsCollectionFrequency;
};

export type ShareType = {
  readonly tenant?: string;
  readonly tenant_access?: number;
};

export type SloRateType = {
  readonly rate?: number;
};

export type SnmpParameters = {
  readonly enabled_sensor_params?: EnabledSensorParams;
};

export type StaticMirrorNhType = {
  readonly vni?: number;
  readonly vtep_dst_ip_address?: string;
  readonly vtep_dst_mac_address?: string;
};

export type StaticRouteEntriesType = {
  readonly route?: readonly StaticRouteType[];
};

export type StaticRouteParameters = {
  readonly interface_route_table_uuid?: readonly string[];
  readonly next_hop_ip_address?: readonly string[];
};

export type StaticRouteType = {
  readonly community?: readonly string[];
  readonly next_hop?: string;
  readonly prefix?: string;
  readonly route_target?: readonly string[];
};

export type StatsCollectionFrequency = {
  readonly direction?: "ingress" | "egress";
  readonly polling_interval?: number;
  readonly sample_rate?: number;
};

export type StormControlParameters = {
  readonly bandwidth_percent?: number;
  readonly no_broadcast?: boolean;
  readonly no_multicast?: boolean;
  readonly no_registered_multicast?: boolean;
  readonly no_unknown_unicast?: boolean;
  readonly no_unregistered_multicast?: boolean;
  readonly recovery_timeout?: number;
  readonly storm_control_actions?: readonly string[];
};

export type StructuredSyslogDSCPMap = {
  readonly dscpListIPv4?: readonly StructuredSyslogDSCPType[];
  readonly dscpListIPv6?: readonly StructuredSyslogDSCPType[];
};

export type StructuredSyslogDSCPType = {
  readonly alias_code?: string;
  readonly dscp_value?: string;
};

export type StructuredSyslogLANSegmentList = {
  readonly LANSegmentList?: readonly StructuredSyslogLANSegmentType[];
};

export type StructuredSyslogLANSegmentType = {
  readonly network_ranges?: string;
  readonly vpn?: string;
};

export type StructuredSyslogLinkType = {
  readonly link_type?: string;
  readonly metadata?: string;
  readonly overlay?: string;
  readonly traffic_destination?: string;
  readonly underlay?: string;
};

export type StructuredSyslogLinkmap = {
  readonly links?: readonly StructuredSyslogLinkType[];
};

export type SubnetListType = {
  readonly subnet?: readonly SubnetType[];
};

export type SubnetType = {
  readonly ip_prefix?: string;
  readonly ip_prefix_len?: number;
};

export type TelemetryResourceInfo = {
  readonly name?: string;
  readonly path?: string;
  readonly rate?: string;
};

export type TelemetryStateInfo = {
  readonly resource?: readonly TelemetryResourceInfo[];
  readonly server_ip?: string;
  readonly server_port?: number;
};

export type TermActionListType = {
  readonly action?: "reject" | "accept" | "next";
  readonly action_next_value?: "term" | "policy";
  readonly as_path_expand?: string;
  readonly as_path_prepend?: string;
  readonly external?: "ospf-type-1" | "ospf-type-2";
  readonly update?: ActionUpdateType;
};

export type TermMatchConditionType = {
  readonly as_path?: readonly number[];
  readonly community?: string;
  readonly community_list?: readonly string[];
  readonly community_match_all?: boolean;
  readonly extcommunity_list?: readonly string[];
  readonly extcommunity_match_all?: boolean;
  readonly external?: "ospf-type-1" | "ospf-type-2";
  readonly family?: "inet" | "inet-vpn" | "evpn";
  readonly local_pref?: number;
  readonly nlri_route_type?: readonly number[];
  readonly prefix?: readonly PrefixMatchType[];
  readonly prefix_list?: readonly PrefixListMatchType[];
  readonly protocol?: readonly string[];
  readonly route_filter?: RouteFilterType;
};

export type TimerType = {
  readonly end_time?: string;
  readonly off_interval?: string;
  readonly on_interval?: string;
  readonly start_time?: string;
};

export type UserCredentials = {
  readonly password?: string;
  readonly username?: string;
};

export type UserDefinedLogStat = {
  readonly name?: string;
  readonly pattern?: string;
};

export type UserDefinedLogStatList = {
  readonly statlist?: readonly UserDefinedLogStat[];
};

export type UuidType = {
  readonly uuid_mslong?: bigint;
  readonly uuid_lslong?: bigint;
};

export type UveKeysType = {
  readonly uve_key?: readonly string[];
};

export type VMIVirtualPortGroupAttributes = {
  readonly native_vlan_tag?: number;
  readonly vlan_tag?: number;
};

export type VendorHardwaresType = {
  readonly vendor_hardware?: readonly string[];
};

export type VirtualDnsRecordType = {
  readonly record_class?: "IN";
  readonly record_data?: string;
  readonly record_mx_preference?: number;
  readonly record_name?: string;
  readonly record_source_name?: string;
  readonly record_ttl_seconds?: number;
  readonly record_type?: "A" | "AAAA" | "CNAME" | "PTR" | "NS" | "MX";
};

export type VirtualDnsType = {
  readonly default_ttl_seconds?: number;
  readonly domain_name?: string;
  readonly dynamic_records_from_client?: boolean;
  readonly external_visible?: boolean;
  readonly floating_ip_record?: "dashed-ip" | "dashed-ip-tenant-name" | "vm-name" | "vm-name-tenant-name";
  readonly next_virtual_DNS?: string;
  readonly record_order?: "fixed" | "random" | "round-robin";
  readonly reverse_resolution?: boolean;
  readonly soa_record?: DnsSoaRecordType;
};

export type VirtualIpType = {
  readonly address?: string;
  readonly admin_state?: boolean;
  readonly connection_limit?: number;
  readonly persistence_cookie_name?: string;
  readonly persistence_type?: "SOURCE_IP" | "HTTP_COOKIE" | "APP_COOKIE";
  readonly protocol?: "HTTP" | "HTTPS" | "TCP" | "UDP" | "TERMINATED_HTTPS";
  readonly protocol_port?: number;
  readonly status?: string;
  readonly status_description?: string;
  readonly subnet_id?: string;
};

export type VirtualMachineInterfacePropertiesType = {
  readonly interface_mirror?: InterfaceMirrorType;
  readonly local_preference?: number;
  readonly max_flows?: number;
  readonly service_interface_type?: string;
  readonly sub_interface_vlan_tag?: number;
};

export type VirtualNetworkPolicyType = {
  readonly sequence?: SequenceType;
  readonly timer?: TimerType;
};

export type VirtualNetworkRoutedPropertiesType = {
  readonly routed_properties?: readonly RoutedProperties[];
  readonly shared_across_all_lrs?: boolean;
};

export type VirtualNetworkType = {
  readonly allow_transit?: boolean;
  readonly forwarding_mode?: "l2_l3" | "l2" | "l3";
  readonly max_flows?: number;
  readonly mirror_destination?: boolean;
  readonly mtu?: number;
  readonly network_id?: number;
  readonly rpf?: "enable" | "disable";
  readonly vxlan_network_identifier?: number;
};

export type VirtualRouterNetworkIpamType = {
  readonly allocation_pools?: readonly AllocationPoolType[];
  readonly subnet?: readonly SubnetType[];
};

export type VnSubnetsType = {
  readonly host_routes?: RouteTableType;
  readonly ipam_subnets?: readonly IpamSubnetType[];
};

export type VpgInterfaceParametersType = {
  readonly ae_num?: number;
};

export type VrfAssignRuleType = {
  readonly ignore_acl?: boolean;
  readonly match_condition?: MatchConditionType;
  readonly routing_instance?: string;
  readonly vlan_tag?: number;
};

export type VrfAssignTableType = {
  readonly vrf_assign_rule?: readonly VrfAssignRuleType[];
};

export type ObjectBase = {
  readonly annotations?: KeyValuePairs;
  readonly display_name?: string;
  readonly id_perms?: IdPermsType;
  readonly perms2?: PermType2;
};

export type AccessControlList = {
  readonly access_control_list_entries?: AclEntriesType;
  readonly access_control_list_hash?: number;
  readonly tag_refs?: readonly Reference<null>[];
};

export type AddressGroup = {
  readonly address_group_prefix?: SubnetListType;
  readonly draft_mode_state?: "created" | "updated" | "deleted";
  readonly tag_refs?: readonly Reference<null>[];
};

export type Alarm = {
  readonly alarm_rules?: AlarmOrList;
  readonly alarm_severity?: number;
  readonly uve_keys?: UveKeysType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type AliasIp = {
  readonly alias_ip_address?: string;
  readonly alias_ip_address_family?: "v4" | "v6";
  readonly project_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type AliasIpPool = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type AnalyticsAlarmNode = {
  readonly analytics_alarm_node_ip_address?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type AnalyticsNode = {
  readonly analytics_node_ip_address?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type AnalyticsSnmpNode = {
  readonly analytics_snmp_node_ip_address?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type ApiAccessList = {
  readonly api_access_list_entries?: RbacRuleEntriesType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type ApplicationPolicySet = {
  readonly all_applications?: boolean;
  readonly draft_mode_state?: "created" | "updated" | "deleted";
  readonly firewall_policy_refs?: readonly Reference<FirewallSequence>[];
  readonly global_vrouter_config_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type BgpAsAService = {
  readonly autonomous_system?: number;
  readonly bgpaas_ip_address?: string;
  readonly bgpaas_ipv4_mapped_ipv6_nexthop?: boolean;
  readonly bgpaas_session_attributes?: BgpSessionAttributes;
  readonly bgpaas_shared?: boolean;
  readonly bgpaas_suppress_route_advertisement?: boolean;
  readonly bgp_router_refs?: readonly Reference<null>[];
  readonly control_node_zone_refs?: readonly Reference<BGPaaSControlNodeZoneAttributes>[];
  readonly service_health_check_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type BgpRouter = {
  readonly bgp_router_parameters?: BgpRouterParams;
  readonly bgp_router_refs?: readonly Reference<BgpPeeringAttributes>[];
  readonly control_node_zone_refs?: readonly Reference<null>[];
  readonly sub_cluster_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type Bgpvpn = {
  readonly bgpvpn_type?: "l2" | "l3";
  readonly export_route_target_list?: RouteTargetList;
  readonly import_route_target_list?: RouteTargetList;
  readonly route_target_list?: RouteTargetList;
  readonly tag_refs?: readonly Reference<null>[];
};

export type BridgeDomain = {
  readonly isid?: number;
  readonly mac_aging_time?: number;
  readonly mac_learning_enabled?: boolean;
  readonly mac_limit_control?: MACLimitControlType;
  readonly mac_move_control?: MACMoveLimitControlType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type Card = {
  readonly interface_map?: InterfaceMapType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type CliConfig = {
  readonly accepted_cli_config?: string;
  readonly commit_diff_list?: CliDiffListType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type ConfigDatabaseNode = {
  readonly config_database_node_ip_address?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type ConfigNode = {
  readonly config_node_ip_address?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type ConfigProperties = {
  readonly properties?: KeyValuePairs;
  readonly tag_refs?: readonly Reference<null>[];
};

export type ConfigRoot = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type ControlNodeZone = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type CustomerAttachment = {
  readonly attachment_address?: AttachmentAddressType;
  readonly floating_ip_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type DataCenterInterconnect = {
  readonly data_center_interconnect_bgp_address_families?: AddressFamilies;
  readonly data_center_interconnect_bgp_hold_time?: number;
  readonly data_center_interconnect_configured_route_target_list?: RouteTargetList;
  readonly data_center_interconnect_mode?: "l3" | "l2";
  readonly data_center_interconnect_type?: "inter_fabric" | "intra_fabric";
  readonly destination_physical_router_list?: LogicalRouterPRListType;
  readonly fabric_refs?: readonly Reference<null>[];
  readonly logical_router_refs?: readonly Reference<null>[];
  readonly routing_policy_refs?: readonly Reference<null>[];
  readonly virtual_network_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type DatabaseNode = {
  readonly database_node_ip_address?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type DeviceChassis = {
  readonly device_chassis_type?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type DeviceFunctionalGroup = {
  readonly device_functional_group_description?: string;
  readonly device_functional_group_os_version?: string;
  readonly device_functional_group_routing_bridging_roles?: RoutingBridgingRolesType;
  readonly physical_role_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type DeviceImage = {
  readonly device_image_device_family?: string;
  readonly device_image_file_name?: string;
  readonly device_image_file_uri?: string;
  readonly device_image_md5?: string;
  readonly device_image_os_version?: string;
  readonly device_image_sha1?: string;
  readonly device_image_size?: number;
  readonly device_image_supported_platforms?: DevicePlatformListType;
  readonly device_image_vendor_name?: string;
  readonly hardware_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type DevicemgrNode = {
  readonly devicemgr_node_ip_address?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type DiscoveryServiceAssignment = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type Domain = {
  readonly domain_limits?: DomainLimitsType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type DsaRule = {
  readonly dsa_rule_entry?: DiscoveryServiceAssignmentType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type E2ServiceProvider = {
  readonly e2_service_provider_promiscuous?: boolean;
  readonly peering_policy_refs?: readonly Reference<null>[];
  readonly physical_router_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type Fabric = {
  readonly disable_vlan_vn_uniqueness_check?: boolean;
  readonly fabric_credentials?: DeviceCredentialList;
  readonly fabric_enterprise_style?: boolean;
  readonly fabric_os_version?: string;
  readonly fabric_ztp?: boolean;
  readonly intent_map_refs?: readonly Reference<null>[];
  readonly node_profile_refs?: readonly Reference<SerialNumListType>[];
  readonly virtual_network_refs?: readonly Reference<FabricNetworkTag>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type FabricNamespace = {
  readonly fabric_namespace_type?: "IPV4-CIDR" | "ASN" | "ASN_RANGE" | "MAC_ADDR" | "SERIAL_NUM";
  readonly fabric_namespace_value?: NamespaceValue;
  readonly tag_refs?: readonly Reference<null>[];
};

export type Feature = {
  readonly feature_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type FeatureConfig = {
  readonly feature_config_additional_params?: KeyValuePairs;
  readonly feature_config_vendor_config?: KeyValuePairs;
  readonly tag_refs?: readonly Reference<null>[];
};

export type FeatureFlag = {
  readonly enable_feature?: boolean;
  readonly feature_description?: string;
  readonly feature_flag_version?: string;
  readonly feature_id?: "default" | "__test_feature_1__" | "__test_feature_2__";
  readonly feature_release?: string;
  readonly feature_state?: "experimental" | "alpha" | "beta" | "in-progress" | "pre-retired";
  readonly tag_refs?: readonly Reference<null>[];
};

export type FirewallPolicy = {
  readonly draft_mode_state?: "created" | "updated" | "deleted";
  readonly firewall_rule_refs?: readonly Reference<FirewallSequence>[];
  readonly security_logging_object_refs?: readonly Reference<SloRateType>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type FirewallRule = {
  readonly action_list?: ActionListType;
  readonly direction?: "<" | ">" | "<>";
  readonly draft_mode_state?: "created" | "updated" | "deleted";
  readonly endpoint_1?: FirewallRuleEndpointType;
  readonly endpoint_2?: FirewallRuleEndpointType;
  readonly match_tag_types?: FirewallRuleMatchTagsTypeIdList;
  readonly match_tags?: FirewallRuleMatchTagsType;
  readonly service?: FirewallServiceType;
  readonly address_group_refs?: readonly Reference<null>[];
  readonly security_logging_object_refs?: readonly Reference<SloRateType>[];
  readonly service_group_refs?: readonly Reference<null>[];
  readonly virtual_network_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type FloatingIp = {
  readonly floating_ip_address?: string;
  readonly floating_ip_address_family?: "v4" | "v6";
  readonly floating_ip_fixed_ip_address?: string;
  readonly floating_ip_is_virtual_ip?: boolean;
  readonly floating_ip_port_mappings?: PortMappings;
  readonly floating_ip_port_mappings_enable?: boolean;
  readonly floating_ip_traffic_direction?: "ingress" | "egress" | "both";
  readonly project_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type FloatingIpPool = {
  readonly floating_ip_pool_subnets?: FloatingIpPoolSubnetType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type FlowNode = {
  readonly flow_node_inband_interface?: string;
  readonly flow_node_ip_address?: string;
  readonly flow_node_load_balancer_ip?: string;
  readonly virtual_network_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type ForwardingClass = {
  readonly forwarding_class_dscp?: number;
  readonly forwarding_class_id?: number;
  readonly forwarding_class_mpls_exp?: number;
  readonly forwarding_class_vlan_priority?: number;
  readonly qos_queue_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type GlobalAnalyticsConfig = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type GlobalQosConfig = {
  readonly control_traffic_dscp?: ControlTrafficDscpType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type GlobalSystemConfig = {
  readonly alarm_enable?: boolean;
  readonly autonomous_system?: number;
  readonly bgp_always_compare_med?: boolean;
  readonly bgpaas_parameters?: BGPaaServiceParametersType;
  readonly config_version?: string;
  readonly data_center_interconnect_asn_namespace?: AsnRangeType;
  readonly data_center_interconnect_loopback_namespace?: SubnetListType;
  readonly enable_4byte_as?: boolean;
  readonly enable_security_policy_draft?: boolean;
  readonly fast_convergence_parameters?: FastConvergenceParametersType;
  readonly graceful_restart_parameters?: GracefulRestartParametersType;
  readonly ibgp_auto_mesh?: boolean;
  readonly igmp_enable?: boolean;
  readonly ip_fabric_subnets?: SubnetListType;
  readonly mac_aging_time?: number;
  readonly mac_limit_control?: MACLimitControlType;
  readonly mac_move_control?: MACMoveLimitControlType;
  readonly plugin_tuning?: PluginProperties;
  readonly rd_cluster_seed?: number;
  readonly route_replication_threshold?: number;
  readonly supported_device_families?: DeviceFamilyListType;
  readonly supported_fabric_annotations?: KeyValuePairs;
  readonly supported_vendor_hardwares?: VendorHardwaresType;
  readonly user_defined_log_statistics?: UserDefinedLogStatList;
  readonly bgp_router_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type GlobalVrouterConfig = {
  readonly ecmp_hashing_include_fields?: EcmpHashingIncludeFields;
  readonly enable_security_logging?: boolean;
  readonly encapsulation_priorities?: EncapsulationPrioritiesType;
  readonly encryption_mode?: "none" | "all";
  readonly encryption_tunnel_endpoints?: EncryptionTunnelEndpointList;
  readonly flow_aging_timeout_list?: FlowAgingTimeoutList;
  readonly flow_export_rate?: number;
  readonly forwarding_mode?: "l2_l3" | "l2" | "l3";
  readonly linklocal_services?: LinklocalServicesTypes;
  readonly port_translation_pools?: PortTranslationPools;
  readonly vxlan_network_identifier_mode?: "configured" | "automatic";
  readonly tag_refs?: readonly Reference<null>[];
};

export type GrpcProfile = {
  readonly grpc_parameters?: GrpcParameters;
  readonly grpc_profile_is_default?: boolean;
  readonly tag_refs?: readonly Reference<null>[];
};

export type Hardware = {
  readonly card_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type HardwareInventory = {
  readonly hardware_inventory_inventory_info?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type HostBasedService = {
  readonly host_based_service_type?: "firewall";
  readonly virtual_network_refs?: readonly Reference<ServiceVirtualNetworkType>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type InstanceIp = {
  readonly instance_ip_address?: string;
  readonly instance_ip_family?: "v4" | "v6";
  readonly instance_ip_local_ip?: boolean;
  readonly instance_ip_mode?: "active-active" | "active-standby";
  readonly instance_ip_secondary?: boolean;
  readonly instance_ip_subnet?: SubnetType;
  readonly instance_ip_subscriber_tag?: string;
  readonly secondary_ip_tracking_ip?: SubnetType;
  readonly service_health_check_ip?: boolean;
  readonly service_instance_ip?: boolean;
  readonly subnet_uuid?: string;
  readonly flow_node_refs?: readonly Reference<null>[];
  readonly logical_interface_refs?: readonly Reference<null>[];
  readonly network_ipam_refs?: readonly Reference<null>[];
  readonly physical_router_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly virtual_network_refs?: readonly Reference<null>[];
  readonly virtual_router_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type IntentMap = {
  readonly intent_map_intent_type?: "assisted-replicator";
  readonly tag_refs?: readonly Reference<null>[];
};

export type InterfaceRouteTable = {
  readonly interface_route_table_routes?: RouteTableType;
  readonly service_instance_refs?: readonly Reference<ServiceInterfaceTag>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type JobTemplate = {
  readonly job_template_concurrency_level?: "fabric" | "device";
  readonly job_template_description?: string;
  readonly job_template_executables?: ExecutableInfoListType;
  readonly job_template_input_schema?: string;
  readonly job_template_input_ui_schema?: string;
  readonly job_template_output_schema?: string;
  readonly job_template_output_ui_schema?: string;
  readonly job_template_playbooks?: PlaybookInfoListType;
  readonly job_template_recovery_playbooks?: PlaybookInfoListType;
  readonly job_template_synchronous_job?: boolean;
  readonly job_template_type?: "workflow" | "device_operation" | "config" | "executable";
  readonly tag_refs?: readonly Reference<null>[];
};

export type LinkAggregationGroup = {
  readonly link_aggregation_group_lacp_enabled?: boolean;
  readonly physical_interface_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type Loadbalancer = {
  readonly loadbalancer_properties?: LoadbalancerType;
  readonly loadbalancer_provider?: string;
  readonly service_appliance_set_refs?: readonly Reference<null>[];
  readonly service_instance_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type LoadbalancerHealthmonitor = {
  readonly loadbalancer_healthmonitor_properties?: LoadbalancerHealthmonitorType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type LoadbalancerListener = {
  readonly loadbalancer_listener_properties?: LoadbalancerListenerType;
  readonly loadbalancer_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type LoadbalancerMember = {
  readonly loadbalancer_member_properties?: LoadbalancerMemberType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type LoadbalancerPool = {
  readonly loadbalancer_pool_custom_attributes?: KeyValuePairs;
  readonly loadbalancer_pool_properties?: LoadbalancerPoolType;
  readonly loadbalancer_pool_provider?: string;
  readonly loadbalancer_healthmonitor_refs?: readonly Reference<null>[];
  readonly loadbalancer_listener_refs?: readonly Reference<null>[];
  readonly service_appliance_set_refs?: readonly Reference<null>[];
  readonly service_instance_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type LogicalInterface = {
  readonly logical_interface_port_params?: PortParameters;
  readonly logical_interface_type?: "l2" | "l3";
  readonly logical_interface_vlan_tag?: number;
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type LogicalRouter = {
  readonly configured_route_target_list?: RouteTargetList;
  readonly logical_router_dhcp_relay_server?: IpAddressesType;
  readonly logical_router_gateway_external?: boolean;
  readonly logical_router_type?: "snat-routing" | "vxlan-routing";
  readonly vxlan_network_identifier?: string;
  readonly bgpvpn_refs?: readonly Reference<null>[];
  readonly fabric_refs?: readonly Reference<null>[];
  readonly physical_router_refs?: readonly Reference<null>[];
  readonly route_table_refs?: readonly Reference<null>[];
  readonly route_target_refs?: readonly Reference<null>[];
  readonly service_instance_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly virtual_network_refs?: readonly Reference<LogicalRouterVirtualNetworkType>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type MulticastPolicy = {
  readonly multicast_source_groups?: MulticastSourceGroups;
  readonly tag_refs?: readonly Reference<null>[];
};

export type Namespace = {
  readonly namespace_cidr?: SubnetType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type NetconfProfile = {
  readonly netconf_parameters?: NetconfParameters;
  readonly netconf_profile_is_default?: boolean;
  readonly tag_refs?: readonly Reference<null>[];
};

export type NetworkDeviceConfig = {
  readonly physical_router_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type NetworkIpam = {
  readonly ipam_subnet_method?: "user-defined-subnet" | "flat-subnet" | "auto-subnet";
  readonly ipam_subnets?: IpamSubnets;
  readonly ipam_subnetting?: boolean;
  readonly network_ipam_mgmt?: IpamType;
  readonly virtual_DNS_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type NetworkPolicy = {
  readonly network_policy_entries?: PolicyEntriesType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type Node = {
  readonly bms_info?: BaremetalServerInfo;
  readonly cloud_info?: CloudInstanceInfo;
  readonly disk_partition?: string;
  readonly esxi_info?: ESXIHostInfo;
  readonly hostname?: string;
  readonly interface_name?: string;
  readonly ip_address?: string;
  readonly mac_address?: string;
  readonly node_type?: "private" | "baremetal" | "esxi" | "ovs-compute" | "sriov-compute";
  readonly node_profile_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type NodeProfile = {
  readonly node_profile_device_family?: string;
  readonly node_profile_hitless_upgrade?: boolean;
  readonly node_profile_roles?: NodeProfileRolesType;
  readonly node_profile_type?: "physical-router" | "end-system";
  readonly node_profile_vendor?: string;
  readonly hardware_refs?: readonly Reference<null>[];
  readonly job_template_refs?: readonly Reference<null>[];
  readonly role_definition_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type OverlayRole = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type PeeringPolicy = {
  readonly peering_service?: "public-peering";
  readonly tag_refs?: readonly Reference<null>[];
};

export type PhysicalInterface = {
  readonly ethernet_segment_identifier?: string;
  readonly physical_interface_flow_control?: boolean;
  readonly physical_interface_lacp_force_up?: boolean;
  readonly physical_interface_mac_addresses?: MacAddressesType;
  readonly physical_interface_port_id?: string;
  readonly physical_interface_port_params?: PortParameters;
  readonly physical_interface_type?: "regular" | "lag" | "service" | "fabric" | "access";
  readonly physical_interface_refs?: readonly Reference<null>[];
  readonly port_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type PhysicalRole = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type PhysicalRouter = {
  readonly physical_router_autonomous_system?: AutonomousSystemsType;
  readonly physical_router_cli_commit_state?: "in_sync" | "out_of_sync";
  readonly physical_router_dataplane_ip?: string;
  readonly physical_router_device_family?: string;
  readonly physical_router_dhcp_parameters?: DnsmasqLeaseParameters;
  readonly physical_router_encryption_type?: "none" | "local";
  readonly physical_router_hostname?: string;
  readonly physical_router_junos_service_ports?: JunosServicePorts;
  readonly physical_router_lldp?: boolean;
  readonly physical_router_loopback_ip?: string;
  readonly physical_router_managed_state?: "dhcp" | "rma" | "activating" | "active" | "maintenance" | "error";
  readonly physical_router_management_ip?: string;
  readonly physical_router_management_mac?: string;
  readonly physical_router_onboarding_state?: "discovered" | "interfaces_onboarded" | "topology_discovered" | "role_discovered" | "underlay_configured";
  readonly physical_router_os_version?: string;
  readonly physical_router_product_name?: string;
  readonly physical_router_replicator_loopback_ip?: string;
  readonly physical_router_role?: "spine" | "leaf" | "e2-access" | "e2-provider" | "e2-internet" | "e2-vrr" | "pnf" | "superspine";
  readonly physical_router_serial_number?: string;
  readonly physical_router_snmp?: boolean;
  readonly physical_router_snmp_credentials?: SNMPCredentials;
  readonly physical_router_supplemental_config?: string;
  readonly physical_router_underlay_config?: string;
  readonly physical_router_underlay_managed?: boolean;
  readonly physical_router_user_credentials?: UserCredentials;
  readonly physical_router_vendor_name?: string;
  readonly physical_router_vnc_managed?: boolean;
  readonly routing_bridging_roles?: RoutingBridgingRolesType;
  readonly telemetry_info?: TelemetryStateInfo;
  readonly bgp_router_refs?: readonly Reference<null>[];
  readonly device_chassis_refs?: readonly Reference<null>[];
  readonly device_functional_group_refs?: readonly Reference<null>[];
  readonly device_image_refs?: readonly Reference<null>[];
  readonly fabric_refs?: readonly Reference<null>[];
  readonly intent_map_refs?: readonly Reference<null>[];
  readonly node_profile_refs?: readonly Reference<null>[];
  readonly overlay_role_refs?: readonly Reference<null>[];
  readonly physical_role_refs?: readonly Reference<null>[];
  readonly telemetry_profile_refs?: readonly Reference<null>[];
  readonly virtual_network_refs?: readonly Reference<null>[];
  readonly virtual_router_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type PolicyManagement = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type Port = {
  readonly bms_port_info?: BaremetalPortInfo;
  readonly esxi_port_info?: ESXIProperties;
  readonly label?: string;
  readonly port_group_uuid?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type PortGroup = {
  readonly bms_port_group_info?: BaremetalPortGroupInfo;
  readonly port_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type PortProfile = {
  readonly port_profile_params?: PortProfileParameters;
  readonly storm_control_profile_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type PortTuple = {
  readonly logical_router_refs?: readonly Reference<null>[];
  readonly virtual_network_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type Project = {
  readonly alarm_enable?: boolean;
  readonly enable_security_policy_draft?: boolean;
  readonly quota?: QuotaType;
  readonly vxlan_routing?: boolean;
  readonly alias_ip_pool_refs?: readonly Reference<null>[];
  readonly application_policy_set_refs?: readonly Reference<null>[];
  readonly floating_ip_pool_refs?: readonly Reference<null>[];
  readonly namespace_refs?: readonly Reference<SubnetType>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type ProviderAttachment = {
  readonly virtual_router_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type QosConfig = {
  readonly default_forwarding_class_id?: number;
  readonly dscp_entries?: QosIdForwardingClassPairs;
  readonly mpls_exp_entries?: QosIdForwardingClassPairs;
  readonly qos_config_type?: "vhost" | "fabric" | "project";
  readonly vlan_priority_entries?: QosIdForwardingClassPairs;
  readonly global_system_config_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type QosQueue = {
  readonly max_bandwidth?: number;
  readonly min_bandwidth?: number;
  readonly qos_queue_identifier?: number;
  readonly tag_refs?: readonly Reference<null>[];
};

export type RoleConfig = {
  readonly role_config_config?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type RoleDefinition = {
  readonly feature_refs?: readonly Reference<null>[];
  readonly overlay_role_refs?: readonly Reference<null>[];
  readonly physical_role_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type RouteAggregate = {
  readonly aggregate_route_entries?: RouteListType;
  readonly aggregate_route_nexthop?: string;
  readonly routing_instance_refs?: readonly Reference<null>[];
  readonly service_instance_refs?: readonly Reference<ServiceInterfaceTag>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type RouteTable = {
  readonly routes?: RouteTableType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type RouteTarget = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type RoutingInstance = {
  readonly default_ce_protocol?: DefaultProtocolType;
  readonly evpn_ipv6_service_chain_information?: ServiceChainInfo;
  readonly evpn_service_chain_information?: ServiceChainInfo;
  readonly ipv6_service_chain_information?: ServiceChainInfo;
  readonly routing_instance_fabric_snat?: boolean;
  readonly routing_instance_has_pnf?: boolean;
  readonly routing_instance_is_default?: boolean;
  readonly service_chain_information?: ServiceChainInfo;
  readonly static_route_entries?: StaticRouteEntriesType;
  readonly route_target_refs?: readonly Reference<InstanceTargetType>[];
  readonly routing_instance_refs?: readonly Reference<ConnectionType>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type RoutingPolicy = {
  readonly routing_policy_entries?: PolicyStatementType;
  readonly term_type?: "vrouter" | "network-device";
  readonly interface_route_table_refs?: readonly Reference<null>[];
  readonly routing_instance_refs?: readonly Reference<RoutingPolicyType>[];
  readonly service_instance_refs?: readonly Reference<RoutingPolicyServiceInstanceType>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type SecurityGroup = {
  readonly configured_security_group_id?: number;
  readonly security_group_entries?: PolicyEntriesType;
  readonly security_group_id?: number;
  readonly tag_refs?: readonly Reference<null>[];
};

export type SecurityLoggingObject = {
  readonly security_logging_object_rate?: number;
  readonly security_logging_object_rules?: SecurityLoggingObjectRuleListType;
  readonly network_policy_refs?: readonly Reference<SecurityLoggingObjectRuleListType>[];
  readonly security_group_refs?: readonly Reference<SecurityLoggingObjectRuleListType>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceAppliance = {
  readonly service_appliance_ip_address?: string;
  readonly service_appliance_properties?: KeyValuePairs;
  readonly service_appliance_user_credentials?: UserCredentials;
  readonly service_appliance_virtualization_type?: "virtual-machine" | "network-namespace" | "vrouter-instance" | "physical-device";
  readonly physical_interface_refs?: readonly Reference<ServiceApplianceInterfaceType>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceApplianceSet = {
  readonly service_appliance_driver?: string;
  readonly service_appliance_ha_mode?: string;
  readonly service_appliance_set_properties?: KeyValuePairs;
  readonly service_appliance_set_virtualization_type?: "virtual-machine" | "network-namespace" | "vrouter-instance" | "physical-device";
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceConnectionModule = {
  readonly e2_service?: "point-to-point" | "point-to-list" | "multi-point-to-multi-point";
  readonly service_type?: "vpws-l2ckt" | "vpws-l2vpn" | "vpws-evpn" | "fabric-interface";
  readonly service_object_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceEndpoint = {
  readonly physical_router_refs?: readonly Reference<null>[];
  readonly service_connection_module_refs?: readonly Reference<null>[];
  readonly service_object_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceGroup = {
  readonly draft_mode_state?: "created" | "updated" | "deleted";
  readonly service_group_firewall_service_list?: FirewallServiceGroupType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceHealthCheck = {
  readonly service_health_check_properties?: ServiceHealthCheckType;
  readonly service_instance_refs?: readonly Reference<ServiceInterfaceTag>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceInstance = {
  readonly service_instance_bgp_enabled?: boolean;
  readonly service_instance_bindings?: KeyValuePairs;
  readonly service_instance_properties?: ServiceInstanceType;
  readonly instance_ip_refs?: readonly Reference<ServiceInterfaceTag>[];
  readonly service_template_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceObject = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type ServiceTemplate = {
  readonly service_config_managed?: boolean;
  readonly service_template_properties?: ServiceTemplateType;
  readonly service_appliance_set_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type SflowProfile = {
  readonly sflow_parameters?: SflowParameters;
  readonly sflow_profile_is_default?: boolean;
  readonly tag_refs?: readonly Reference<null>[];
};

export type SnmpProfile = {
  readonly snmp_parameters?: SnmpParameters;
  readonly snmp_profile_is_default?: boolean;
  readonly tag_refs?: readonly Reference<null>[];
};

export type StormControlProfile = {
  readonly storm_control_parameters?: StormControlParameters;
  readonly tag_refs?: readonly Reference<null>[];
};

export type StructuredSyslogApplicationRecord = {
  readonly structured_syslog_app_category?: string;
  readonly structured_syslog_app_groups?: string;
  readonly structured_syslog_app_risk?: string;
  readonly structured_syslog_app_service_tags?: string;
  readonly structured_syslog_app_subcategory?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type StructuredSyslogConfig = {
  readonly tag_refs?: readonly Reference<null>[];
};

export type StructuredSyslogHostnameRecord = {
  readonly structured_syslog_device?: string;
  readonly structured_syslog_hostaddr?: string;
  readonly structured_syslog_hostname_tags?: string;
  readonly structured_syslog_lan_segment_list?: StructuredSyslogLANSegmentList;
  readonly structured_syslog_linkmap?: StructuredSyslogLinkmap;
  readonly structured_syslog_location?: string;
  readonly structured_syslog_tenant?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type StructuredSyslogMessage = {
  readonly structured_syslog_message_forward?: "do-not-forward" | "forward-unprocessed" | "forward-processed";
  readonly structured_syslog_message_integer_fields?: FieldNamesList;
  readonly structured_syslog_message_process_and_store?: boolean;
  readonly structured_syslog_message_process_and_summarize?: boolean;
  readonly structured_syslog_message_process_and_summarize_user?: boolean;
  readonly structured_syslog_message_tagged_fields?: FieldNamesList;
  readonly tag_refs?: readonly Reference<null>[];
};

export type StructuredSyslogSlaProfile = {
  readonly structured_syslog_sla_params?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type StructuredSyslogTenantRecord = {
  readonly structured_syslog_dscpmap?: StructuredSyslogDSCPMap;
  readonly structured_syslog_tenant?: string;
  readonly structured_syslog_tenant_tags?: string;
  readonly structured_syslog_tenantaddr?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type SubCluster = {
  readonly sub_cluster_asn?: number;
  readonly sub_cluster_id?: number;
  readonly tag_refs?: readonly Reference<null>[];
};

export type Subnet = {
  readonly subnet_ip_prefix?: SubnetType;
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type Tag = {
  readonly tag_id?: string;
  readonly tag_predefined?: boolean;
  readonly tag_type_name?: string;
  readonly tag_value?: string;
  readonly tag_type_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type TagType = {
  readonly tag_type_id?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export type TelemetryProfile = {
  readonly telemetry_profile_is_default?: boolean;
  readonly grpc_profile_refs?: readonly Reference<null>[];
  readonly netconf_profile_refs?: readonly Reference<null>[];
  readonly sflow_profile_refs?: readonly Reference<null>[];
  readonly snmp_profile_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type VirtualDNS = {
  readonly virtual_DNS_data?: VirtualDnsType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type VirtualDNSRecord = {
  readonly virtual_DNS_record_data?: VirtualDnsRecordType;
  readonly tag_refs?: readonly Reference<null>[];
};

export type VirtualIp = {
  readonly virtual_ip_properties?: VirtualIpType;
  readonly loadbalancer_pool_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type VirtualMachine = {
  readonly server_type?: "virtual-server" | "baremetal-server" | "container";
  readonly service_instance_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type VirtualMachineInterface = {
  readonly ecmp_hashing_include_fields?: EcmpHashingIncludeFields;
  readonly igmp_enable?: boolean;
  readonly port_security_enabled?: boolean;
  readonly virtual_machine_interface_allowed_address_pairs?: AllowedAddressPairs;
  readonly virtual_machine_interface_bindings?: KeyValuePairs;
  readonly virtual_machine_interface_device_owner?: string;
  readonly virtual_machine_interface_dhcp_option_list?: DhcpOptionsListType;
  readonly virtual_machine_interface_disable_policy?: boolean;
  readonly virtual_machine_interface_fat_flow_protocols?: FatFlowProtocols;
  readonly virtual_machine_interface_host_routes?: RouteTableType;
  readonly virtual_machine_interface_mac_addresses?: MacAddressesType;
  readonly virtual_machine_interface_properties?: VirtualMachineInterfacePropertiesType;
  readonly vlan_tag_based_bridge_domain?: boolean;
  readonly vrf_assign_table?: VrfAssignTableType;
  readonly bgp_router_refs?: readonly Reference<null>[];
  readonly bridge_domain_refs?: readonly Reference<BridgeDomainMembershipType>[];
  readonly interface_route_table_refs?: readonly Reference<null>[];
  readonly physical_interface_refs?: readonly Reference<null>[];
  readonly port_profile_refs?: readonly Reference<null>[];
  readonly port_tuple_refs?: readonly Reference<null>[];
  readonly qos_config_refs?: readonly Reference<null>[];
  readonly routing_instance_refs?: readonly Reference<PolicyBasedForwardingRuleType>[];
  readonly security_group_refs?: readonly Reference<null>[];
  readonly security_logging_object_refs?: readonly Reference<null>[];
  readonly service_endpoint_refs?: readonly Reference<null>[];
  readonly service_health_check_refs?: readonly Reference<null>[];
  readonly virtual_machine_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly virtual_network_refs?: readonly Reference<null>[];
  readonly virtual_port_group_refs?: readonly Reference<VMIVirtualPortGroupAttributes>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type VirtualNetwork = {
  readonly address_allocation_mode?: "user-defined-subnet-preferred" | "user-defined-subnet-only" | "flat-subnet-preferred" | "flat-subnet-only";
  readonly ecmp_hashing_include_fields?: EcmpHashingIncludeFields;
  readonly export_route_target_list?: RouteTargetList;
  readonly external_ipam?: boolean;
  readonly fabric_snat?: boolean;
  readonly flood_unknown_unicast?: boolean;
  readonly igmp_enable?: boolean;
  readonly import_route_target_list?: RouteTargetList;
  readonly is_provider_network?: boolean;
  readonly is_shared?: boolean;
  readonly layer2_control_word?: boolean;
  readonly mac_aging_time?: number;
  readonly mac_ip_learning_enable?: boolean;
  readonly mac_learning_enabled?: boolean;
  readonly mac_limit_control?: MACLimitControlType;
  readonly mac_move_control?: MACMoveLimitControlType;
  readonly mtu?: number;
  readonly multi_policy_service_chains_enabled?: boolean;
  readonly pbb_etree_enable?: boolean;
  readonly pbb_evpn_enable?: boolean;
  readonly port_security_enabled?: boolean;
  readonly provider_properties?: ProviderDetails;
  readonly route_target_list?: RouteTargetList;
  readonly router_external?: boolean;
  readonly virtual_network_category?: "infra" | "tenant" | "internal" | "routed";
  readonly virtual_network_fat_flow_protocols?: FatFlowProtocols;
  readonly virtual_network_network_id?: number;
  readonly virtual_network_properties?: VirtualNetworkType;
  readonly virtual_network_routed_properties?: VirtualNetworkRoutedPropertiesType;
  readonly bgpvpn_refs?: readonly Reference<null>[];
  readonly intent_map_refs?: readonly Reference<null>[];
  readonly multicast_policy_refs?: readonly Reference<null>[];
  readonly network_ipam_refs?: readonly Reference<VnSubnetsType>[];
  readonly network_policy_refs?: readonly Reference<VirtualNetworkPolicyType>[];
  readonly qos_config_refs?: readonly Reference<null>[];
  readonly route_table_refs?: readonly Reference<null>[];
  readonly routing_policy_refs?: readonly Reference<RoutingPolicyType>[];
  readonly security_logging_object_refs?: readonly Reference<null>[];
  readonly service_health_check_refs?: readonly Reference<null>[];
  readonly virtual_network_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type VirtualPortGroup = {
  readonly virtual_port_group_lacp_enabled?: boolean;
  readonly virtual_port_group_trunk_port_id?: string;
  readonly virtual_port_group_type?: "access" | "routed";
  readonly virtual_port_group_user_created?: boolean;
  readonly physical_interface_refs?: readonly Reference<VpgInterfaceParametersType>[];
  readonly port_profile_refs?: readonly Reference<null>[];
  readonly security_group_refs?: readonly Reference<null>[];
  readonly virtual_machine_interface_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type VirtualRouter = {
  readonly virtual_router_dpdk_enabled?: boolean;
  readonly virtual_router_ip_address?: string;
  readonly virtual_router_sriov_physical_networks?: KeyValuePairs;
  readonly virtual_router_type?: "embedded" | "tor-agent" | "tor-service-node";
  readonly network_ipam_refs?: readonly Reference<VirtualRouterNetworkIpamType>[];
  readonly sub_cluster_refs?: readonly Reference<null>[];
  readonly virtual_machine_refs?: readonly Reference<null>[];
  readonly tag_refs?: readonly Reference<null>[];
};

export type WebuiNode = {
  readonly webui_node_ip_address?: string;
  readonly tag_refs?: readonly Reference<null>[];
};

export interface ObjectTypes {
  readonly "access-control-list": {
    readonly written: AccessControlList;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "security-group" | "virtual-network";
  };
  readonly "address-group": {
    readonly written: AddressGroup;
    readonly incoming: { readonly firewall_rule_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "policy-management" | "project";
  };
  readonly "alarm": {
    readonly written: Alarm;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config" | "project";
  };
  readonly "alias-ip": {
    readonly written: AliasIp;
    readonly incoming: {  };
    readonly links: { readonly "project": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "alias-ip-pool";
  };
  readonly "alias-ip-pool": {
    readonly written: AliasIpPool;
    readonly incoming: { readonly alias_ips?: readonly ChildReference[]; readonly project_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "virtual-network";
  };
  readonly "analytics-alarm-node": {
    readonly written: AnalyticsAlarmNode;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "analytics-node": {
    readonly written: AnalyticsNode;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "analytics-snmp-node": {
    readonly written: AnalyticsSnmpNode;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "api-access-list": {
    readonly written: ApiAccessList;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "domain" | "global-system-config" | "project";
  };
  readonly "application-policy-set": {
    readonly written: ApplicationPolicySet;
    readonly incoming: { readonly project_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "firewall-policy": FirewallSequence; readonly "global-vrouter-config": null; readonly "tag": null };
    readonly parents: "policy-management" | "project";
  };
  readonly "bgp-as-a-service": {
    readonly written: BgpAsAService;
    readonly incoming: {  };
    readonly links: { readonly "bgp-router": null; readonly "control-node-zone": BGPaaSControlNodeZoneAttributes; readonly "service-health-check": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "bgp-router": {
    readonly written: BgpRouter;
    readonly incoming: { readonly bgp_as_a_service_back_refs?: readonly StoredReference<null>[]; readonly bgp_router_back_refs?: readonly StoredReference<BgpPeeringAttributes>[]; readonly global_system_config_back_refs?: readonly StoredReference<null>[]; readonly physical_router_back_refs?: readonly StoredReference<null>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "bgp-router": BgpPeeringAttributes; readonly "control-node-zone": null; readonly "sub-cluster": null; readonly "tag": null };
    readonly parents: "routing-instance";
  };
  readonly "bgpvpn": {
    readonly written: Bgpvpn;
    readonly incoming: { readonly logical_router_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "bridge-domain": {
    readonly written: BridgeDomain;
    readonly incoming: { readonly virtual_machine_interface_back_refs?: readonly StoredReference<BridgeDomainMembershipType>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "virtual-network";
  };
  readonly "card": {
    readonly written: Card;
    readonly incoming: { readonly hardware_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "cli-config": {
    readonly written: CliConfig;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "physical-router";
  };
  readonly "config-database-node": {
    readonly written: ConfigDatabaseNode;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "config-node": {
    readonly written: ConfigNode;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "config-properties": {
    readonly written: ConfigProperties;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "config-root": {
    readonly written: ConfigRoot;
    readonly incoming: { readonly domains?: readonly ChildReference[]; readonly global_system_configs?: readonly ChildReference[]; readonly policy_managements?: readonly ChildReference[]; readonly tags?: readonly ChildReference[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "control-node-zone": {
    readonly written: ControlNodeZone;
    readonly incoming: { readonly bgp_as_a_service_back_refs?: readonly StoredReference<BGPaaSControlNodeZoneAttributes>[]; readonly bgp_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "customer-attachment": {
    readonly written: CustomerAttachment;
    readonly incoming: {  };
    readonly links: { readonly "floating-ip": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "data-center-interconnect": {
    readonly written: DataCenterInterconnect;
    readonly incoming: {  };
    readonly links: { readonly "fabric": null; readonly "logical-router": null; readonly "routing-policy": null; readonly "virtual-network": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "database-node": {
    readonly written: DatabaseNode;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "device-chassis": {
    readonly written: DeviceChassis;
    readonly incoming: { readonly physical_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "device-functional-group": {
    readonly written: DeviceFunctionalGroup;
    readonly incoming: { readonly physical_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "physical-role": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "device-image": {
    readonly written: DeviceImage;
    readonly incoming: { readonly physical_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "hardware": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "devicemgr-node": {
    readonly written: DevicemgrNode;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "discovery-service-assignment": {
    readonly written: DiscoveryServiceAssignment;
    readonly incoming: { readonly dsa_rules?: readonly ChildReference[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "domain": {
    readonly written: Domain;
    readonly incoming: { readonly api_access_lists?: readonly ChildReference[]; readonly namespaces?: readonly ChildReference[]; readonly projects?: readonly ChildReference[]; readonly service_templates?: readonly ChildReference[]; readonly virtual_DNSs?: readonly ChildReference[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "config-root";
  };
  readonly "dsa-rule": {
    readonly written: DsaRule;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "discovery-service-assignment";
  };
  readonly "e2-service-provider": {
    readonly written: E2ServiceProvider;
    readonly incoming: {  };
    readonly links: { readonly "peering-policy": null; readonly "physical-router": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "fabric": {
    readonly written: Fabric;
    readonly incoming: { readonly fabric_namespaces?: readonly ChildReference[]; readonly virtual_port_groups?: readonly ChildReference[]; readonly data_center_interconnect_back_refs?: readonly StoredReference<null>[]; readonly logical_router_back_refs?: readonly StoredReference<null>[]; readonly physical_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "intent-map": null; readonly "node-profile": SerialNumListType; readonly "virtual-network": FabricNetworkTag; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "fabric-namespace": {
    readonly written: FabricNamespace;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "fabric";
  };
  readonly "feature": {
    readonly written: Feature;
    readonly incoming: { readonly feature_back_refs?: readonly StoredReference<null>[]; readonly role_definition_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "feature": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "feature-config": {
    readonly written: FeatureConfig;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "role-definition";
  };
  readonly "feature-flag": {
    readonly written: FeatureFlag;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "firewall-policy": {
    readonly written: FirewallPolicy;
    readonly incoming: { readonly application_policy_set_back_refs?: readonly StoredReference<FirewallSequence>[]; };
    readonly links: { readonly "firewall-rule": FirewallSequence; readonly "security-logging-object": SloRateType; readonly "tag": null };
    readonly parents: "policy-management" | "project";
  };
  readonly "firewall-rule": {
    readonly written: FirewallRule;
    readonly incoming: { readonly firewall_policy_back_refs?: readonly StoredReference<FirewallSequence>[]; };
    readonly links: { readonly "address-group": null; readonly "security-logging-object": SloRateType; readonly "service-group": null; readonly "virtual-network": null; readonly "tag": null };
    readonly parents: "policy-management" | "project";
  };
  readonly "floating-ip": {
    readonly written: FloatingIp;
    readonly incoming: { readonly customer_attachment_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "project": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "floating-ip-pool" | "instance-ip";
  };
  readonly "floating-ip-pool": {
    readonly written: FloatingIpPool;
    readonly incoming: { readonly floating_ips?: readonly ChildReference[]; readonly project_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "virtual-network";
  };
  readonly "flow-node": {
    readonly written: FlowNode;
    readonly incoming: { readonly instance_ip_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "virtual-network": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "forwarding-class": {
    readonly written: ForwardingClass;
    readonly incoming: {  };
    readonly links: { readonly "qos-queue": null; readonly "tag": null };
    readonly parents: "global-qos-config";
  };
  readonly "global-analytics-config": {
    readonly written: GlobalAnalyticsConfig;
    readonly incoming: { readonly structured_syslog_configs?: readonly ChildReference[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "global-qos-config": {
    readonly written: GlobalQosConfig;
    readonly incoming: { readonly forwarding_classs?: readonly ChildReference[]; readonly qos_configs?: readonly ChildReference[]; readonly qos_queues?: readonly ChildReference[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "global-system-config": {
    readonly written: GlobalSystemConfig;
    readonly incoming: { readonly alarms?: readonly ChildReference[]; readonly analytics_alarm_nodes?: readonly ChildReference[]; readonly analytics_nodes?: readonly ChildReference[]; readonly analytics_snmp_nodes?: readonly ChildReference[]; readonly api_access_lists?: readonly ChildReference[]; readonly config_database_nodes?: readonly ChildReference[]; readonly config_nodes?: readonly ChildReference[]; readonly config_propertiess?: readonly ChildReference[]; readonly control_node_zones?: readonly ChildReference[]; readonly data_center_interconnects?: readonly ChildReference[]; readonly database_nodes?: readonly ChildReference[]; readonly device_images?: readonly ChildReference[]; readonly devicemgr_nodes?: readonly ChildReference[]; readonly fabrics?: readonly ChildReference[]; readonly features?: readonly ChildReference[]; readonly feature_flags?: readonly ChildReference[]; readonly flow_nodes?: readonly ChildReference[]; readonly global_analytics_configs?: readonly ChildReference[]; readonly global_qos_configs?: readonly ChildReference[]; readonly global_vrouter_configs?: readonly ChildReference[]; readonly intent_maps?: readonly ChildReference[]; readonly job_templates?: readonly ChildReference[]; readonly nodes?: readonly ChildReference[]; readonly node_profiles?: readonly ChildReference[]; readonly overlay_roles?: readonly ChildReference[]; readonly physical_roles?: readonly ChildReference[]; readonly physical_routers?: readonly ChildReference[]; readonly role_definitions?: readonly ChildReference[]; readonly service_appliance_sets?: readonly ChildReference[]; readonly virtual_routers?: readonly ChildReference[]; readonly webui_nodes?: readonly ChildReference[]; readonly qos_config_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "bgp-router": null; readonly "tag": null };
    readonly parents: "config-root";
  };
  readonly "global-vrouter-config": {
    readonly written: GlobalVrouterConfig;
    readonly incoming: { readonly security_logging_objects?: readonly ChildReference[]; readonly application_policy_set_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "grpc-profile": {
    readonly written: GrpcProfile;
    readonly incoming: { readonly telemetry_profile_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "hardware": {
    readonly written: Hardware;
    readonly incoming: { readonly device_image_back_refs?: readonly StoredReference<null>[]; readonly node_profile_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "card": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "hardware-inventory": {
    readonly written: HardwareInventory;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "physical-router";
  };
  readonly "host-based-service": {
    readonly written: HostBasedService;
    readonly incoming: {  };
    readonly links: { readonly "virtual-network": ServiceVirtualNetworkType; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "instance-ip": {
    readonly written: InstanceIp;
    readonly incoming: { readonly floating_ips?: readonly ChildReference[]; readonly service_instance_back_refs?: readonly StoredReference<ServiceInterfaceTag>[]; };
    readonly links: { readonly "flow-node": null; readonly "logical-interface": null; readonly "network-ipam": null; readonly "physical-router": null; readonly "virtual-machine-interface": null; readonly "virtual-network": null; readonly "virtual-router": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "intent-map": {
    readonly written: IntentMap;
    readonly incoming: { readonly fabric_back_refs?: readonly StoredReference<null>[]; readonly physical_router_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "interface-route-table": {
    readonly written: InterfaceRouteTable;
    readonly incoming: { readonly routing_policy_back_refs?: readonly StoredReference<null>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "service-instance": ServiceInterfaceTag; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "job-template": {
    readonly written: JobTemplate;
    readonly incoming: { readonly node_profile_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "link-aggregation-group": {
    readonly written: LinkAggregationGroup;
    readonly incoming: {  };
    readonly links: { readonly "physical-interface": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "physical-router";
  };
  readonly "loadbalancer": {
    readonly written: Loadbalancer;
    readonly incoming: { readonly loadbalancer_listener_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "service-appliance-set": null; readonly "service-instance": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "loadbalancer-healthmonitor": {
    readonly written: LoadbalancerHealthmonitor;
    readonly incoming: { readonly loadbalancer_pool_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "loadbalancer-listener": {
    readonly written: LoadbalancerListener;
    readonly incoming: { readonly loadbalancer_pool_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "loadbalancer": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "loadbalancer-member": {
    readonly written: LoadbalancerMember;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "loadbalancer-pool";
  };
  readonly "loadbalancer-pool": {
    readonly written: LoadbalancerPool;
    readonly incoming: { readonly loadbalancer_members?: readonly ChildReference[]; readonly virtual_ip_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "loadbalancer-healthmonitor": null; readonly "loadbalancer-listener": null; readonly "service-appliance-set": null; readonly "service-instance": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "logical-interface": {
    readonly written: LogicalInterface;
    readonly incoming: { readonly instance_ip_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "physical-interface" | "physical-router";
  };
  readonly "logical-router": {
    readonly written: LogicalRouter;
    readonly incoming: { readonly data_center_interconnect_back_refs?: readonly StoredReference<null>[]; readonly port_tuple_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "bgpvpn": null; readonly "fabric": null; readonly "physical-router": null; readonly "route-table": null; readonly "route-target": null; readonly "service-instance": null; readonly "virtual-machine-interface": null; readonly "virtual-network": LogicalRouterVirtualNetworkType; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "multicast-policy": {
    readonly written: MulticastPolicy;
    readonly incoming: { readonly virtual_network_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "namespace": {
    readonly written: Namespace;
    readonly incoming: { readonly project_back_refs?: readonly StoredReference<SubnetType>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "domain";
  };
  readonly "netconf-profile": {
    readonly written: NetconfProfile;
    readonly incoming: { readonly telemetry_profile_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "network-device-config": {
    readonly written: NetworkDeviceConfig;
    readonly incoming: {  };
    readonly links: { readonly "physical-router": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "network-ipam": {
    readonly written: NetworkIpam;
    readonly incoming: { readonly instance_ip_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<VnSubnetsType>[]; readonly virtual_router_back_refs?: readonly StoredReference<VirtualRouterNetworkIpamType>[]; };
    readonly links: { readonly "virtual-DNS": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "network-policy": {
    readonly written: NetworkPolicy;
    readonly incoming: { readonly security_logging_object_back_refs?: readonly StoredReference<SecurityLoggingObjectRuleListType>[]; readonly virtual_network_back_refs?: readonly StoredReference<VirtualNetworkPolicyType>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "node": {
    readonly written: Node;
    readonly incoming: { readonly ports?: readonly ChildReference[]; readonly port_groups?: readonly ChildReference[]; };
    readonly links: { readonly "node-profile": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "node-profile": {
    readonly written: NodeProfile;
    readonly incoming: { readonly role_configs?: readonly ChildReference[]; readonly fabric_back_refs?: readonly StoredReference<SerialNumListType>[]; readonly node_back_refs?: readonly StoredReference<null>[]; readonly physical_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "hardware": null; readonly "job-template": null; readonly "role-definition": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "overlay-role": {
    readonly written: OverlayRole;
    readonly incoming: { readonly physical_router_back_refs?: readonly StoredReference<null>[]; readonly role_definition_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "peering-policy": {
    readonly written: PeeringPolicy;
    readonly incoming: { readonly e2_service_provider_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "physical-interface": {
    readonly written: PhysicalInterface;
    readonly incoming: { readonly logical_interfaces?: readonly ChildReference[]; readonly link_aggregation_group_back_refs?: readonly StoredReference<null>[]; readonly physical_interface_back_refs?: readonly StoredReference<null>[]; readonly service_appliance_back_refs?: readonly StoredReference<ServiceApplianceInterfaceType>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_port_group_back_refs?: readonly StoredReference<VpgInterfaceParametersType>[]; };
    readonly links: { readonly "physical-interface": null; readonly "port": null; readonly "tag": null };
    readonly parents: "physical-router";
  };
  readonly "physical-role": {
    readonly written: PhysicalRole;
    readonly incoming: { readonly device_functional_group_back_refs?: readonly StoredReference<null>[]; readonly physical_router_back_refs?: readonly StoredReference<null>[]; readonly role_definition_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "physical-router": {
    readonly written: PhysicalRouter;
    readonly incoming: { readonly cli_configs?: readonly ChildReference[]; readonly hardware_inventorys?: readonly ChildReference[]; readonly link_aggregation_groups?: readonly ChildReference[]; readonly logical_interfaces?: readonly ChildReference[]; readonly physical_interfaces?: readonly ChildReference[]; readonly e2_service_provider_back_refs?: readonly StoredReference<null>[]; readonly instance_ip_back_refs?: readonly StoredReference<null>[]; readonly logical_router_back_refs?: readonly StoredReference<null>[]; readonly network_device_config_back_refs?: readonly StoredReference<null>[]; readonly service_endpoint_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "bgp-router": null; readonly "device-chassis": null; readonly "device-functional-group": null; readonly "device-image": null; readonly "fabric": null; readonly "intent-map": null; readonly "node-profile": null; readonly "overlay-role": null; readonly "physical-role": null; readonly "telemetry-profile": null; readonly "virtual-network": null; readonly "virtual-router": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "policy-management": {
    readonly written: PolicyManagement;
    readonly incoming: { readonly address_groups?: readonly ChildReference[]; readonly application_policy_sets?: readonly ChildReference[]; readonly firewall_policys?: readonly ChildReference[]; readonly firewall_rules?: readonly ChildReference[]; readonly service_groups?: readonly ChildReference[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "config-root" | "project";
  };
  readonly "port": {
    readonly written: Port;
    readonly incoming: { readonly physical_interface_back_refs?: readonly StoredReference<null>[]; readonly port_group_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "node";
  };
  readonly "port-group": {
    readonly written: PortGroup;
    readonly incoming: {  };
    readonly links: { readonly "port": null; readonly "tag": null };
    readonly parents: "node";
  };
  readonly "port-profile": {
    readonly written: PortProfile;
    readonly incoming: { readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_port_group_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "storm-control-profile": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "port-tuple": {
    readonly written: PortTuple;
    readonly incoming: { readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "logical-router": null; readonly "virtual-network": null; readonly "tag": null };
    readonly parents: "service-instance";
  };
  readonly "project": {
    readonly written: Project;
    readonly incoming: { readonly address_groups?: readonly ChildReference[]; readonly alarms?: readonly ChildReference[]; readonly api_access_lists?: readonly ChildReference[]; readonly application_policy_sets?: readonly ChildReference[]; readonly bgp_as_a_services?: readonly ChildReference[]; readonly bgpvpns?: readonly ChildReference[]; readonly device_functional_groups?: readonly ChildReference[]; readonly firewall_policys?: readonly ChildReference[]; readonly firewall_rules?: readonly ChildReference[]; readonly grpc_profiles?: readonly ChildReference[]; readonly host_based_services?: readonly ChildReference[]; readonly interface_route_tables?: readonly ChildReference[]; readonly loadbalancers?: readonly ChildReference[]; readonly loadbalancer_healthmonitors?: readonly ChildReference[]; readonly loadbalancer_listeners?: readonly ChildReference[]; readonly loadbalancer_pools?: readonly ChildReference[]; readonly logical_routers?: readonly ChildReference[]; readonly multicast_policys?: readonly ChildReference[]; readonly netconf_profiles?: readonly ChildReference[]; readonly network_ipams?: readonly ChildReference[]; readonly network_policys?: readonly ChildReference[]; readonly policy_managements?: readonly ChildReference[]; readonly port_profiles?: readonly ChildReference[]; readonly qos_configs?: readonly ChildReference[]; readonly route_aggregates?: readonly ChildReference[]; readonly route_tables?: readonly ChildReference[]; readonly routing_policys?: readonly ChildReference[]; readonly security_groups?: readonly ChildReference[]; readonly security_logging_objects?: readonly ChildReference[]; readonly service_groups?: readonly ChildReference[]; readonly service_health_checks?: readonly ChildReference[]; readonly service_instances?: readonly ChildReference[]; readonly sflow_profiles?: readonly ChildReference[]; readonly snmp_profiles?: readonly ChildReference[]; readonly storm_control_profiles?: readonly ChildReference[]; readonly structured_syslog_configs?: readonly ChildReference[]; readonly tags?: readonly ChildReference[]; readonly telemetry_profiles?: readonly ChildReference[]; readonly virtual_ips?: readonly ChildReference[]; readonly virtual_machine_interfaces?: readonly ChildReference[]; readonly virtual_networks?: readonly ChildReference[]; readonly virtual_port_groups?: readonly ChildReference[]; readonly alias_ip_back_refs?: readonly StoredReference<null>[]; readonly floating_ip_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "alias-ip-pool": null; readonly "application-policy-set": null; readonly "floating-ip-pool": null; readonly "namespace": SubnetType; readonly "tag": null };
    readonly parents: "domain";
  };
  readonly "provider-attachment": {
    readonly written: ProviderAttachment;
    readonly incoming: {  };
    readonly links: { readonly "virtual-router": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "qos-config": {
    readonly written: QosConfig;
    readonly incoming: { readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "global-system-config": null; readonly "tag": null };
    readonly parents: "global-qos-config" | "project";
  };
  readonly "qos-queue": {
    readonly written: QosQueue;
    readonly incoming: { readonly forwarding_class_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-qos-config";
  };
  readonly "role-config": {
    readonly written: RoleConfig;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "node-profile";
  };
  readonly "role-definition": {
    readonly written: RoleDefinition;
    readonly incoming: { readonly feature_configs?: readonly ChildReference[]; readonly node_profile_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "feature": null; readonly "overlay-role": null; readonly "physical-role": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "route-aggregate": {
    readonly written: RouteAggregate;
    readonly incoming: {  };
    readonly links: { readonly "routing-instance": null; readonly "service-instance": ServiceInterfaceTag; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "route-table": {
    readonly written: RouteTable;
    readonly incoming: { readonly logical_router_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "route-target": {
    readonly written: RouteTarget;
    readonly incoming: { readonly logical_router_back_refs?: readonly StoredReference<null>[]; readonly routing_instance_back_refs?: readonly StoredReference<InstanceTargetType>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "routing-instance": {
    readonly written: RoutingInstance;
    readonly incoming: { readonly bgp_routers?: readonly ChildReference[]; readonly route_aggregate_back_refs?: readonly StoredReference<null>[]; readonly routing_instance_back_refs?: readonly StoredReference<ConnectionType>[]; readonly routing_policy_back_refs?: readonly StoredReference<RoutingPolicyType>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<PolicyBasedForwardingRuleType>[]; };
    readonly links: { readonly "route-target": InstanceTargetType; readonly "routing-instance": ConnectionType; readonly "tag": null };
    readonly parents: "virtual-network";
  };
  readonly "routing-policy": {
    readonly written: RoutingPolicy;
    readonly incoming: { readonly data_center_interconnect_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<RoutingPolicyType>[]; };
    readonly links: { readonly "interface-route-table": null; readonly "routing-instance": RoutingPolicyType; readonly "service-instance": RoutingPolicyServiceInstanceType; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "security-group": {
    readonly written: SecurityGroup;
    readonly incoming: { readonly access_control_lists?: readonly ChildReference[]; readonly security_logging_object_back_refs?: readonly StoredReference<SecurityLoggingObjectRuleListType>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_port_group_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "security-logging-object": {
    readonly written: SecurityLoggingObject;
    readonly incoming: { readonly firewall_policy_back_refs?: readonly StoredReference<SloRateType>[]; readonly firewall_rule_back_refs?: readonly StoredReference<SloRateType>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "network-policy": SecurityLoggingObjectRuleListType; readonly "security-group": SecurityLoggingObjectRuleListType; readonly "tag": null };
    readonly parents: "global-vrouter-config" | "project";
  };
  readonly "service-appliance": {
    readonly written: ServiceAppliance;
    readonly incoming: {  };
    readonly links: { readonly "physical-interface": ServiceApplianceInterfaceType; readonly "tag": null };
    readonly parents: "service-appliance-set";
  };
  readonly "service-appliance-set": {
    readonly written: ServiceApplianceSet;
    readonly incoming: { readonly service_appliances?: readonly ChildReference[]; readonly loadbalancer_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_pool_back_refs?: readonly StoredReference<null>[]; readonly service_template_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "service-connection-module": {
    readonly written: ServiceConnectionModule;
    readonly incoming: { readonly service_endpoint_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "service-object": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "service-endpoint": {
    readonly written: ServiceEndpoint;
    readonly incoming: { readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "physical-router": null; readonly "service-connection-module": null; readonly "service-object": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "service-group": {
    readonly written: ServiceGroup;
    readonly incoming: { readonly firewall_rule_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "policy-management" | "project";
  };
  readonly "service-health-check": {
    readonly written: ServiceHealthCheck;
    readonly incoming: { readonly bgp_as_a_service_back_refs?: readonly StoredReference<null>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "service-instance": ServiceInterfaceTag; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "service-instance": {
    readonly written: ServiceInstance;
    readonly incoming: { readonly port_tuples?: readonly ChildReference[]; readonly interface_route_table_back_refs?: readonly StoredReference<ServiceInterfaceTag>[]; readonly loadbalancer_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_pool_back_refs?: readonly StoredReference<null>[]; readonly logical_router_back_refs?: readonly StoredReference<null>[]; readonly route_aggregate_back_refs?: readonly StoredReference<ServiceInterfaceTag>[]; readonly routing_policy_back_refs?: readonly StoredReference<RoutingPolicyServiceInstanceType>[]; readonly service_health_check_back_refs?: readonly StoredReference<ServiceInterfaceTag>[]; readonly virtual_machine_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "instance-ip": ServiceInterfaceTag; readonly "service-template": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "service-object": {
    readonly written: ServiceObject;
    readonly incoming: { readonly service_connection_module_back_refs?: readonly StoredReference<null>[]; readonly service_endpoint_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "service-template": {
    readonly written: ServiceTemplate;
    readonly incoming: { readonly service_instance_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "service-appliance-set": null; readonly "tag": null };
    readonly parents: "domain";
  };
  readonly "sflow-profile": {
    readonly written: SflowProfile;
    readonly incoming: { readonly telemetry_profile_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "snmp-profile": {
    readonly written: SnmpProfile;
    readonly incoming: { readonly telemetry_profile_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "storm-control-profile": {
    readonly written: StormControlProfile;
    readonly incoming: { readonly port_profile_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "project";
  };
  readonly "structured-syslog-application-record": {
    readonly written: StructuredSyslogApplicationRecord;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "structured-syslog-config";
  };
  readonly "structured-syslog-config": {
    readonly written: StructuredSyslogConfig;
    readonly incoming: { readonly structured_syslog_application_records?: readonly ChildReference[]; readonly structured_syslog_hostname_records?: readonly ChildReference[]; readonly structured_syslog_messages?: readonly ChildReference[]; readonly structured_syslog_sla_profiles?: readonly ChildReference[]; readonly structured_syslog_tenant_records?: readonly ChildReference[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "global-analytics-config" | "project";
  };
  readonly "structured-syslog-hostname-record": {
    readonly written: StructuredSyslogHostnameRecord;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "structured-syslog-config";
  };
  readonly "structured-syslog-message": {
    readonly written: StructuredSyslogMessage;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "structured-syslog-config";
  };
  readonly "structured-syslog-sla-profile": {
    readonly written: StructuredSyslogSlaProfile;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "structured-syslog-config";
  };
  readonly "structured-syslog-tenant-record": {
    readonly written: StructuredSyslogTenantRecord;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "structured-syslog-config";
  };
  readonly "sub-cluster": {
    readonly written: SubCluster;
    readonly incoming: { readonly bgp_router_back_refs?: readonly StoredReference<null>[]; readonly virtual_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "subnet": {
    readonly written: Subnet;
    readonly incoming: {  };
    readonly links: { readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "tag": {
    readonly written: Tag;
    readonly incoming: { readonly access_control_list_back_refs?: readonly StoredReference<null>[]; readonly address_group_back_refs?: readonly StoredReference<null>[]; readonly alarm_back_refs?: readonly StoredReference<null>[]; readonly alias_ip_back_refs?: readonly StoredReference<null>[]; readonly alias_ip_pool_back_refs?: readonly StoredReference<null>[]; readonly analytics_alarm_node_back_refs?: readonly StoredReference<null>[]; readonly analytics_node_back_refs?: readonly StoredReference<null>[]; readonly analytics_snmp_node_back_refs?: readonly StoredReference<null>[]; readonly api_access_list_back_refs?: readonly StoredReference<null>[]; readonly application_policy_set_back_refs?: readonly StoredReference<null>[]; readonly bgp_as_a_service_back_refs?: readonly StoredReference<null>[]; readonly bgp_router_back_refs?: readonly StoredReference<null>[]; readonly bgpvpn_back_refs?: readonly StoredReference<null>[]; readonly bridge_domain_back_refs?: readonly StoredReference<null>[]; readonly card_back_refs?: readonly StoredReference<null>[]; readonly cli_config_back_refs?: readonly StoredReference<null>[]; readonly config_database_node_back_refs?: readonly StoredReference<null>[]; readonly config_node_back_refs?: readonly StoredReference<null>[]; readonly config_properties_back_refs?: readonly StoredReference<null>[]; readonly config_root_back_refs?: readonly StoredReference<null>[]; readonly control_node_zone_back_refs?: readonly StoredReference<null>[]; readonly customer_attachment_back_refs?: readonly StoredReference<null>[]; readonly data_center_interconnect_back_refs?: readonly StoredReference<null>[]; readonly database_node_back_refs?: readonly StoredReference<null>[]; readonly device_chassis_back_refs?: readonly StoredReference<null>[]; readonly device_functional_group_back_refs?: readonly StoredReference<null>[]; readonly device_image_back_refs?: readonly StoredReference<null>[]; readonly devicemgr_node_back_refs?: readonly StoredReference<null>[]; readonly discovery_service_assignment_back_refs?: readonly StoredReference<null>[]; readonly domain_back_refs?: readonly StoredReference<null>[]; readonly dsa_rule_back_refs?: readonly StoredReference<null>[]; readonly e2_service_provider_back_refs?: readonly StoredReference<null>[]; readonly fabric_back_refs?: readonly StoredReference<null>[]; readonly fabric_namespace_back_refs?: readonly StoredReference<null>[]; readonly feature_back_refs?: readonly StoredReference<null>[]; readonly feature_config_back_refs?: readonly StoredReference<null>[]; readonly feature_flag_back_refs?: readonly StoredReference<null>[]; readonly firewall_policy_back_refs?: readonly StoredReference<null>[]; readonly firewall_rule_back_refs?: readonly StoredReference<null>[]; readonly floating_ip_back_refs?: readonly StoredReference<null>[]; readonly floating_ip_pool_back_refs?: readonly StoredReference<null>[]; readonly flow_node_back_refs?: readonly StoredReference<null>[]; readonly forwarding_class_back_refs?: readonly StoredReference<null>[]; readonly global_analytics_config_back_refs?: readonly StoredReference<null>[]; readonly global_qos_config_back_refs?: readonly StoredReference<null>[]; readonly global_system_config_back_refs?: readonly StoredReference<null>[]; readonly global_vrouter_config_back_refs?: readonly StoredReference<null>[]; readonly grpc_profile_back_refs?: readonly StoredReference<null>[]; readonly hardware_back_refs?: readonly StoredReference<null>[]; readonly hardware_inventory_back_refs?: readonly StoredReference<null>[]; readonly host_based_service_back_refs?: readonly StoredReference<null>[]; readonly instance_ip_back_refs?: readonly StoredReference<null>[]; readonly intent_map_back_refs?: readonly StoredReference<null>[]; readonly interface_route_table_back_refs?: readonly StoredReference<null>[]; readonly job_template_back_refs?: readonly StoredReference<null>[]; readonly link_aggregation_group_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_healthmonitor_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_listener_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_member_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_pool_back_refs?: readonly StoredReference<null>[]; readonly logical_interface_back_refs?: readonly StoredReference<null>[]; readonly logical_router_back_refs?: readonly StoredReference<null>[]; readonly multicast_policy_back_refs?: readonly StoredReference<null>[]; readonly namespace_back_refs?: readonly StoredReference<null>[]; readonly netconf_profile_back_refs?: readonly StoredReference<null>[]; readonly network_device_config_back_refs?: readonly StoredReference<null>[]; readonly network_ipam_back_refs?: readonly StoredReference<null>[]; readonly network_policy_back_refs?: readonly StoredReference<null>[]; readonly node_back_refs?: readonly StoredReference<null>[]; readonly node_profile_back_refs?: readonly StoredReference<null>[]; readonly overlay_role_back_refs?: readonly StoredReference<null>[]; readonly peering_policy_back_refs?: readonly StoredReference<null>[]; readonly physical_interface_back_refs?: readonly StoredReference<null>[]; readonly physical_role_back_refs?: readonly StoredReference<null>[]; readonly physical_router_back_refs?: readonly StoredReference<null>[]; readonly policy_management_back_refs?: readonly StoredReference<null>[]; readonly port_back_refs?: readonly StoredReference<null>[]; readonly port_group_back_refs?: readonly StoredReference<null>[]; readonly port_profile_back_refs?: readonly StoredReference<null>[]; readonly port_tuple_back_refs?: readonly StoredReference<null>[]; readonly project_back_refs?: readonly StoredReference<null>[]; readonly provider_attachment_back_refs?: readonly StoredReference<null>[]; readonly qos_config_back_refs?: readonly StoredReference<null>[]; readonly qos_queue_back_refs?: readonly StoredReference<null>[]; readonly role_config_back_refs?: readonly StoredReference<null>[]; readonly role_definition_back_refs?: readonly StoredReference<null>[]; readonly route_aggregate_back_refs?: readonly StoredReference<null>[]; readonly route_table_back_refs?: readonly StoredReference<null>[]; readonly route_target_back_refs?: readonly StoredReference<null>[]; readonly routing_instance_back_refs?: readonly StoredReference<null>[]; readonly routing_policy_back_refs?: readonly StoredReference<null>[]; readonly security_group_back_refs?: readonly StoredReference<null>[]; readonly security_logging_object_back_refs?: readonly StoredReference<null>[]; readonly service_appliance_back_refs?: readonly StoredReference<null>[]; readonly service_appliance_set_back_refs?: readonly StoredReference<null>[]; readonly service_connection_module_back_refs?: readonly StoredReference<null>[]; readonly service_endpoint_back_refs?: readonly StoredReference<null>[]; readonly service_group_back_refs?: readonly StoredReference<null>[]; readonly service_health_check_back_refs?: readonly StoredReference<null>[]; readonly service_instance_back_refs?: readonly StoredReference<null>[]; readonly service_object_back_refs?: readonly StoredReference<null>[]; readonly service_template_back_refs?: readonly StoredReference<null>[]; readonly sflow_profile_back_refs?: readonly StoredReference<null>[]; readonly snmp_profile_back_refs?: readonly StoredReference<null>[]; readonly storm_control_profile_back_refs?: readonly StoredReference<null>[]; readonly structured_syslog_application_record_back_refs?: readonly StoredReference<null>[]; readonly structured_syslog_config_back_refs?: readonly StoredReference<null>[]; readonly structured_syslog_hostname_record_back_refs?: readonly StoredReference<null>[]; readonly structured_syslog_message_back_refs?: readonly StoredReference<null>[]; readonly structured_syslog_sla_profile_back_refs?: readonly StoredReference<null>[]; readonly structured_syslog_tenant_record_back_refs?: readonly StoredReference<null>[]; readonly sub_cluster_back_refs?: readonly StoredReference<null>[]; readonly subnet_back_refs?: readonly StoredReference<null>[]; readonly tag_back_refs?: readonly StoredReference<null>[]; readonly tag_type_back_refs?: readonly StoredReference<null>[]; readonly telemetry_profile_back_refs?: readonly StoredReference<null>[]; readonly virtual_DNS_back_refs?: readonly StoredReference<null>[]; readonly virtual_DNS_record_back_refs?: readonly StoredReference<null>[]; readonly virtual_ip_back_refs?: readonly StoredReference<null>[]; readonly virtual_machine_back_refs?: readonly StoredReference<null>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<null>[]; readonly virtual_port_group_back_refs?: readonly StoredReference<null>[]; readonly virtual_router_back_refs?: readonly StoredReference<null>[]; readonly webui_node_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag-type": null; readonly "tag": null };
    readonly parents: "config-root" | "project";
  };
  readonly "tag-type": {
    readonly written: TagType;
    readonly incoming: { readonly tag_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: never;
  };
  readonly "telemetry-profile": {
    readonly written: TelemetryProfile;
    readonly incoming: { readonly physical_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "grpc-profile": null; readonly "netconf-profile": null; readonly "sflow-profile": null; readonly "snmp-profile": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "virtual-DNS": {
    readonly written: VirtualDNS;
    readonly incoming: { readonly virtual_DNS_records?: readonly ChildReference[]; readonly network_ipam_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "tag": null };
    readonly parents: "domain";
  };
  readonly "virtual-DNS-record": {
    readonly written: VirtualDNSRecord;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "virtual-DNS";
  };
  readonly "virtual-ip": {
    readonly written: VirtualIp;
    readonly incoming: {  };
    readonly links: { readonly "loadbalancer-pool": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "virtual-machine": {
    readonly written: VirtualMachine;
    readonly incoming: { readonly virtual_machine_interfaces?: readonly ChildReference[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_router_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "service-instance": null; readonly "tag": null };
    readonly parents: never;
  };
  readonly "virtual-machine-interface": {
    readonly written: VirtualMachineInterface;
    readonly incoming: { readonly alias_ip_back_refs?: readonly StoredReference<null>[]; readonly bgp_as_a_service_back_refs?: readonly StoredReference<null>[]; readonly customer_attachment_back_refs?: readonly StoredReference<null>[]; readonly floating_ip_back_refs?: readonly StoredReference<null>[]; readonly instance_ip_back_refs?: readonly StoredReference<null>[]; readonly link_aggregation_group_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_back_refs?: readonly StoredReference<null>[]; readonly loadbalancer_pool_back_refs?: readonly StoredReference<null>[]; readonly logical_interface_back_refs?: readonly StoredReference<null>[]; readonly logical_router_back_refs?: readonly StoredReference<null>[]; readonly subnet_back_refs?: readonly StoredReference<null>[]; readonly virtual_ip_back_refs?: readonly StoredReference<null>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_port_group_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "bgp-router": null; readonly "bridge-domain": BridgeDomainMembershipType; readonly "interface-route-table": null; readonly "physical-interface": null; readonly "port-profile": null; readonly "port-tuple": null; readonly "qos-config": null; readonly "routing-instance": PolicyBasedForwardingRuleType; readonly "security-group": null; readonly "security-logging-object": null; readonly "service-endpoint": null; readonly "service-health-check": null; readonly "virtual-machine": null; readonly "virtual-machine-interface": null; readonly "virtual-network": null; readonly "virtual-port-group": VMIVirtualPortGroupAttributes; readonly "tag": null };
    readonly parents: "project" | "virtual-machine" | "virtual-router";
  };
  readonly "virtual-network": {
    readonly written: VirtualNetwork;
    readonly incoming: { readonly access_control_lists?: readonly ChildReference[]; readonly alias_ip_pools?: readonly ChildReference[]; readonly bridge_domains?: readonly ChildReference[]; readonly floating_ip_pools?: readonly ChildReference[]; readonly routing_instances?: readonly ChildReference[]; readonly data_center_interconnect_back_refs?: readonly StoredReference<null>[]; readonly fabric_back_refs?: readonly StoredReference<FabricNetworkTag>[]; readonly firewall_rule_back_refs?: readonly StoredReference<null>[]; readonly flow_node_back_refs?: readonly StoredReference<null>[]; readonly host_based_service_back_refs?: readonly StoredReference<ServiceVirtualNetworkType>[]; readonly instance_ip_back_refs?: readonly StoredReference<null>[]; readonly logical_router_back_refs?: readonly StoredReference<LogicalRouterVirtualNetworkType>[]; readonly physical_router_back_refs?: readonly StoredReference<null>[]; readonly port_tuple_back_refs?: readonly StoredReference<null>[]; readonly virtual_machine_interface_back_refs?: readonly StoredReference<null>[]; readonly virtual_network_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "bgpvpn": null; readonly "intent-map": null; readonly "multicast-policy": null; readonly "network-ipam": VnSubnetsType; readonly "network-policy": VirtualNetworkPolicyType; readonly "qos-config": null; readonly "route-table": null; readonly "routing-policy": RoutingPolicyType; readonly "security-logging-object": null; readonly "service-health-check": null; readonly "virtual-network": null; readonly "tag": null };
    readonly parents: "project";
  };
  readonly "virtual-port-group": {
    readonly written: VirtualPortGroup;
    readonly incoming: { readonly virtual_machine_interface_back_refs?: readonly StoredReference<VMIVirtualPortGroupAttributes>[]; };
    readonly links: { readonly "physical-interface": VpgInterfaceParametersType; readonly "port-profile": null; readonly "security-group": null; readonly "virtual-machine-interface": null; readonly "tag": null };
    readonly parents: "fabric" | "project";
  };
  readonly "virtual-router": {
    readonly written: VirtualRouter;
    readonly incoming: { readonly virtual_machine_interfaces?: readonly ChildReference[]; readonly instance_ip_back_refs?: readonly StoredReference<null>[]; readonly physical_router_back_refs?: readonly StoredReference<null>[]; readonly provider_attachment_back_refs?: readonly StoredReference<null>[]; };
    readonly links: { readonly "network-ipam": VirtualRouterNetworkIpamType; readonly "sub-cluster": null; readonly "virtual-machine": null; readonly "tag": null };
    readonly parents: "global-system-config";
  };
  readonly "webui-node": {
    readonly written: WebuiNode;
    readonly incoming: {  };
    readonly links: { readonly "tag": null };
    readonly parents: "global-system-config";
  };
}
