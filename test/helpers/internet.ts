/**
 * An internet of its own for a program that a test starts: `--import` this file,
 * and INTERNET says on which port of this machine each host name answers. The
 * names resolve to public addresses, so that what guards against private ones
 * stays in force, and every connection to one of them ends at its port. No other
 * name is known.
 */
import dns, { type LookupAddress, type LookupOptions } from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

const ports = new Map(
  Object.entries(JSON.parse(process.env["INTERNET"] ?? "{}") as Record<string, number>),
);
/** By address, from 192.0.66.1 on. */
const names = [...ports.keys()];
const net66 = "192.0.66.";

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
type Lookup = (host: string, options: LookupOptions, found: Found) => void;
type Connection = { host?: string; port?: number; lookup?: Lookup };

/** @throws {Error} ENOTFOUND for what isn't in this internet. */
function find(host: string): LookupAddress {
  const at = names.indexOf(host);
  const family = net.isIP(host);
  if (family !== 0) return { address: host, family };
  if (host === "localhost") return { address: "127.0.0.1", family: 4 };
  if (at !== -1) return { address: `${net66}${at + 1}`, family: 4 };
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" });
}

const lookup: Lookup = (host, options, found) => {
  queueMicrotask(() => {
    let at: LookupAddress;
    try {
      at = find(host);
    } catch (error) {
      return found(error as Error, []);
    }
    return options.all === true ? found(null, [at]) : found(null, at.address, at.family);
  });
};

const promised = async (host: string, options: LookupOptions = {}) =>
  options.all === true ? [find(host)] : find(host);

Object.assign(dns, { lookup });
Object.assign(dns.promises, { lookup: promised });

type Connect = (this: net.Socket, ...args: unknown[]) => net.Socket;
const { connect } = net.Socket.prototype as unknown as { connect: Connect };
Object.assign(net.Socket.prototype, {
  connect(this: net.Socket, ...args: unknown[]): net.Socket {
    const [options] = [args[0]].flat() as [Connection];
    const port = ports.get(options?.host ?? "");
    if (port !== undefined) {
      const guarded = options.lookup ?? lookup;
      const here = (address: string) => (address.startsWith(net66) ? "127.0.0.1" : address);
      options.port = port;
      options.lookup = (host, how, found) =>
        guarded(host, how, (error, address, family) =>
          typeof address === "string"
            ? found(error, here(address), family)
            : found(
                error,
                address.map((each) => ({ ...each, address: here(each.address) })),
              ),
        );
    }
    return connect.apply(this, args);
  },
});
syncBuiltinESMExports();
