import { type KeyObject } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { protect } from "../../src/coop/disclosure.ts";
import type { ListingContent } from "../../src/coop/listing.ts";
import { listingId, readListing } from "../../src/coop/listing-record.ts";
import { newDraft, openDraft, publishDraft } from "../../src/directory/draft.ts";
import { loadIdentity } from "../../src/directory/identity.ts";
import { exportCoop } from "../../src/directory/leave.ts";
import { readLeaveFile } from "../../src/directory/leave-file.ts";
import { takeIn } from "../../src/directory/take-in.ts";
import { coopUrl } from "../../src/directory/ids.ts";
import { contentOf } from "../../src/directory/sign-listing.ts";
import { receive } from "../../src/directory/receive.ts";
import { watch } from "../../src/events.ts";
import { feedPage, FeedQuery, readLine } from "../../src/replication/feed.ts";
import * as changes from "../../src/store/changes.ts";
import * as records from "../../src/store/records.ts";
import { contentOf as contentOfForm, formOf } from "../../src/web/editor/form.ts";
import { freshStore } from "../helpers/database.ts";
import { replicaOf } from "../helpers/replica.ts";
import { tidyContent } from "../helpers/tidy-content.ts";

/**
 * One journey through all doors: written in the form, published, signed, read
 * from the feed by another node, taken along as a file, taken in there, opened
 * in the form again and published again. Nothing may change on the way.
 */
test("any listing survives edit, signature, replication, export and import unchanged", async () => {
  await using here = await freshStore("sqlite");
  await using there = await freshStore("sqlite");
  let now = Date.parse("2026-11-21T20:15:03.412Z");
  const node = await loadIdentity(here.db, "https://a.example", now);
  const other = await loadIdentity(there.db, "https://b.example", now);
  using stop = new DisposableStack();
  const end = stop.adopt(new AbortController(), (controller) => controller.abort());
  const feed = {
    replica: await replicaOf(here.db, node),
    now: Date.now,
    watch: watch(() => changes.head(here.db), 1000, end.signal),
  };
  let count = 0;

  await fc.assert(
    fc.asyncProperty(tidyContent, async (anything) => {
      now += 1000;
      count += 1;
      const written = { ...anything, provenance: { kind: "claimed" } };
      const handle = `coop_${count}`;
      // Written in the form, and published.
      const entered = { ...contentOfForm(formOf(written)).content };
      const id = await newDraft(here.db, { content: {}, handle, by: null }, now);
      const desk = await openDraft(here.db, node, id);
      const writing = { content: entered, base: desk.edition, account: null };
      await publishDraft(here.db, node, id, writing, now);

      // Read by another node.
      const head = await changes.head(here.db);
      const query = FeedQuery.parse({ after: "0", view: "full", limit: "2000" });
      const page = await feedPage(feed, query, end.signal);
      expect(page.next.seq).toBe(head);
      const bodies = page.lines
        .map((line) => readLine(line))
        .flatMap((line) => ("body" in line ? [line.body] : []));
      const keyOf = (): KeyObject => node.publicKey;
      await receive(there.db, bodies.slice(-1), {
        node: other,
        now,
        insecure: false,
        keyOf,
        holds: () => true,
      });
      const held = await records.get(there.db, listingId(coopUrl(node, id)));
      const listing = readListing(JSON.parse(new TextDecoder().decode(held?.body)));
      const expected = protect(written as ListingContent).content;
      const usual = { status: "active", level: "primary" };
      expect(contentOf(listing!)).toEqual({ ...usual, ...expected });

      // Taken along as a file, and taken in elsewhere.
      const file = readLeaveFile(
        new TextEncoder().encode(JSON.stringify(await exportCoop(here.db, node, id, now))),
      );
      const moved = await takeIn(there.db, file, { by: null }, now);
      const opened = await openDraft(there.db, other, moved.id);
      expect(opened.content).toEqual({ ...usual, ...written });

      // Opened in the form and published again: that changes nothing.
      const again = contentOfForm(formOf(opened.content)).content;
      const anew = await openDraft(here.db, node, id);
      const done = await publishDraft(
        here.db,
        node,
        id,
        { content: again, base: anew.edition, account: null },
        now + 1,
      );
      expect(done).toMatchObject({ changed: false });
      expect(await changes.head(here.db)).toBe(head);
    }),
    { numRuns: 40 },
  );
});
