import { createHash } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import type { Identity } from "../directory/identity.ts";
import { isOwnHost } from "../replication/as-sent.ts";

/** Something that is wrong on the way from the public address of a node to the node. */
export interface Fault {
  kind: FaultKind;
  /** What arrived, what should have, and the line of the proxy's configuration that mends it. */
  words: string;
}

/** The first four show in a single request, the others to who looks for them. */
export const faultKinds = [
  "host",
  "unsigned",
  "uncovered",
  "body",
  "path",
  "signature",
  "client",
  "astray",
] as const;
type FaultKind = (typeof faultKinds)[number];

/** What a proxy does to requests, as far as they show it. */
export interface Arrivals {
  /**
   * Takes note of how a request arrived that claims to be signed.
   *
   * @param verified Whether its sender was found to be who it says.
   */
  note(faults: Fault[], verified: boolean): void;
  /** Tells the log, once in a day of each kind. */
  tell(fault: Fault): void;
  /** What requests have shown, and not been right in since. */
  faults(): Fault[];
}

const log = getLogger(["fragaria", "proxy"]);

const hour = 3_600_000;
const day = 24 * hour;

/**
 * What a request shows of its way here: that a header is another than was sent,
 * or lacks although it was signed. A signature that is merely wrong shows none
 * of it.
 *
 * @param body Of a request that is a POST.
 */
export function faultsOf(
  node: Pick<Identity, "origin" | "host" | "former">,
  headers: Headers,
  body: Uint8Array,
): Fault[] {
  const lacking = lackingSignature(headers);
  return [
    foreignHost(node, headers),
    lacking ?? uncovered(headers),
    lacking === undefined ? changedBody(headers, body) : undefined,
  ].filter((fault) => fault !== undefined);
}

function foreignHost(node: Parameters<typeof faultsOf>[0], headers: Headers): Fault | undefined {
  const given = headers.get("host");
  if (given === null || isOwnHost(node, given)) return undefined;
  const { port } = new URL(node.origin);
  const line = `proxy_set_header Host $host${port === "" ? "" : `:${port}`};`;
  return {
    kind: "host",
    words: `Requests arrive with “Host: ${given.slice(0, 100)}”, but those who send them write and sign “Host: ${node.host}”. The proxy has to pass Host on as it came. nginx: add “${line}”. Caddy does so by itself: take out “header_up Host”.`,
  };
}

function lackingSignature(headers: Headers): Fault | undefined {
  const [signature, input] = [headers.get("signature"), headers.get("signature-input")];
  const signed = input !== null || headers.has("digest") || headers.has("content-digest");
  if (signature === null) return signed ? lacks("unsigned", "Signature") : undefined;
  // The value of RFC 9421 is a dictionary of bytes; that of the older ones has a keyId.
  const isDictionary = /^\s*[a-z*][\w.*-]*=:/.test(signature);
  return isDictionary && input === null ? lacks("unsigned", "Signature-Input") : undefined;
}

/** A header that the signature covers, and that isn't there. */
function uncovered(headers: Headers): Fault | undefined {
  const [, older = ""] = /headers="([^"]{0,1000})"/.exec(headers.get("signature") ?? "") ?? [];
  const [, newer = ""] = /=\s*\(([^()]{0,1000})\)/.exec(headers.get("signature-input") ?? "") ?? [];
  const covered = `${older} ${newer}`.replaceAll('"', "").split(" ");
  // What begins with a bracket or an @ is no header.
  const name = covered.find((each) => /^[a-z][a-z-]{0,40}$/i.test(each) && !headers.has(each));
  return name === undefined ? undefined : lacks("uncovered", written(name));
}

function written(name: string): string {
  return name.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function lacks(kind: FaultKind, name: string): Fault {
  return {
    kind,
    words: `Requests arrive without the header ${name}, although what else they have shows that it was sent, and so they are refused. The proxy has to pass on all headers. nginx: take out “proxy_set_header ${name} "";”. Caddy: take out “header_up -${name}”.`,
  };
}

function changedBody(headers: Headers, body: Uint8Array): Fault | undefined {
  const [, older] = /(?:^|,)\s*sha-256=([\w+/]+=*)/i.exec(headers.get("digest") ?? "") ?? [];
  const [, newer] = /sha-256=:([\w+/]+=*):/i.exec(headers.get("content-digest") ?? "") ?? [];
  const said = older ?? newer;
  if (said === undefined) return undefined;
  if (said === createHash("sha256").update(body).digest("base64")) return undefined;
  const name = older === undefined ? "Content-Digest" : "Digest";
  return {
    kind: "body",
    words: `Requests arrive with another body than the one that their header ${name} was made of, and so they are refused. Nothing on the way may change either. nginx: take out “proxy_set_header ${name} …;”. Caddy: take out “header_up ${name} …”. A firewall or CDN in front must not rewrite JSON.`,
  };
}

/** Watches, in the memory of this process, how requests arrive. */
export function watchArrivals(clock: () => number): Arrivals {
  const seen = new Map<FaultKind, Fault>();
  const told = new Map<FaultKind, number>();
  let intact = -hour;
  const tell = ({ kind, words }: Fault) => {
    const now = clock();
    if (now - (told.get(kind) ?? -day) < day) return;
    told.set(kind, now);
    // As it stands: what is filled in, LogTape puts into quotation marks.
    log.warn(words.replaceAll(/[{}]/g, "$&$&"));
  };
  return {
    tell,
    note(faults, verified) {
      const now = clock();
      if (verified && faults.length === 0) {
        intact = now;
        seen.clear();
        return;
      }
      // While others arrive as they were sent, it is the fault of this sender.
      if (now - intact < hour) return;
      for (const fault of faults) {
        // Anybody can write any Host: only what is signed for this node has lost its own.
        if (fault.kind === "host" && !verified) continue;
        seen.set(fault.kind, fault);
        tell(fault);
      }
    },
    faults: () => [...seen.values()],
  };
}
