import { getDomain } from "tldts";

/**
 * The part of a host's name that somebody registered, by the Public Suffix List
 * with its private part: `example.org` of `coops.example.org`. What has none, as
 * an address, is its own. On loopback every port is another one: there a node
 * is told from the next by nothing else.
 *
 * @param host With its port where there is one.
 */
export function domainOf(host: string): string {
  const name = host.replace(/:\d+$/, "");
  if (name === "localhost" || name === "[::1]" || name.startsWith("127.")) return host;
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}
