import fc from "fast-check";
import { expect, it } from "vitest";
import type { SearchQuery } from "../../src/coop/query.ts";
import { searchHref } from "../../src/web/pages/search-address.ts";
import { asked as askedWords, directory, filters, links } from "../index/arbitraries.ts";
import { slowly } from "../index/model.ts";
import { attestation, put, record } from "../index/samples.ts";
import { eachEngine } from "../helpers/database.ts";
import { testSite, type TestSite } from "../helpers/site.ts";

interface Answer {
  total: number;
  examples: number;
  items: { id: string }[];
  facets: Record<string, unknown>;
  next: string | null;
  previous: string | null;
  corrected: unknown;
}

async function ask(site: TestSite, address: string): Promise<Answer> {
  const { pathname, search } = new URL(address, "https://coops.example");
  const answer = await site.get(pathname + search, { accept: "application/json" });
  expect(answer.status, search).toBe(200);
  return (await answer.json()) as Answer;
}

eachEngine("the API", (engine) => {
  // All filters at once find hardly anything: one at most, so that there are pages to turn.
  const question = fc.tuple(
    fc.option(askedWords, { nil: undefined, freq: 1 }),
    fc
      .tuple(filters, fc.constantFrom("none", "theme", "region", "type", "level", "status"))
      .map(([{ sort, limit, ...rest }, kept]): SearchQuery => {
        const filter = Object.entries(rest).filter(([name]) => name === kept);
        return { ...Object.fromEntries(filter), sort, limit };
      }),
  );

  it("finds, counts and pages, forwards and backwards, as looking at every listing does", async () => {
    await fc.assert(
      fc.asyncProperty(
        directory(20),
        links(20),
        fc.array(question, { minLength: 1, maxLength: 4 }),
        async (all, attested, questions) => {
          await using site = await testSite({}, undefined, engine);
          await put(site.db, ...all.map((each) => record(each.listing)));
          await put(site.db, ...attested.map((pair) => attestation(pair)));
          await site.site.index.catchUp();
          for (const [words, filter] of questions) {
            const { found, total, examples, facets } = slowly(all, attested, words, filter);
            const query = { ...filter, q: words?.q };
            const first = await ask(site, searchHref(query, "/api/v1/coops"));
            if (first.corrected !== null) continue;
            expect(first).toMatchObject({ total, examples, facets, previous: null });

            const pages = [first];
            for (let next = first.next; next !== null; next = pages.at(-1)?.next ?? null) {
              pages.push(await ask(site, next));
              expect(pages.length).toBeLessThanOrEqual(found.length);
            }
            const ids = pages.map(({ items }) => items.map(({ id }) => id));
            expect(ids.flat().toSorted()).toEqual(
              found.map(({ listing }) => listing.id).toSorted(),
            );
            const back: string[][] = [];
            let at = pages.at(-1);
            while (at !== undefined) {
              back.unshift(at.items.map(({ id }) => id));
              at = at.previous === null ? undefined : await ask(site, at.previous);
            }
            expect(back).toEqual(ids);
          }
        },
      ),
      { numRuns: engine === "sqlite" ? 12 : 4 },
    );
  }, 60_000);
});
