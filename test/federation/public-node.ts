import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { post } from "../../src/directory/post.ts";
import { addCoop } from "../../src/directory/publish.ts";
import type { ListingContent } from "../../src/coop/listing.ts";
import { bakery } from "../helpers/nodes.ts";

/** A node at a public https address, without sockets: what it is asked goes straight in. */
export interface PublicNode extends AsyncDisposable {
  readonly origin: string;
  readonly app: App;
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Asks as other servers do, and reads the JSON that comes. */
  json(path: string, accept?: string): Promise<Record<string, unknown>>;
}

/** Starts one, with nothing on it and no work in the background. */
export async function publicNode(): Promise<PublicNode> {
  const origin = "https://coops.example";
  const dataDir = mkdtempSync(join(tmpdir(), "fragaria-public-"));
  const env = { ORIGIN: origin, DATA_DIR: dataDir, SOURCE_URL: "https://code.example/fragaria" };
  const app = await createApp(readConfig(env));
  const ask = async (path: string, init?: RequestInit) =>
    app.fetch(new Request(new URL(path, origin), init));
  return {
    origin,
    app,
    ask,
    async json(path, accept = "application/activity+json") {
      const response = await ask(path, { headers: { accept } });
      if (!response.ok) throw new Error(`${path} answers ${response.status}`);
      return (await response.json()) as Record<string, unknown>;
    },
    async [Symbol.asyncDispose]() {
      app.stop();
      await app[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A co-op with every fact that shows in its actor. */
export const fullBakery: ListingContent = bakery({
  nameMap: { fr: "Boulangerie de la Gare", en: "Station Bakery" },
  summary:
    "Du pain au levain, cuit par ses membres.\n\nOuvert à tous : https://bakery.example/join #coops <3",
  url: "https://bakery.example/",
  icon: {
    type: "Image",
    url: "https://bakery.example/icon.png",
    mediaType: "image/png",
    name: "Un pain rond",
  },
  image: {
    type: "Image",
    url: "https://bakery.example/front.jpg",
    mediaType: "image/jpeg",
    name: "La devanture, tôt le matin",
  },
  coopType: "multi-stakeholder",
  purpose: "Nourrir le quartier.",
  purposeMap: { fr: "Nourrir le quartier.", en: "To feed the neighbourhood." },
  legalForm: "Coopérative de solidarité",
  legalFormCode: "form:ca-qc-coop-solidarite",
  foundingDate: "1997-05",
  howToJoin: "Venez <mardi> : https://bakery.example/join",
  figures: [
    { year: 2024, members: 318, workers: 15 },
    {
      year: 2025,
      asOf: "2025-12-31",
      source: "Annual report",
      estimate: true,
      workers: 17,
      membersBySex: { female: 180, male: 140, notStated: { fewerThan: 5 } },
      turnover: 1_612_500,
      currency: "CAD",
    },
    { year: 2025, source: "Our register", membersByClass: { workers: 13, eaters: 307 } },
  ],
  location: {
    type: "Place",
    address: { type: "PostalAddress", addressLocality: "Rimouski", addressCountry: "CA" },
    latitude: 48.449,
    longitude: -68,
    precision: "locality",
    region: ["iso3166-2:CA-QC"],
  },
  stakeholders: [
    {
      key: "workers",
      kind: "worker",
      name: "Travailleuses & travailleurs",
      members: 12,
      voteShare: 60,
      boardSeats: 3,
      capitalShare: 30.5,
      asOf: "2024-12-31",
      followable: true,
    },
    {
      key: "eaters",
      kind: "user",
      name: "Mangeurs",
      members: 310,
      voteShare: 40,
      capitalShare: 69.5,
      asOf: "2024-12-31",
    },
    {
      key: "inclusion",
      kind: "disadvantaged-worker",
      name: "Insertion",
      members: { fewerThan: 5 },
      asOf: "2024-12-31",
    },
  ],
  voteRule: "by-class",
});

/** Publishes that co-op with an introduction on top and news in two languages. */
export async function addBakery({ app }: PublicNode, now = Date.now()): Promise<string> {
  const { id } = await addCoop(app.db, app.node, "bakery", fullBakery, now);
  await post(app.db, id, { fr: "Bonjour !" }, now - 1000, { pinned: true });
  await post(
    app.db,
    id,
    {
      fr: "Du pain dès 7 h.\nVenez ! #pain",
      en: "Bread from 7. Come! #bread https://bakery.example/",
    },
    now,
  );
  return id;
}
