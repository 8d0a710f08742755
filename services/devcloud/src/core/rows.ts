/** What every object has: the uuid of the API, and the database number that extension payloads carry. */
export interface Row {
  readonly uuid: string;
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
}

export interface DomainRow extends Row {
  readonly name: string;
  readonly parent: string | undefined;
}

/** 0 user, 1 root admin, 2 domain admin; CloudStack's numbers. 5 is the account of a project. */
export type AccountType = 0 | 1 | 2 | 5;

export interface AccountRow extends Row {
  readonly name: string;
  readonly domain: string;
  readonly type: AccountType;
  readonly state: "enabled" | "disabled" | "locked";
  readonly isDefault: boolean;
}

export interface UserRow extends Row {
  readonly username: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly timezone: string | undefined;
  /** scrypt, "salt:hash" in hexadecimal. */
  readonly passwordHash: string;
  readonly account: string;
  readonly state: "enabled" | "disabled";
  readonly isDefault: boolean;
}

export interface ApiKeyRow extends Row {
  readonly name: string;
  readonly apiKey: string;
  readonly secretKey: string;
  readonly user: string;
}

export interface ProjectRow extends Row {
  readonly name: string;
  readonly displaytext: string;
  readonly domain: string;
  /** The account that owns what is made in the project. */
  readonly account: string;
  readonly state: "Active" | "Suspended";
}

export interface ProjectMemberRow extends Row {
  readonly project: string;
  readonly account: string;
  readonly role: "Admin" | "Regular";
}

export interface ZoneRow extends Row {
  readonly name: string;
  readonly dns1: string;
  readonly dns2: string | undefined;
  readonly internaldns1: string;
  /** Network domain of networks without one of their own. */
  readonly domain: string;
  readonly guestCidr: string;
}

export interface PodRow extends Row {
  readonly name: string;
  readonly zone: string;
  readonly gateway: string;
  readonly netmask: string;
  readonly startip: string;
  readonly endip: string;
}

export interface ClusterRow extends Row {
  readonly name: string;
  readonly pod: string;
}

export interface HostRow extends Row {
  readonly name: string;
  readonly cluster: string;
  readonly address: string;
  readonly memoryBytes: number;
  readonly cpus: number;
}

export interface ServiceOfferingRow extends Row {
  readonly name: string;
  readonly displaytext: string;
  readonly cpus: number;
  readonly cpuMhz: number;
  readonly memoryMiB: number;
  readonly diskOffering: string;
  /** Made through the API: CloudStack shows gpudisplay for those. */
  readonly isUserMade: boolean;
}

export interface DiskOfferingRow extends Row {
  readonly name: string;
  readonly displaytext: string;
  readonly sizeGiB: number;
}

export interface TemplateRow extends Row {
  readonly name: string;
  readonly displaytext: string;
  readonly zone: string;
  readonly passwordEnabled: boolean;
  readonly ostype: string;
}

export interface OsTypeRow extends Row {
  readonly name: string;
  readonly category: string;
}

export interface PhysicalNetworkRow extends Row {
  readonly name: string;
  readonly zone: string;
  readonly vlan: string;
}

export interface ProviderRow extends Row {
  readonly name: string;
  readonly physicalNetwork: string;
  readonly state: "Enabled" | "Disabled";
  readonly services: readonly string[];
}

export type Details = Readonly<Record<string, string>>;

export interface ExtensionRow extends Row {
  readonly name: string;
  readonly description: string | undefined;
  readonly type: string;
  readonly state: "Enabled" | "Disabled";
  readonly details: Details;
}

/** A registration of an extension with a physical network. */
export interface ExtensionResourceRow extends Row {
  readonly extension: string;
  readonly physicalNetwork: string;
  readonly details: Details;
}

export interface CustomActionRow extends Row {
  readonly name: string;
  readonly description: string | undefined;
  readonly extension: string;
  readonly resourceType: string;
  readonly enabled: boolean;
  readonly timeoutSeconds: number;
  readonly allowedRoleTypes: readonly string[];
  readonly parameters: readonly ActionParameter[];
  readonly details: Details;
}

export interface ActionParameter {
  readonly name: string;
  readonly type: string;
  readonly validationFormat: string;
  readonly required: boolean;
}

export interface NetworkOfferingRow extends Row {
  readonly name: string;
  readonly displaytext: string;
  readonly guestIpType: "Isolated" | "Shared" | "L2";
  readonly state: "Enabled" | "Disabled";
  readonly specifyVlan: boolean;
  readonly conserveMode: boolean;
  readonly availability: string;
  readonly egressDefaultPolicy: boolean;
  readonly isPersistent: boolean;
  readonly forVpc: boolean;
  readonly services: readonly { readonly name: string; readonly provider: string }[];
}

export interface NetworkRow extends Row {
  readonly name: string;
  readonly displaytext: string;
  readonly account: string;
  readonly zone: string;
  readonly physicalNetwork: string;
  readonly offering: string;
  readonly gateway: string;
  readonly netmask: string;
  readonly cidr: string;
  readonly networkDomain: string;
  readonly dns1: string | undefined;
  readonly dns2: string | undefined;
  readonly state: "Allocated" | "Implementing" | "Implemented" | "Shutdown" | "Destroy";
  readonly broadcastType: string;
  readonly broadcastUri: string | undefined;
  /** VLAN given at the making, for offerings that want one. */
  readonly vlan: string | undefined;
  /** What ensure-network-device printed, as it is: also what is no JSON. */
  readonly extensionDetails: string | undefined;
  /** Address of the extension's device in the network, taken at the first implement. */
  readonly extensionIp: string | undefined;
  readonly details: Details;
  /** NICs ever made: the last octets of their MACs. */
  readonly macsUsed: number;
}

export type MachineState =
  | "Stopped"
  | "Starting"
  | "Running"
  | "Migrating"
  | "Stopping"
  | "Destroyed"
  | "Expunging"
  | "Error";

export interface MachineRow extends Row {
  readonly name: string;
  readonly displayname: string;
  readonly account: string;
  readonly user: string;
  readonly zone: string;
  readonly template: string;
  readonly offering: string;
  readonly state: MachineState;
  readonly host: string | undefined;
  readonly lastHost: string | undefined;
  readonly instanceName: string;
  /** base64, as the API takes it. */
  readonly userData: string | undefined;
  readonly keyPairs: readonly string[];
  readonly publicKeys: string | undefined;
  /** Until a start has handed it to the machine's network. */
  readonly password: string | undefined;
  readonly affinityGroups: readonly string[];
  readonly details: Details;
  readonly updatedMs: number | undefined;
  readonly bootedOnce: boolean;
}

export interface NicRow extends Row {
  readonly machine: string;
  readonly network: string;
  readonly mac: string;
  readonly ip: string;
  readonly deviceId: number;
  readonly isDefault: boolean;
  readonly secondaries: readonly { readonly uuid: string; readonly ip: string }[];
}

export interface KeyPairRow extends Row {
  readonly name: string;
  readonly account: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}

export interface UserDataRow extends Row {
  readonly name: string;
  readonly account: string;
  readonly content: string;
}

export interface AffinityGroupRow extends Row {
  readonly name: string;
  readonly description: string | undefined;
  readonly account: string;
  readonly type: string;
}

export interface JobRow extends Row {
  readonly account: string;
  readonly user: string;
  readonly command: string;
  readonly javaClass: string;
  readonly status: 0 | 1 | 2;
  readonly resultCode: number;
  /** JSON text of jobresult. */
  readonly result: string | undefined;
  readonly instanceType: string | undefined;
  readonly instance: string | undefined;
  readonly completedMs: number | undefined;
}

export interface EventRow extends Row {
  /** The event with which it began, of a job's later ones. */
  readonly parent: string | undefined;
  readonly type: string;
  readonly description: string;
  readonly account: string;
  readonly username: string;
  readonly state: "Created" | "Scheduled" | "Started" | "Completed";
  readonly level: "INFO" | "ERROR";
  readonly resource: string | undefined;
  readonly resourceType: string | undefined;
  readonly resourceName: string | undefined;
}

export interface TagRow extends Row {
  readonly key: string;
  readonly value: string;
  readonly resourceType: string;
  readonly resource: string;
  readonly account: string;
}

export interface ResourceDetailRow extends Row {
  readonly key: string;
  readonly value: string;
  readonly resourceType: string;
  readonly resource: string;
}

export interface LimitRow extends Row {
  /** uuid of an account (also that of a project) or a domain. */
  readonly owner: string;
  readonly type: number;
  readonly max: number;
}

export interface WebhookRow extends Row {
  readonly name: string;
  readonly description: string | undefined;
  readonly account: string;
  readonly state: "Enabled" | "Disabled";
  readonly payloadUrl: string;
  readonly secretKey: string | undefined;
  readonly sslVerification: boolean;
  readonly scope: "Local" | "Domain" | "Global";
}

export interface WebhookDeliveryRow extends Row {
  readonly webhook: string;
  readonly event: string;
  readonly eventType: string;
  readonly payload: string;
  readonly success: boolean;
  readonly response: string;
  readonly endedMs: number;
}

/** All kinds of objects, under the names that parameters refer to. */
export interface Rows {
  readonly domain: DomainRow;
  readonly account: AccountRow;
  readonly user: UserRow;
  readonly apiKey: ApiKeyRow;
  readonly project: ProjectRow;
  readonly projectMember: ProjectMemberRow;
  readonly zone: ZoneRow;
  readonly pod: PodRow;
  readonly cluster: ClusterRow;
  readonly host: HostRow;
  readonly serviceOffering: ServiceOfferingRow;
  readonly diskOffering: DiskOfferingRow;
  readonly template: TemplateRow;
  readonly osType: OsTypeRow;
  readonly physicalNetwork: PhysicalNetworkRow;
  readonly provider: ProviderRow;
  readonly extension: ExtensionRow;
  readonly extensionResource: ExtensionResourceRow;
  readonly customAction: CustomActionRow;
  readonly networkOffering: NetworkOfferingRow;
  readonly network: NetworkRow;
  readonly machine: MachineRow;
  readonly nic: NicRow;
  readonly keyPair: KeyPairRow;
  readonly userData: UserDataRow;
  readonly affinityGroup: AffinityGroupRow;
  readonly job: JobRow;
  readonly event: EventRow;
  readonly tag: TagRow;
  readonly resourceDetail: ResourceDetailRow;
  readonly limit: LimitRow;
  readonly webhook: WebhookRow;
  readonly webhookDelivery: WebhookDeliveryRow;
}

export type Kind = keyof Rows;
