import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, writeFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, onTestFinished } from "vitest";
import { Capital, RelationKind } from "../../src/coop/codes.ts";
import { protect } from "../../src/coop/disclosure.ts";
import { type Count, Listing, sensitiveKinds } from "../../src/coop/listing.ts";
import { listingRecord, readListing } from "../../src/coop/listing-record.ts";
import { bounds, signRecord } from "../../src/coop/record.ts";
import { regionPath } from "../../src/coop/regions.ts";
import { multiStakeholder } from "../../src/coop/stakeholders.ts";
import { warningsOf } from "../../src/coop/warnings.ts";
import { type ExampleFile, readExamples } from "../../src/directory/examples.ts";

const folder = fileURLToPath(new URL("../../fixtures/examples", import.meta.url));
const examples = await readExamples(folder);
const node = "https://directory.example/actor";
const key = { method: `${node}#ed25519`, privateKey: generateKeyPairSync("ed25519").privateKey };

function listingOf({ handle, content }: ExampleFile): Listing {
  return Listing.parse({
    ...content,
    id: `https://directory.example/coops/${handle}`,
    type: ["Organization", "schema:Cooperative"],
    updated: "2026-11-21T20:00:00Z",
    preferredUsername: handle,
    listed: true,
  });
}

/** What the classes that tell it have together, or undefined if none does. */
function total(
  { content }: ExampleFile,
  field: "voteShare" | "boardSeats" | "capitalShare",
): number | undefined {
  const told = (content.stakeholders ?? []).flatMap((each) => each[field] ?? []);
  return told.length === 0 ? undefined : told.reduce((sum, each) => sum + each, 0);
}

/** What the counts are together; undefined where one is only a bound, or none is given. */
function sum(counts: Record<string, Count | undefined> | undefined): number | undefined {
  const all = Object.values(counts ?? {});
  if (all.length === 0 || !all.every((each) => typeof each === "number")) return undefined;
  return all.reduce((total, each) => total + each, 0);
}

test("the ILO's test answers as intended", () => {
  const answers = examples.map(({ handle, content }) => [handle, multiStakeholder(content)]);
  expect(Object.fromEntries(answers)).toEqual({
    fil_des_jours: "yes",
    grange_a_partage: "yes",
    ateliers_du_fjord: "unknown",
    fili_di_brina: "yes",
    terra_di_maggese: "no",
    halle_quatre_vents: "yes",
    roue_libre_tregor: "yes",
    hilando_cuidados: "yes",
    valle_vivo: "yes",
    raiz_comum: "no",
    zielony_prog: "no",
    bukkalja_kosar: "yes",
  });
});

describe.each(examples.map((example) => [example.handle, example] as const))("%s", (_, example) => {
  const { content, posts } = example;
  const classes = content.stakeholders ?? [];

  test("adds up", () => {
    const votes = total(example, "voteShare");
    if (votes !== undefined) expect(votes).toBeCloseTo(100, 8);
    const capital = total(example, "capitalShare");
    if (capital !== undefined) expect(capital).toBeCloseTo(100, 8);
    expect(total(example, "boardSeats")).toBe(content.boardSize);
  });

  test("votes follow the vote rule", () => {
    const voting = classes.filter(({ voteShare }) => voteShare !== undefined && voteShare > 0);
    const heads = voting.reduce((sum, { members }) => sum + Number(members), 0);
    for (const { members, voteShare = 0 } of voting) {
      if (content.voteRule === "one-member-one-vote") {
        expect(Math.abs(voteShare - (100 * Number(members)) / heads)).toBeLessThan(0.02);
      } else {
        // The colleges of a SCIC.
        expect(voteShare).toBeGreaterThanOrEqual(10);
        expect(voteShare).toBeLessThanOrEqual(50);
      }
    }
  });

  test("keeps to the law of its form", () => {
    const by = (kind: string) =>
      classes
        .filter((each) => each.kind === kind)
        .reduce((sum, each) => sum + Number(each.members), 0);
    const all = classes.reduce((sum, { members }) => sum + Number(members), 0);
    switch (content.legalForm) {
      case "Coopérative de solidarité":
        for (const { kind, boardSeats = 0 } of classes) {
          expect(["user", "producer", "worker", "supporting"]).toContain(kind);
          if (kind === "supporting")
            expect(boardSeats * 3).toBeLessThanOrEqual(content.boardSize ?? 0);
        }
        break;
      case "Cooperativa sociale di tipo B":
        expect(
          by("disadvantaged-worker") / (by("worker") + by("disadvantaged-worker")),
        ).toBeGreaterThanOrEqual(0.3);
        expect(by("supporting") / all).toBeLessThanOrEqual(0.5);
        expect(content.legalName).toMatch(/cooperativa sociale/i);
        break;
      case "Cooperativa sociale di tipo A":
        expect(by("supporting") / all).toBeLessThanOrEqual(0.5);
        expect(content.legalName).toMatch(/cooperativa sociale/i);
        break;
      case "Société coopérative d’intérêt collectif (SCIC)":
        expect(new Set(classes.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(3);
        expect(classes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["user", "worker"]));
        break;
      case "Cooperativa de iniciativa social":
        expect(content.distributionConstraint).toBe("non-distributing");
        for (const { kind, voteShare, capitalShare } of classes) {
          if (kind !== "supporting") continue;
          expect(voteShare).toBeLessThanOrEqual(30);
          expect(capitalShare).toBeLessThanOrEqual(45);
        }
        break;
      case "Cooperativa integral":
        for (const { boardSeats } of classes) expect(boardSeats).toBeGreaterThan(0);
        break;
      case "Cooperativa de solidariedade social":
        expect(content.distributionConstraint).toBe("non-distributing");
        break;
      case "Spółdzielnia socjalna":
        expect(by("disadvantaged-worker") / all).toBeGreaterThanOrEqual(0.5);
        break;
      case "Szociális szövetkezet":
        expect(by("worker")).toBeGreaterThan(0);
        expect(by("public-body")).toBeGreaterThan(0);
        expect(all).toBeGreaterThanOrEqual(7);
        break;
      default:
        throw new Error(`no rules for ${content.legalForm}`);
    }
  });

  test("gives no small count of a sensitive class", () => {
    const sensitive = classes.filter(({ kind }) => sensitiveKinds.has(kind));
    const counts = sensitive.flatMap(({ key: of, members }) => [
      members,
      ...(content.figures ?? []).map(({ membersByClass }) => membersByClass?.[of]),
    ]);
    for (const count of counts) {
      if (typeof count === "number") expect(count).toBeGreaterThanOrEqual(5);
    }
    // Nor what would give it away: what is written is what is published.
    expect(protect(content).hidden).toEqual([]);
  });

  test("has figures that add up, and end with the classes as they are", () => {
    const { figures = [] } = content;
    for (const row of figures) {
      expect(row.source).toBe("Invented for this worked example");
      const { members, membersNatural, membersLegal, membersBySex, membersByClass } = row;
      const byClass = sum(membersByClass);
      if (membersNatural !== undefined) {
        expect(Number(membersNatural) + Number(membersLegal)).toBe(members);
      }
      if (membersBySex !== undefined) expect(sum(membersBySex)).toBe(membersNatural ?? members);
      if (byClass !== undefined) expect(byClass).toBe(members);
      const names = new Set(classes.map((each) => each.key));
      for (const each of Object.keys(membersByClass ?? {})) expect(names).toContain(each);
      const working = classes.filter(({ kind }) => kind.endsWith("worker"));
      if (row.workerMembers !== undefined) {
        const counts = working.map((each) => Number(membersByClass?.[each.key]));
        expect(row.workerMembers).toBe(counts.reduce((all, each) => all + each, 0));
        expect(Number(row.workers)).toBeGreaterThanOrEqual(Number(row.workerMembers));
      }
    }
    const last = figures.findLast(({ membersByClass }) => membersByClass !== undefined);
    if (last === undefined) return;
    const now = Object.fromEntries(classes.map((each) => [each.key, each.members]));
    expect(last.membersByClass).toEqual(now);
    expect(classes.every(({ asOf }) => asOf === last.asOf)).toBe(true);
  });

  test("is written in its own language first, and in English", () => {
    const language = content.inLanguage ?? "";
    expect(content.nameMap?.[language]).toBe(content.name);
    expect(content.summaryMap?.[language]).toBe(content.summary);
    expect(content.howToJoinMap?.[language]).toBe(content.howToJoin);
    expect(content.purposeMap?.[language]).toBe(content.purpose);
    const exchanges = [...(content.offers ?? []), ...(content.needs ?? [])];
    for (const { name, nameMap } of exchanges) expect(nameMap?.[language]).toBe(name);
    const maps = [content.nameMap, content.summaryMap, content.howToJoinMap, content.purposeMap];
    for (const map of [...maps, ...exchanges.map(({ nameMap }) => nameMap)]) {
      expect(Object.keys(map ?? {})).toEqual([language, "en"]);
    }
    for (const post of posts) expect(Object.keys(post.content)).toEqual([language, "en"]);
    expect(posts.map(({ pinned }) => pinned ?? false)).toEqual([
      true,
      ...posts.slice(1).map(() => false),
    ]);
    expect(posts.length).toBeGreaterThanOrEqual(2);
  });

  test("cannot be mistaken for a co-op that exists", () => {
    expect(content.example).toBe(true);
    expect(content.url).toMatch(/^https:\/\/[a-z]+\.example\/$/);
    expect(content.contactPoint?.email).toMatch(/\.example$/);
    expect(content.identifier).toBeUndefined();
    for (const { id, url = "https://none.example/", identifier } of content.relations ?? []) {
      expect(url).toMatch(/^https:\/\/[a-z]+\.example\/$/);
      expect([id, identifier]).toEqual([undefined, undefined]);
    }
    expect(content.provenance.kind).toBe("claimed");
    expect(content.license).toBe("CC0-1.0");
  });

  test("is found in its country", () => {
    const { region = [], address } = content.location ?? {};
    const country = `iso3166-1:${address?.addressCountry}`;
    expect(regionPath(region[0] ?? "").at(-1)).toBe(country);
  });

  test("fits into a signed record, which says the same", () => {
    const listing = listingOf(example);
    const record = signRecord(listingRecord(node, listing, Date.UTC(2026, 10, 21)), key);
    expect(record.body.length).toBeLessThan(bounds.size);
    expect(readListing(record.document)).toEqual(listing);
  });
});

test("nothing is odd about them, but for what is to be seen", () => {
  const odd = examples.flatMap(({ handle, content }) =>
    warningsOf(content, "2026-11-22").map(({ path }) => `${handle}: ${path}`),
  );
  // An offer that has expired; and a majority, which the summary owns up to.
  expect(odd).toEqual(["fil_des_jours: offers.2.validThrough", "raiz_comum: coopType"]);
});

test("every term that a listing has is seen in an example, and most in several", () => {
  const shown = (term: keyof ExampleFile["content"]) =>
    examples.filter(({ content }) => content[term] !== undefined).length;
  const optional = Object.keys(examples[0]?.content ?? {}) as (keyof ExampleFile["content"])[];
  for (const term of optional) expect(shown(term), term).toBeGreaterThan(1);
  for (const term of ["figures", "offers", "needs", "relations", "purpose"] as const) {
    expect(shown(term), term).toBeGreaterThan(9);
  }
  const all = JSON.stringify(examples);
  for (const said of ["fewerThan", '"estimate":true', '"veto":true', "notStated", '"self:']) {
    expect(all, said).toContain(said);
  }
  for (const kind of RelationKind.options.filter((each) => each !== "part-of")) {
    expect(all, kind).toContain(`"kind":"${kind}"`);
  }
  for (const capital of Capital.options) expect(all, capital).toContain(`"capital":"${capital}"`);
});

test("ties are told from both sides where they have two", () => {
  const otherSide: Record<string, string> = {
    supplies: "buys-from",
    "buys-from": "supplies",
    "helped-to-found": "supported-by",
    "supported-by": "helped-to-found",
  };
  for (const { handle, ties = [] } of examples) {
    for (const { kind, handle: with_ } of ties) {
      const back = examples.find((each) => each.handle === with_)?.ties ?? [];
      expect(back).toContainEqual(expect.objectContaining({ kind: otherSide[kind], handle }));
    }
  }
});

test("handles and websites are not used twice", () => {
  expect(new Set(examples.map(({ handle }) => handle)).size).toBe(examples.length);
  expect(new Set(examples.map(({ content }) => content.url)).size).toBe(examples.length);
});

test("a bad file is named, with the place of the fault", async () => {
  const bad = await mkdtemp(join(tmpdir(), "fragaria-examples-"));
  onTestFinished(() => rm(bad, { recursive: true }));
  const { content } = examples[0] ?? {};
  const file = join(bad, "bad.json");
  await writeFile(
    file,
    JSON.stringify({ handle: "bad", content: { ...content, coopType: "nice" }, posts: [] }),
  );
  await expect(readExamples(bad)).rejects.toThrow(
    /bad\.json is not a worked example: content\.coopType: /,
  );
  await writeFile(
    file,
    JSON.stringify({
      handle: "bad",
      content,
      ties: [{ kind: "supplies", handle: "nobody" }],
      posts: [],
    }),
  );
  await expect(readExamples(bad)).rejects.toThrow(
    /has no worked example “nobody”, with which “bad” has ties/,
  );
  await writeFile(file, "{");
  await expect(readExamples(bad)).rejects.toThrow(/bad\.json is not JSON: /);
});
