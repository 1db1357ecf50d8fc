import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { McpBatcherError } from "../mcp-batcher-error.ts";

/** Finds the addresses of a name. */
export type Lookup = (name: string) => Promise<readonly string[]>;

// Where machines of clouds give out their keys, and what is no machine at all.
const refused = new BlockList();
refused.addSubnet("169.254.0.0", 16, "ipv4");
refused.addSubnet("fe80::", 10, "ipv6");
refused.addAddress("fd00:ec2::254", "ipv6");
refused.addAddress("100.100.100.200", "ipv4");
refused.addAddress("192.0.0.192", "ipv4");
refused.addSubnet("0.0.0.0", 8, "ipv4");
refused.addAddress("::", "ipv6");
refused.addSubnet("224.0.0.0", 4, "ipv4");
refused.addSubnet("ff00::", 8, "ipv6");

const refusedNames: ReadonlySet<string> = new Set(["metadata.google.internal", "metadata"]);

/** Finds addresses as the system does. */
export const systemLookup: Lookup = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/** Rejects with `address_refused` when a host is, or has a name for, a link-local, metadata, multicast or unspecified
 * address. [M38] A name that changes its address between this look and the connection is not caught by it. */
export async function checkAddress(host: string, find: Lookup): Promise<void> {
  const name = host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  const addresses = isIP(name) === 0 ? (refusedNames.has(name) ? [name] : await find(name)) : [name];
  const bad = addresses.find((address) => refusedNames.has(address) || isRefused(address));
  if (bad === undefined) return;
  const what = bad === name ? name : `${name} (${bad})`;
  throw new McpBatcherError("address_refused", `The address ${what} is link-local, for metadata, or no machine's.`, {
    hint: "Correct url in the server's entry, or say allowLinkLocal: true there when it is meant.",
  });
}

function isRefused(address: string): boolean {
  // The list also judges IPv4 addresses that are written as IPv6 ones.
  return refused.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
