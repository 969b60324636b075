import type { Send } from "../../../src/replication/replica.ts";
import type { VirtualClock } from "../../helpers/virtual-clock.ts";

/** What answers at an address. */
export interface Host {
  readonly host: string;
  /** Whether a process listens there, or none does on a machine that runs, or the machine is gone. */
  state: "up" | "down" | "dead";
  /** Aborts when the process is stopped; another one after each start. */
  life: AbortSignal;
  /** On which side of a cut it is. */
  side: number;
  answer(request: Asked): Promise<Answer>;
  /** What it has sent so far. */
  readonly sent: Sent;
}

/** Requests and answers, each one message; bytes of their bodies, before compression. */
interface Sent {
  messages: number;
  /** All but those of repairs. */
  bytes: number;
  repairs: number;
}

/** A request as it reaches a host. */
export interface Asked {
  from: string;
  method: string;
  url: URL;
  headers: Headers;
  body: string | Uint8Array;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: Uint8Array;
}

/** How long things take on the way, in milliseconds. */
const times = {
  /** Of one message, one way: the median of a log-normal distribution. */
  oneWay: 60,
  spread: 0.5,
  service: 15,
  /** Until a connection is given up: as in src/outbound.ts. */
  connect: 10_000,
  /** Until an answer that doesn't come is given up; the same. */
  headers: 40_000,
  /** For which a connection is kept for the next request. */
  keepAlive: 10_000,
} as const;

export interface World {
  readonly clock: VirtualClock;
  /** From 0 up to, but not including, 1; the same at every run with the same seed. */
  readonly random: () => number;
  readonly hosts: Map<string, Host>;
  /** As fetch would, from a host. */
  send(from: Host, ...request: Parameters<Send>): Promise<Response>;
}

/** A network between hosts: messages take their time, and may not arrive. */
export function world(clock: VirtualClock, random: () => number): World {
  const hosts = new Map<string, Host>();
  // When connections between two hosts that nobody uses at the moment are closed.
  const idle = new Map<string, number[]>();

  const travel = () => times.oneWay * Math.exp(times.spread * gaussian(random));

  /** Whether one is there at once, or after how long: of TCP and TLS, a round trip each. */
  const connecting = (pair: string): number => {
    const open = (idle.get(pair) ?? []).filter((until) => until > clock.now());
    const found = open.pop() !== undefined;
    if (open.length === 0) idle.delete(pair);
    else idle.set(pair, open);
    return found ? 0 : 2 * (travel() + travel());
  };

  const deliver = async (from: Host, asked: Asked): Promise<Response> => {
    const to = hosts.get(asked.url.host);
    const lost = () => to === undefined || to.state === "dead" || to.side !== from.side;
    count(from, asked, asked.body.length);
    const began = clock.now();
    if (to === undefined || lost()) {
      await clock.sleep(times.connect);
      throw new TypeError("Connect Timeout Error");
    }
    const pair = `${from.host} ${to.host}`;
    await clock.sleep(connecting(pair) + travel());
    if (to.state === "down") throw new TypeError("connect ECONNREFUSED");
    await clock.sleep(times.service);
    const { life } = to;
    const answer = lost() ? undefined : await orAborted(to.answer(asked), life);
    if (answer === undefined || lost()) {
      await clock.sleep(began + times.headers - clock.now());
      throw new TypeError("Headers Timeout Error");
    }
    count(to, asked, answer.body.length);
    await clock.sleep(travel());
    idle.set(pair, [...(idle.get(pair) ?? []), clock.now() + times.keepAlive]);
    return response(asked.url.href, answer);
  };

  return {
    clock,
    random,
    hosts,
    send(from, url, init) {
      const { method = "GET", headers, body } = init;
      const signal = AbortSignal.any([from.life, ...(init.signal ? [init.signal] : [])]);
      const asked: Asked = {
        from: from.host,
        method,
        url: new URL(url),
        headers: new Headers(headers),
        body: (body ?? "") as string | Uint8Array,
        signal,
      };
      return orAborted(deliver(from, asked), signal);
    },
  };
}

function count({ sent }: Host, { url }: Asked, bytes: number): void {
  sent.messages += 1;
  sent[url.pathname === "/dir/v1/reconcile" ? "repairs" : "bytes"] += bytes;
}

/** The same, but failing at once when the signal aborts. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}

/** As much of a Response as `ask` looks at: a real one costs ten times as much as all the rest. */
function response(url: string, { status, headers = {}, body }: Answer): Response {
  const ok = status >= 200 && status < 300;
  const found = { get: (name: string) => headers[name.toLowerCase()] ?? null };
  return { ok, status, url, headers: found, body: [body] } as unknown as Response;
}

/** A number of the standard normal distribution (Box and Muller). */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
