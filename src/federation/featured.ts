import { Hashtag } from "@fedify/fedify/vocab";
import type { Theme } from "../coop/codes.ts";
import type { Listing } from "../coop/listing.ts";
import type { Identity } from "../directory/identity.ts";
import * as coops from "../store/coops.ts";
import type { Db } from "../store/schema.ts";
import { readIdentifier } from "./actors.ts";

/** As many as Mastodon shows (`FeaturedTag::LIMIT`), and as many themes as a listing has. */
const tagsMost = 10;

/** The themes of a co-op as the hashtags of its profile; other actors feature none. */
export async function featuredTags(db: Db, node: Identity, identifier: string): Promise<Hashtag[]> {
  const parts = readIdentifier(identifier);
  if (parts === undefined || parts.key !== undefined) return [];
  const coop = await coops.get(db, parts.coop);
  if (coop?.content == null) return [];
  const { theme = [] } = JSON.parse(coop.content) as Listing;
  return theme.slice(0, tagsMost).map((each) => {
    const href = new URL(`/search?theme=${each}`, node.origin);
    return new Hashtag({ href, name: `#${tagOf(each)}` });
  });
}

/** A theme as a word, each part with a capital letter, so that it can be read out. */
function tagOf(theme: Theme): string {
  return theme.replace(/(^|-)([a-z])/g, (_, _hyphen, letter: string) => letter.toUpperCase());
}
