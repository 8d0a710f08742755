/** An IPv4 address is an unsigned 32-bit number in host byte order: 10.1.2.3 is 0x0a010203. */
export interface InetPrefix {
  /** Host bits are zero. */
  readonly address: number;
  /** 0 to 32. */
  readonly length: number;
}

/** Parses dotted decimal; undefined where it is not four numbers of 0 to 255 without leading zeros. */
export function parseInetAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    address = address * 256 + octet;
  }
  return address;
}

/** Dotted decimal. */
export function formatInetAddress(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The netmask of a prefix length as an unsigned number: 24 gives 0xffffff00. */
export function inetMask(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

/** A prefix with its host bits cleared. */
export function inetPrefix(address: number, length: number): InetPrefix {
  return { address: (address & inetMask(length)) >>> 0, length };
}

/** Parses "10.1.0.0/16"; a bare address is a /32; undefined where it is neither. Host bits are cleared. */
export function parseInetPrefix(text: string): InetPrefix | undefined {
  const slash = text.indexOf("/");
  const address = parseInetAddress(slash < 0 ? text : text.slice(0, slash));
  const lengthText = slash < 0 ? "32" : text.slice(slash + 1);
  if (address === undefined || !/^[0-9]{1,2}$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  return length > 32 ? undefined : inetPrefix(address, length);
}

/** "10.1.0.0/16". */
export function formatInetPrefix(prefix: InetPrefix): string {
  return `${formatInetAddress(prefix.address)}/${prefix.length}`;
}

/** True where the address lies in the prefix. */
export function inetPrefixContains(prefix: InetPrefix, address: number): boolean {
  return (address & inetMask(prefix.length)) >>> 0 === prefix.address;
}

/** True for an IPv6 address as text: RFC 4291 section 2.2, all three forms, without a zone. */
export function isInet6Address(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const dotted = last.includes(".");
  if (dotted && (parseInetAddress(last) === undefined || !text.endsWith(last))) return false;
  const hexadecimal = dotted ? groups.slice(0, -1) : groups;
  if (!hexadecimal.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = groups.length + (dotted ? 1 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}
