import type { z } from "zod";
import { describe, expect, it } from "vitest";
import {
  Capital,
  CoopType,
  DistributionConstraint,
  Level,
  Precision,
  ProvenanceKind,
  RelationKind,
  StakeholderKind,
  Status,
  Theme,
  VoteRule,
} from "../../src/coop/codes.ts";
import { attestationRecord, readAttestation } from "../../src/coop/attestation.ts";
import { countedFor, readBeacon } from "../../src/coop/beacon.ts";
import { canonicalJson, type JsonObject } from "../../src/coop/canonical-json.ts";
import {
  Exchange,
  Figures,
  Listing,
  Mandate,
  Provenance,
  Relation,
  StakeholderClass,
} from "../../src/coop/listing.ts";
import { tombstoneRecord } from "../../src/coop/listing-record.ts";
import { patience } from "../../src/coop/liveness.ts";
import { quotas } from "../../src/coop/standing.ts";
import { knownRegisters } from "../../src/coop/registrations.ts";
import { acceptRecord, bounds, type RefusalReason, signRecord } from "../../src/coop/record.ts";
import { allowed, costs } from "../../src/directory/allowance.ts";
import { mostReactions } from "../../src/directory/react.ts";
import { mostReplies, replySize } from "../../src/directory/reply.ts";
import { inbox } from "../../src/federation/inbox.ts";
import { Description, limits } from "../../src/replication/describe.ts";
import { FeedQuery, readLine } from "../../src/replication/feed.ts";
import { messagesMost, options, ReconcileQuery } from "../../src/replication/reconcile.ts";
import { reconciledFor } from "../../src/replication/sealed-copy.ts";
import { testKey } from "../helpers/keys.ts";
import { vectorFiles } from "../helpers/vectors.ts";
import { blocks, codes, firstCode, readDocument, section, tableUnder } from "./markdown.ts";

const document = readDocument("FEDERATION.md");
const table = (heading: string) => tableUnder(document, heading);
/** Terms in bold are those without which a listing can't be read. */
const required = (rows: string[][]) =>
  firstCode(rows.filter(([cell = ""]) => cell.startsWith("**")));

describe("FEDERATION.md", () => {
  it("lists the activities that the inbox handles", () => {
    expect(firstCode(table("Activities received"))).toEqual(inbox.map(([type]) => type.name));
  });

  it("gives what may be said in a day, and how much of it is kept", () => {
    const said = (value: number) => value.toLocaleString("en");
    for (const stated of [
      `one actor ${allowed.author} points, one registered domain ${said(allowed.domain)}, and all together ${said(allowed.everybody)}`,
      `cost ${costs.reaction}; `,
      `\`Flag\` ${costs.text}.`,
      `plain text of at most ${said(replySize.content)} characters`,
      `\`summary\` likewise, of at most ${replySize.warning}`,
      `at most ${said(mostReplies.post)} of a post, and ${said(mostReplies.coop)} of a co-op`,
      `At most ${said(mostReactions)} likes and boosts`,
    ]) {
      expect(section(document, "Conversation")).toContain(stated);
    }
  });

  it("gives the parameters and bounds of repair", () => {
    expect(firstCode(table("Repair"))).toEqual(Object.keys(ReconcileQuery.shape));
    const { frame, split } = options;
    for (const stated of [
      `at most ${frame.toLocaleString("en")} bytes each way`,
      `with fewer than ${split.leaf} items there it answers a list`,
      `divides them into ${split.buckets} ranges`,
      `${reconciledFor / 86_400_000} days or more before the present day`,
      `${messagesMost} messages in ten minutes`,
    ]) {
      expect(section(document, "Repair")).toContain(stated);
    }
  });

  it("gives what may be asked for at once, and how large the answers may be", () => {
    const sizes = new Map(
      table("Requests").map(([path = "", , most]) => [/`\w+ (\S+)`/.exec(path)?.[1], most]),
    );
    const { frame } = options;
    expect(sizes.get("/dir/v1/changes")).toBe(
      `${(limits.record + 256).toLocaleString("en")} bytes a line`,
    );
    expect(sizes.get("/dir/v1/records")).toBe(
      `${(limits.record + 1).toLocaleString("en")} bytes a record`,
    );
    expect(sizes.get("/dir/v1/reconcile")).toBe(`${frame.toLocaleString("en")} bytes`);
    expect(sizes.get("/dir/v1/beacon")).toBe(`${limits.record.toLocaleString("en")} bytes`);
    const [, stated = ""] = table("Node description").find(([name]) => name === "`limits`") ?? [];
    expect(stated).toContain(`bytes a record (${limits.record.toLocaleString("en")})`);
  });

  it("gives the bounds of a record", () => {
    const stated = Object.fromEntries(
      table("Bounds").map(([name, value]) => [firstCode([[name ?? ""]])[0], value]),
    );
    expect(stated).toEqual({
      size: `${bounds.size.toLocaleString("en")} bytes`,
      depth: `${bounds.depth} levels`,
      id: `${bounds.id} characters`,
      validity: `${bounds.validity / 86_400_000} days`,
      ahead: `${bounds.ahead / 60_000} minutes`,
    } satisfies Record<keyof typeof bounds, string>);
  });

  it("gives the bounds of references, of what attestations name, and of what a beacon asks for", () => {
    const line = (ref: object) =>
      Buffer.from(
        JSON.stringify({ seq: 1, id: "x", kind: "y", issued: 0, digest: "0".repeat(64), ...ref }),
      );
    expect(section(document, "Feed")).toContain(
      "`id` has at most 512 characters, `kind` at most 200",
    );
    for (const [name, most] of Object.entries({ id: 512, kind: 200 })) {
      expect(readLine(line({ [name]: "x".repeat(most) }))).toHaveProperty("ref");
      expect(() => readLine(line({ [name]: "x".repeat(most + 1) }))).toThrow("can't be read");
    }
    expect(section(document, "Attestation")).toContain("(`@name@host`), in 1 to 300 characters");
    const [example = ""] = blocks(section(document, "Attestation"), "json");
    const { about, ...record } = JSON.parse(example) as JsonObject;
    const named = (name: string) =>
      readAttestation({ ...record, about: { ...(about as JsonObject), name } });
    expect(named("x".repeat(300))).toHaveProperty("name");
    expect(named("x".repeat(301))).not.toHaveProperty("name");
    const { vouched, asked } = quotas;
    expect(section(document, "Beacon")).toContain(
      `twice its count and at most ${asked.toLocaleString("en")}, into its beacon when it has more than ${(vouched / 2).toLocaleString("en")} records`,
    );
  });

  it("gives the times of silence, and for how long a beacon counts", () => {
    const day = 86_400_000;
    expect(table("Liveness").map(([name = "", since]) => [firstCode([[name]])[0], since])).toEqual([
      ["live", `up to ${patience.live / day} days`],
      ["stale", `up to ${patience.stale / day} days`],
      ["hidden", `up to ${patience.hidden / day} days`],
      ["dropped", `more than ${patience.hidden / day} days`],
    ]);
    expect(section(document, "Beacon")).toContain(`− ${countedFor / day} days`);
  });

  it("has an example of a beacon that can be read", () => {
    const [example = ""] = blocks(section(document, "Beacon"), "json");
    const beacon = readBeacon(JSON.parse(example) as JsonObject);
    expect(beacon).toMatchObject({ role: "hub", count: 3, asOf: Date.UTC(2026, 10, 22, 12) + 245 });
    expect(firstCode(table("Beacon").filter(([name = ""]) => name.startsWith("**")))).toEqual([
      "type",
      "count",
      "fingerprint",
      "asOf",
    ]);
  });

  it("gives every reason to refuse a record", () => {
    // The compiler sees to it that this has all of them.
    const reasons = {
      "too-large": true,
      "not-json": true,
      "not-canonical": true,
      "not-a-record": true,
      "foreign-origin": true,
      "from-the-future": true,
      expired: true,
      "unknown-key": true,
      "bad-proof": true,
    } satisfies Record<RefusalReason, true>;
    expect(firstCode(table("Acceptance"))).toEqual(Object.keys(reasons));
  });

  it("names the members of the envelope: those that must be there, and the one that mustn't", () => {
    const named = firstCode(table("Record")).filter((name) => name !== "all others");
    const valid = vectorFiles().get("records/listing.record");
    const record = JSON.parse(new TextDecoder().decode(valid)) as JsonObject;
    const isRecord = (changed: JsonObject) => {
      const body = new TextEncoder().encode(canonicalJson(changed));
      const judged = acceptRecord(body, {
        now: Date.parse("2026-11-21T20:15:04Z"),
        keyOf: () => undefined,
      });
      return "refused" in judged && judged.refused !== "not-a-record";
    };
    expect(isRecord(record)).toBe(true);
    const needed = Object.keys(record).filter((member) => {
      const { [member]: _left, ...rest } = record;
      return !isRecord(rest);
    });
    expect(isRecord({ ...record, signature: {} })).toBe(false);
    expect(new Set(named)).toEqual(new Set([...needed, "signature"]));
  });

  it("says how long a type may be, and how many there may be", () => {
    const rule = table("Record").find(([name]) => name === "`type`")?.[1] ?? "";
    const [, most, shortest, longest] =
      /1 to (\d+) strings, of (\d+) to (\d+) characters/.exec(rule) ?? [];
    const refused = (type: string[]) => {
      const document = { id: "https://a.example/1", attributedTo: "https://a.example/actor", type };
      const key = testKey("https://a.example");
      try {
        return !signRecord({ ...document, issued: "2026-11-21T20:15:03.412Z" }, key);
      } catch {
        return true;
      }
    };
    const name = (length: string | undefined, more = 0) => "x".repeat(Number(length) + more);
    expect(refused(Array<string>(Number(most)).fill(name(longest)))).toBe(false);
    expect(refused(Array<string>(Number(most) + 1).fill("x"))).toBe(true);
    expect(refused([name(longest, 1)])).toBe(true);
    expect(refused([name(shortest)])).toBe(false);
    expect(refused([name(shortest, -1)])).toBe(true);
  });

  const { location } = Listing.shape;
  it.each<[string, z.ZodObject]>([
    ["Terms of a listing", Listing],
    ["Terms of a stakeholder class", StakeholderClass],
    ["Terms of a place", location.unwrap()],
    ["Terms of provenance", Provenance],
    ["Terms of figures", Figures],
    ["Terms of an exchange", Exchange],
    ["Terms of a relation", Relation],
    ["Terms of a mandate", Mandate],
  ])("has the %s in their order, and says which are required", (heading, schema) => {
    const rows = table(heading);
    expect(firstCode(rows)).toEqual(Object.keys(schema.shape));
    const needed = Object.entries(schema.shape).filter(
      ([, field]) => !(field as z.ZodType).safeParse(undefined).success,
    );
    expect(required(rows)).toEqual(needed.map(([name]) => name));
  });

  it("has the code lists", () => {
    const lists = Object.fromEntries(
      table("Codes").map(([name = "", values = ""]) => [name.replaceAll("`", ""), codes(values)]),
    );
    expect(lists).toEqual({
      coopType: CoopType.options,
      "kind of a class": StakeholderKind.options,
      theme: Theme.options,
      level: Level.options,
      status: Status.options,
      voteRule: VoteRule.options,
      distributionConstraint: DistributionConstraint.options,
      precision: Precision.options,
      "kind of provenance": ProvenanceKind.options,
      capital: Capital.options,
      "kind of a relation": RelationKind.options,
    });
  });

  it("shows a tombstone as it is made", () => {
    const [shown] = blocks(section(document, "Tombstone"), "json").map(
      (block) => JSON.parse(block) as Record<string, unknown>,
    );
    const { proof: _proof, ...unsigned } = shown ?? {};
    const { attributedTo, id, issued } = unsigned as Record<string, string>;
    expect(tombstoneRecord(attributedTo!, id!, Date.parse(issued!))).toEqual(unsigned);
  });

  it("shows an attestation as it is made", () => {
    const [shown = {}] = blocks(section(document, "Attestation"), "json").map(
      (block) => JSON.parse(block) as JsonObject,
    );
    const claim = readAttestation(shown);
    const { proof: _proof, "@context": _context, ...unsigned } = shown;
    const { attributedTo, id, issued } = unsigned as Record<string, string>;
    const { "@context": _made, ...made } = attestationRecord(
      attributedTo!,
      id!,
      claim!,
      Date.parse(issued!),
    );
    expect(made).toEqual(unsigned);
  });

  it("names the registers whose rules are known", () => {
    const named = codes(section(document, "Organisations"));
    expect(named.filter((code) => /^[A-Z]{2}-/.test(code))).toEqual(knownRegisters);
  });

  it("names what a node's description says, and the limits of this one", () => {
    expect(firstCode(table("Node description"))).toEqual(Object.keys(Description.shape));
    const feed = section(document, "Feed");
    expect(feed).toContain(`1 to ${limits.page}`);
    expect(feed).toContain(`0 to ${limits.wait}`);
    expect(section(document, "Records by digest")).toContain(`1 to ${limits.records}`);
  });

  it("names the parameters of the feed and what they are without being given", () => {
    const rows = table("Feed");
    expect(firstCode(rows)).toEqual(Object.keys(FeedQuery.shape));
    const defaults = Object.fromEntries(
      rows.map(([name = "", , value = ""]) => [
        name.replaceAll("`", ""),
        value.replaceAll("`", ""),
      ]),
    );
    const read = FeedQuery.parse({});
    expect(defaults).toEqual({
      after: read.after,
      limit: String(read.limit),
      view: read.view,
      origin: "all",
      wait: String(read.wait),
    });
  });
});
