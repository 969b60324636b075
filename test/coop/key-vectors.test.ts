import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { follow, type KeyHistory, readKeyHistory } from "../../src/coop/key-history.ts";
import { keyVectors } from "../helpers/key-vectors.ts";

const text = readFileSync(join(import.meta.dirname, "../../fixtures/keys/expected.json"), "utf8");
const { actor, cases } = JSON.parse(text) as {
  actor: string;
  cases: {
    what: string;
    pinned: KeyHistory;
    offered: unknown;
    expected: { history: KeyHistory; accepted: string[]; ended: string[]; doubted: object[] };
  }[];
};

describe("the vectors of keys in fixtures", () => {
  it("are what this code makes", () => {
    expect(keyVectors()).toBe(text);
  });

  it.each(cases)("$what", ({ pinned, offered, expected }) => {
    const { history, accepted, ended, doubted } = follow(pinned, readKeyHistory(offered, actor));
    expect({
      history,
      accepted: accepted.map(({ id }) => id),
      ended: ended.map(({ id }) => id),
      doubted: doubted.map(({ entry: { id }, why }) => ({ id, why })),
    }).toEqual(expected);
  });

  it("show every doubt that there is", () => {
    const shown = cases.flatMap((each) => each.expected.doubted as { why: string }[]);
    expect(new Set(shown.map(({ why }) => why))).toEqual(
      new Set(["unchained", "fork", "changed", "dropped"]),
    );
  });
});
