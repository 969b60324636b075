import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { countsAt } from "../../src/coop/key-history.ts";
import { publicKeyOf } from "../../src/coop/proof.ts";
import { acceptRecord, type RefusalReason } from "../../src/coop/record.ts";
import { compareVersions } from "../../src/coop/version.ts";
import { vectorFiles } from "../helpers/vectors.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const read = (path: string) => new Uint8Array(readFileSync(join(fixtures, path)));

interface Expected {
  /** Epoch ms of the clock that judges. */
  now: number;
  pinned: { method: string; publicKeyMultibase: string; until?: number; dropped?: number }[];
  records: Record<string, Record<string, unknown>>;
}

function expected(folder: string): Expected {
  return JSON.parse(readFileSync(join(fixtures, folder, "expected.json"), "utf8")) as Expected;
}

/** Judges a file as the vectors say: by their clock and their pinned keys. */
function judge(folder: string, file: string) {
  const { now, pinned } = expected(folder);
  const keyOf = (method: string, issued: number) => {
    const pin = pinned.find((each) => each.method === method);
    const ends = { retired: pin?.until ?? null, dropped: pin?.dropped ?? null };
    return pin && countsAt(ends, issued) ? publicKeyOf(pin.publicKeyMultibase) : undefined;
  };
  return acceptRecord(read(`${folder}/${file}`), { now, keyOf });
}

const recordsIn = (folder: string) =>
  readdirSync(join(fixtures, folder)).filter((name) => name.endsWith(".record"));

describe("the vectors in fixtures", () => {
  it("are what this code makes, byte for byte", () => {
    for (const [path, body] of vectorFiles()) {
      expect(Buffer.from(read(path)).equals(body), path).toBe(true);
    }
    for (const folder of ["records", "invalid"]) {
      expect(Object.keys(expected(folder).records).toSorted()).toEqual(
        recordsIn(folder).toSorted(),
      );
    }
  });

  it.each(recordsIn("records"))("%s is accepted", (file) => {
    const { id, kind, issued, tombstone, digest } = expected("records").records[file] ?? {};
    expect(judge("records", file)).toMatchObject({
      record: { id, kind, issued, tombstone, digest },
    });
  });

  it("has a tombstone that supersedes the listing", () => {
    const [listing, tombstone] = ["listing.record", "tombstone.record"].map((file) => {
      const judged = judge("records", file);
      if ("refused" in judged) throw new Error(judged.why);
      return judged.record;
    });
    expect(tombstone?.id).toBe(listing?.id);
    expect(compareVersions(tombstone!, listing!)).toBeGreaterThan(0);
  });

  it.each(recordsIn("invalid"))("%s is refused for the reason given", (file) => {
    const judged = judge("invalid", file);
    expect("refused" in judged ? judged.refused : "accepted").toBe(
      expected("invalid").records[file]?.["reason"],
    );
  });

  it("have an example of every reason to refuse a record", () => {
    const reasons: Record<RefusalReason, true> = {
      "too-large": true,
      "not-json": true,
      "not-canonical": true,
      "not-a-record": true,
      "foreign-origin": true,
      "from-the-future": true,
      expired: true,
      "unknown-key": true,
      "bad-proof": true,
    };
    const shown = Object.values(expected("invalid").records).map(({ reason }) => reason);
    expect(new Set(shown)).toEqual(new Set(Object.keys(reasons)));
  });
});
