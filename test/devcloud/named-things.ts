/** Kinds of what an account has, and a call may name. */
export type Thing =
  | "account"
  | "user"
  | "key"
  | "domain"
  | "project"
  | "network"
  | "machine"
  | "nic"
  | "secondary"
  | "keyPair"
  | "userData"
  | "group"
  | "webhook"
  | "job"
  | "event";

/** "none": the parameter names nothing that an account has. */
export type Named = Thing | "none";

/** What `id`, `ids` and, of a list, `name` are of. */
const OF_COMMAND: readonly (readonly [RegExp, Named])[] = [
  [/(Network)s?$/, "network"],
  [/(VirtualMachine)s?$/, "machine"],
  [/UserKeys$/, "user"],
  [/User(s|Data)?$/, "user"],
  [/Accounts?$/, "account"],
  [/Projects?$/, "project"],
  [/(Domain|DomainChildren|Domains)$/, "domain"],
  [/SSHKeyPairs?$/, "keyPair"],
  [/AffinityGroups?$/, "group"],
  [/Webhooks?$/, "webhook"],
  [/^removeIpFromNic$/, "secondary"],
  [/^listEvents$/, "event"],
];

/** Commands whose answers are the same for everybody, or of which there is nothing: what their `id` and `name` name is nobody's. */
const EVERYBODYS =
  /^list(Zones|Regions|OsTypes|OsCategories|Roles|ServiceOfferings|DiskOfferings|Templates|NetworkOfferings|CustomActions|Apis|VPCs|PublicIpAddresses|(PortForwarding|IpForwarding|Firewall|EgressFirewall|LoadBalancer)Rules|SecurityGroups|NetworkACLs|NetworkACLLists|StaticRoutes|Volumes|Snapshots|Isos|InstanceGroups|AutoScaleVmGroups|ResourceLimits|WebhookDeliveries)$/;

/** Parameters that name the same in every command. */
const ALWAYS: Readonly<Record<string, Thing>> = {
  account: "account",
  projectid: "project",
  virtualmachineid: "machine",
  networkid: "network",
  networkids: "network",
  associatednetworkid: "network",
  iptonetworklist: "network",
  nicid: "nic",
  userdataid: "userData",
  affinitygroupid: "group",
  affinitygroupids: "group",
  affinitygroupnames: "group",
  keypair: "keyPair",
  keypairs: "keyPair",
  webhookid: "webhook",
  jobid: "job",
  keyid: "key",
  parentdomainid: "domain",
};

/** Where a parameter is something else than its name says, by "command parameter"; with the reason. */
const SPECIAL: Readonly<Record<string, readonly [Named, why: string]>> = {
  "listUserData id": ["userData", "of registered user data, not of users"],
  "listUserData name": ["userData", "of registered user data, not of users"],
  "deleteUserData id": ["userData", "of registered user data, not of users"],
  "registerUserData name": ["none", "what is made shall be called so"],
  "listUsers username": ["user", "lists by it"],
  "listUserKeys userid": ["user", "lists by it"],
  "listVirtualMachines userid": ["user", "lists by it"],
  "listTags resourceid": ["machine", "lists by it"],
  "listEvents resourceid": ["machine", "lists by it"],
  "createTags resourceids": ["machine", "what is tagged"],
  "deleteTags resourceids": ["machine", "what is tagged"],
  "runCustomAction resourceid": ["network", "what the action is run on"],
  "deleteSSHKeyPair name": ["keyPair", "deletes by it"],
  "deleteAffinityGroup name": ["group", "deletes by it"],
  "createAccount account": ["none", "what is made shall be called so"],
  "createAccount domainid": ["domain", "where it is made"],
  "addAccountToProject account": ["none", "an owner adds whom he wants: CloudStack's project.invite.required is false"],
  "deleteAccountFromProject account": ["none", "takes nothing but the membership in the caller's own project"],
  "updateProject account": ["none", "an owner may give his project to whom he wants"],
  "listTemplates account": ["none", "templates are everybody's"],
  "listTemplates projectid": ["none", "templates are everybody's"],
  "listServiceOfferings projectid": ["none", "offerings are everybody's"],
};

/** Parameters that name nothing that an account has, wherever they stand. */
const NOTHING = new Set(
  `keyword page pagesize listall isrecursive details tags showicon displaytext description state type level scope
  available showcapacities oscategoryid zoneid podid clusterid hostid templateid serviceofferingid networkofferingid
  diskofferingid physicalnetworkid ostypeid customactionid extensionid storageid zonetype issystem
  templatefilter hypervisor showremoved templatetype guestiptype supportedservices forvpc availability traffictype
  specifyvlan service provider networkdomain cleanup accounttype roleid roletype role projectroleid timezone
  accountdetails accountid userid lock newname email firstname lastname password currentpassword username swapowner
  canusefordeploy vpcid aclid acltype restartrequired specifyipranges displaynetwork networkfilter
  retrieveonlyresourcecount gateway netmask vlan dns1 dns2 startip endip subdomainaccess isolatedpvlan
  hideipaddressusage bypassvlanoverlapcheck tungstenvirtualrouteruuid customid changecidr guestvmcidr updateinsequence
  forced makeredundant livepatch ipaddress macaddress displayname userdata startvm group size rootdisksize keyboard
  displayvm securitygroupids securitygroupnames groupid isoid forvirtualnetwork isvnf accumulate deploymentplanner
  considerlasthost bootintosetup expunge volumeids cleanupdetails haenable isdynamicallyscalable instancename
  deleteprotection userdatadetails dhcpoptions publickey fingerprint params startdate enddate duration entrytime
  startid archived managementserverid key value customer resourcetype resourcetypename tag max resourceid enabled
  parameters payloadurl secretkey sslverification eventtype`.split(/\s+/),
);

/** What a parameter of a command names; undefined: nobody has said yet, and somebody must. */
export function namedBy(command: string, parameter: string): Named | undefined {
  const special = SPECIAL[`${command} ${parameter}`];
  if (special !== undefined) return special[0];
  // Beside an account it says where that is; alone it is asked for of lists.
  if (parameter === "domainid") return command.startsWith("list") ? "domain" : "none";
  if (["id", "ids", "name"].includes(parameter)) {
    if (parameter === "name" && !command.startsWith("list")) return "none";
    return EVERYBODYS.test(command) ? "none" : OF_COMMAND.find(([pattern]) => pattern.test(command))?.[1];
  }
  return ALWAYS[parameter] ?? (NOTHING.has(parameter) ? "none" : undefined);
}

/** True where a parameter names by name, and not by uuid. */
export function isByName(parameter: string): boolean {
  return /^(account|name|username|keypairs?|affinitygroupnames)$/.test(parameter);
}

/** Names that are looked for among the caller's own, and so are not found: "command parameter", with CloudStack's status. */
export const NOT_FOUND: Readonly<Record<string, readonly [status: number, text: RegExp]>> = {
  "deleteSSHKeyPair name": [431, /A key pair with name '.*' does not exist for account/],
  "deleteAffinityGroup name": [431, /Unable to find affinity group/],
  "deployVirtualMachine keypair": [431, /A key pair with name '.*' was not found/],
  "deployVirtualMachine keypairs": [431, /A key pair with name '.*' was not found/],
  "deployVirtualMachine affinitygroupnames": [431, /Unable to find affinity group by name/],
  "deployVirtualMachine iptonetworklist": [431, /Unable to find network by id/],
  "resetSSHKeyForVirtualMachine keypair": [431, /A key pair with name '.*' was not found/],
  "resetSSHKeyForVirtualMachine keypairs": [431, /A key pair with name '.*' was not found/],
};
