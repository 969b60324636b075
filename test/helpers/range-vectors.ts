import { hash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprintOf } from "../../src/coop/fingerprint.ts";
import { respond } from "../../src/replication/ranges.ts";
import { Inquiry } from "../../src/replication/ranges-inquiry.ts";
import { Gathering } from "../../src/replication/sealed.ts";
import { type Item, itemsOf } from "./items.ts";

const split = { buckets: 8, leaf: 8 };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const digest = (text: string) => hash("sha256", text);

/** Records of invented hosts, as items. */
function records(count: number, hosts: number, edition: number): Item[] {
  const gathering = new Gathering();
  for (let at = 0; at < count; at += 1) {
    const host = `h${at % hosts}.example`;
    gathering.add(host, `https://${host}/coops/${at}/listing`, digest(`${at}.${edition}`));
  }
  const set = gathering.seal();
  return Array.from({ length: set.count }, (_, at) => ({
    key: set.key(at),
    id: hex(set.ids(at, at + 1)),
  }));
}

/** A set without some of its items and with some of another. */
const mixed = (a: Item[], b: Item[], every: number) => [
  ...a.filter((_, at) => at % every !== 0),
  ...b.filter((_, at) => at % every === 0),
];

/** A whole run, as its messages. */
function run(what: string, client: Item[], server: Item[], frame: number) {
  const inquiry = new Inquiry(itemsOf(client), { split, frame });
  const held = itemsOf(server);
  const messages: { asks: string; answers: string }[] = [];
  for (let ask = inquiry.ask(); ask !== undefined; ask = inquiry.ask()) {
    const answer = respond(held, ask, { split, frame });
    inquiry.take(answer);
    messages.push({ asks: hex(ask), answers: hex(answer) });
  }
  const lacking = [...inquiry.lacking].toSorted();
  const sorted = itemsOf(client);
  const extra = inquiry.extra.map((at) => hex(sorted.ids(at, at + 1))).toSorted();
  return { what, frame, client, server, messages, lacking, extra };
}

const first = records(120, 5, 1);
const second = records(120, 5, 2);
const oneKey = Array.from({ length: 40 }, (_, at) => ({ key: 7, id: digest(`one key ${at}`) }));
const large = [2 ** 31, 2 ** 32, 2 ** 40 + 1, 2 ** 48 - 1].map((key) => ({
  key,
  id: digest(String(key)),
}));

const runs = [
  run("nothing on either side", [], [], 4096),
  run("the same on both sides", first, first, 4096),
  run("the client has nothing", [], first.slice(0, 20), 4096),
  run("a list that is longer than a frame", [], first.slice(0, 60), 1024),
  run("the server has nothing", first.slice(0, 20), [], 4096),
  run("newer versions of some records, here and there", first, mixed(first, second, 30), 4096),
  run("frames that are full", first, mixed(first, second, 3), 1024),
  run("many items of one key, told apart by their ids", oneKey.slice(3), oneKey.slice(0, -2), 4096),
  run("keys from 2^31 on", large.slice(1), large.slice(0, -1), 4096),
];

/** Messages that are none, and what is wrong with each. */
const malformed = [
  ["", "nothing at all"],
  ["00", "no version of Negentropy"],
  ["6100", "ends within a bound"],
  ["610000", "ends before a mode"],
  ["61000003", "a mode that there isn’t"],
  ["61000001aabb", "ends within a fingerprint"],
  ["6100000201", "a list without its id"],
  ["61000002ffffffffffffff7f", "a list of more ids than any message can hold"],
  ["61ffffffffffffffff7f0000", "a key of more than 53 bits"],
  ["6121000080", "ends within a number"],
  ["61812100", "ends before a mode"],
  [`610021${"00".repeat(34)}`, "a prefix that is longer than an id"],
  ["610501020001010100", "a range that ends before it begins"],
  [`6100000202${"ab".repeat(64)}`, "an id twice in a list"],
].map(([message, what]) => ({ message, what }));

/** The vectors of fixtures/ranges/expected.json. */
export function rangeVectors() {
  const host = "bakery.example";
  const id = `https://${host}/coops/7f3k2m9q1x/listing`;
  const gathering = new Gathering();
  gathering.add(host, id, digest("a record"));
  const one = gathering.seal();
  return {
    split,
    keys: [
      {
        host,
        id,
        hashOfHost: digest(host),
        hashOfId: digest(id),
        key: one.key(0),
      },
    ],
    fingerprints: [[], first.slice(0, 1), first].map((items) => {
      const digests = items.map((item) => item.id);
      return { digests, fingerprint: fingerprintOf(digests) };
    }),
    runs,
    malformed,
  };
}

export const rangeVectorFile = join(import.meta.dirname, "../../fixtures/ranges/expected.json");

if (import.meta.main) {
  writeFileSync(rangeVectorFile, `${JSON.stringify(rangeVectors(), undefined, 2)}\n`);
}
