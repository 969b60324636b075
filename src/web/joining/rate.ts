import { isIPv6 } from "node:net";
import type { Context } from "hono";

/** Lets each client do something so many times in a span of time. */
export interface Rate {
  /** Counts one more, if there may be one more. */
  admit(client: string, now: number): boolean;
}

/** Of so many clients it is counted; the one seen longest ago gives way. */
const clients = 10_000;

/**
 * A limit in the memory of this process.
 *
 * @param span In milliseconds, from the first time on.
 */
export function createRate(most: number, span: number): Rate {
  const seen = new Map<string, { count: number; since: number }>();
  return {
    admit(client, now) {
      const known = seen.get(client);
      const fresh = known === undefined || now - known.since >= span;
      const { count, since } = fresh ? { count: 0, since: now } : known;
      if (count >= most) return false;
      // Set anew, so that the map is in the order in which they were last seen.
      seen.delete(client);
      seen.set(client, { count: count + 1, since });
      if (seen.size > clients) seen.delete(seen.keys().next().value ?? "");
      return true;
    },
  };
}

/**
 * Who asks, as the proxy tells: the last address of X-Forwarded-For is the one
 * that it has seen itself. Of IPv6 the network, for one client has all of it.
 * Without a proxy all are one.
 */
export function clientOf(c: Context): string {
  const address = (c.req.header("x-forwarded-for") ?? "").split(",").at(-1)?.trim() ?? "";
  return isIPv6(address) ? networkOf(address) : address;
}

/** The first 64 bits of an address, always written in the same way. */
function networkOf(address: string): string {
  const [plain = ""] = address.split("%");
  // Of an IPv4 address in the guise of the newer ones all of it counts.
  if (plain.includes(".")) return plain.slice(plain.lastIndexOf(":") + 1);
  const [before = "", after] = plain.split("::");
  const groups = (text = "") => (text === "" ? [] : text.split(":"));
  const [left, right] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  const all = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
  return all
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":");
}
