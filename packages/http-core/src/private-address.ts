import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { bareHost, isLoopbackHost } from "./same-origin.ts";

/** Networks that an answer from outside has no business to send us to (IANA's special-purpose registry). */
const privateIpv4 = [
  ["0.0.0.0", 8], // this network; 0.0.0.0 reaches this machine
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // shared by carriers
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, and where clouds tell their secrets
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, and broadcast
] as const;
const privateIpv6 = [
  ["::", 128],
  ["::1", 128],
  ["64:ff9b:1::", 48], // translated within one network
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10], // site-local, long gone and still routed by some
  ["ff00::", 8], // multicast
] as const;

const privateNetworks = new BlockList();
for (const [network, prefix] of privateIpv4) {
  privateNetworks.addSubnet(network, prefix, "ipv4");
  const [high, low] = halves(network);
  // An IPv4 address inside an IPv6 one leads to the same machine: compatible, NAT64 and 6to4. Mapped ones Node knows.
  privateNetworks.addSubnet(`::${high}:${low}`, 96 + prefix, "ipv6");
  privateNetworks.addSubnet(`64:ff9b::${high}:${low}`, 96 + prefix, "ipv6");
  privateNetworks.addSubnet(`2002:${high}:${low}::`, 16 + prefix, "ipv6");
}
for (const [network, prefix] of privateIpv6) privateNetworks.addSubnet(network, prefix, "ipv6");

/** The two 16-bit groups that an IPv4 address makes inside an IPv6 one. */
function halves(ipv4: string): [string, string] {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
  return [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)];
}

/** Loopback, private, link-local, shared, multicast and unspecified addresses; IPv4 inside IPv6 counts as IPv4. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return privateNetworks.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** True for a URL's host that names such an address outright. Any other name must be resolved to know: `publicLookup`. */
export function isPrivateHost(hostname: string): boolean {
  const host = bareHost(hostname);
  return isLoopbackHost(host) || isPrivateAddress(host);
}

/**
 * Resolves names for hosts that an answer named: none of their addresses may be private. Given to the agent, so that it
 * is asked when a connection is made, and the address that was looked at is the one that is connected to.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "");
    const first = addresses[0];
    if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
      const refused = new Error("The name leads into a private network");
      return callback(Object.assign(refused, { code: "ERR_ADDRESS_REFUSED" }), "");
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
