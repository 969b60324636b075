import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import type { Listing, ListingContent } from "../../src/coop/listing.ts";
import { listingRecord } from "../../src/coop/listing-record.ts";
import { signRecord, type SignedRecord } from "../../src/coop/record.ts";
import { addExamples } from "../../src/directory/examples.ts";
import { type Identity, loadIdentity } from "../../src/directory/identity.ts";
import { importRows } from "../../src/directory/import.ts";
import { post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import { openImportDesk } from "../../src/directory/import-desk.ts";
import { openPictureDesk } from "../../src/directory/pictures/desk.ts";
import { openStudio } from "../../src/directory/pictures/studio.ts";
import { createThrottle } from "../../src/directory/throttle.ts";
import { watch } from "../../src/events.ts";
import { openIndex } from "../../src/index/sqlite-index.ts";
import { machineClock } from "../../src/replication/replica.ts";
import { repairDesk } from "../../src/replication/reconcile.ts";
import { SealedCopy } from "../../src/replication/sealed-copy.ts";
import { Requesters } from "../../src/replication/signed-request.ts";
import * as changes from "../../src/store/changes.ts";
import type { Engine } from "../../src/store/dialect.ts";
import * as records from "../../src/store/records.ts";
import type { Db } from "../../src/store/schema.ts";
import { createWeb, type Site } from "../../src/web/routes.ts";
import { freshStore } from "./database.ts";
import { replicaOf } from "./replica.ts";

/** The folder of the worked examples. */
const exampleFolder = join(import.meta.dirname, "../../fixtures/examples");

/** The moment at which tests take place. */
export const now = Date.UTC(2026, 10, 21, 20, 0, 0);

/** A site on a database of its own: `await using site = await testSite()`. */
export interface TestSite extends AsyncDisposable {
  web: Hono;
  site: Site;
  db: Db;
  node: Identity;
  /** Asks as a browser does, or with other headers. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** The text of a page. */
  page(path: string): Promise<string>;
  /** Publishes a co-op with an actor and waits for the index. Returns its id. */
  add(handle: string, content?: Partial<ListingContent>): Promise<string>;
  /** Publishes imported listings. Returns their URLs. */
  import(contents: Partial<ListingContent>[]): Promise<string[]>;
  say(coop: string, text: string, pinned?: boolean): Promise<string>;
  /** Takes in records as a peer's feed would bring them. */
  take(records: SignedRecord[]): Promise<void>;
  /** The worked examples of fixtures/examples. */
  addExamples(): Promise<void>;
}

const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** What a listing needs at least. */
const bare: ListingContent = {
  name: "Example",
  provenance: { kind: "claimed" },
  license: "CC0-1.0",
  discoverable: true,
  indexable: true,
};

/** A co-op with every fact that a page can show. */
export const bakery: Partial<ListingContent> = {
  name: "Boulangerie de la Gare",
  nameMap: { fr: "Boulangerie de la Gare", en: "Station Bakery" },
  summary: "Du pain au levain.\nOuvert à tous.",
  summaryMap: { en: "Sourdough bread.\nOpen to all." },
  inLanguage: "fr",
  url: "https://bakery.example/",
  coopType: "multi-stakeholder",
  theme: ["food", "work"],
  activity: ["isic4:1071", "isic4:4721"],
  foundingDate: "1997-05",
  howToJoin: "Write to us: https://bakery.example/join.",
  contactPoint: { type: "ContactPoint", email: "hello@bakery.example" },
  location: {
    type: "Place",
    address: { type: "PostalAddress", addressLocality: "Rimouski", addressCountry: "CA" },
    latitude: 48.449,
    longitude: -68.523,
    precision: "locality",
    region: ["iso3166-2:CA-QC"],
  },
  stakeholders: [
    {
      key: "workers",
      kind: "worker",
      name: "Workers",
      members: 12,
      voteShare: 40,
      boardSeats: 3,
      capitalShare: 30,
    },
    {
      key: "eaters",
      kind: "user",
      name: "Eaters",
      members: 310,
      voteShare: 35,
      boardSeats: 2,
      capitalShare: 45,
    },
    {
      key: "inclusion",
      kind: "disadvantaged-worker",
      name: "Inclusion",
      members: { fewerThan: 5 },
      voteShare: 10,
      boardSeats: 1,
    },
    {
      key: "town",
      kind: "public-body",
      name: "Town",
      members: 1,
      voteShare: 15,
      boardSeats: 1,
      capitalShare: 25,
    },
  ],
  voteRule: "by-class",
  boardSize: 8,
  distributionConstraint: "limited",
  indivisibleReserve: true,
};

/** What an import of open data says of where it comes from. */
const openData: ListingContent["provenance"] = {
  kind: "imported",
  isBasedOn: "https://data.example/coops.csv",
  creditText: "Co-operatives of Example",
  license: "ODC-By-1.0",
  retrieved: "2026-11-01",
};

/** A listing as another node has signed it, whatever it says. */
export async function foreignListing(origin: string, about: Record<string, unknown>) {
  await using store = await freshStore("sqlite");
  const node = await loadIdentity(store.db, origin, now);
  const listing = {
    ...bare,
    id: `${origin}/coops/abcdefghjk`,
    type: ["Organization", "schema:Cooperative"],
    updated: new Date(now).toISOString(),
    listed: true,
    ...about,
  };
  // Not checked on purpose: other nodes may write what they like.
  return signRecord(listingRecord(node.actor, listing as unknown as Listing, now), node.signing);
}

/** Opens a site with nothing on it. */
export async function testSite(
  changed: Partial<Site> = {},
  origin = "https://coops.example",
  engine: Engine = "sqlite",
): Promise<TestSite> {
  const store = await freshStore(engine);
  const { db } = store;
  const node = await loadIdentity(db, origin, now);
  const stop = new AbortController();
  const index = await openIndex(db, ":memory:");
  const log = watch(() => changes.head(db), 10, stop.signal);
  const uploads = mkdtempSync(join(tmpdir(), "fragaria-uploads-"));
  const replica = await replicaOf(db, node);
  const machine = machineClock(() => now);
  const site: Site = {
    db,
    node,
    index,
    feed: { replica, watch: log, now: Date.now },
    repairs: repairDesk(replica, new SealedCopy(replica, machine), fetch, machine),
    requesters: new Requesters(fetch, machine),
    role: "hub",
    name: "Coops Example",
    contact: "directory@coops.example",
    sourceUrl: "https://code.example/fragaria",
    clock: () => now,
    arrivals: { faults: () => [] },
    imports: openImportDesk(db, node, uploads, () => now, stop.signal),
    pictures: openPictureDesk(uploads, openStudio({ idle: 10_000, patience: 600_000 })),
    throttle: createThrottle(),
    ready: () => Promise.resolve(true),
    federation: () => Promise.resolve(undefined),
    ...changed,
  };
  const web = createWeb(site);
  let clock = now;
  const get = async (path: string, headers: Record<string, string> = {}) =>
    web.request(path, { headers: { accept: browser, ...headers } });
  return {
    web,
    site,
    db,
    node,
    get,
    page: async (path) => (await get(path)).text(),
    async add(handle, content = {}) {
      const { id } = await addCoop(db, node, handle, { ...bare, ...content }, ++clock);
      await index.catchUp();
      return id;
    },
    async import(contents) {
      const rows = contents.map((content, key) => ({
        key: String(key),
        content: { ...bare, provenance: openData, ...content },
      }));
      const before = await changes.head(db);
      // oxlint-disable-next-line typescript/require-await -- importRows takes a stream
      const stream = (async function* () {
        yield* rows;
      })();
      const report = await importRows(db, node, "test", stream, () => ++clock);
      if (report.refusedCount > 0) throw new Error(report.refused[0]?.why);
      await index.catchUp();
      const logged = await records.after(db, before, 1000);
      return logged.map(({ id }) => id.replace(/\/listing$/, ""));
    },
    say: (coop, text, pinned = false) => post(db, coop, { en: text }, ++clock, { pinned }),
    async take(taken) {
      await db.transaction().execute((tx) => records.put(tx, taken, ++clock));
      await index.catchUp();
    },
    async addExamples() {
      await addExamples(db, node, exampleFolder, now);
      await index.catchUp();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await site.imports.idle();
      await site.pictures[Symbol.asyncDispose]();
      rmSync(uploads, { recursive: true });
      await index[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
