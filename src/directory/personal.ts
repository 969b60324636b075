import type { ListingContent } from "../coop/listing.ts";

/** An e-mail address, or a number that can be called. */
const contact =
  /[^\s@]@[^\s@]+\.[a-z]{2,}|(?<![\p{L}\p{N}])(?:(?:\+|00)\(?\d[\d\s()./-]{6,}\d|\(?0\d{1,4}\)?[\s/-]\d[\d\s-]{4,}\d)/iu;

/** “Care of” somebody, as registers have it in some languages. */
const careOf = /\bc\s?[/.]\s?o\b|\bcare of\b|\battn\b|\bz\.\s?hd\.|\bbei\s|\bchez\s|\bpresso\s/i;

/** Whether a text holds what reaches somebody: an address for mail, or a telephone number. */
export function holdsContact(text: string): boolean {
  return contact.test(text);
}

/** The terms with texts that somebody wrote, each with a map of languages beside it. */
const texts = ["summary", "purpose", "howToJoin"] as const;

/**
 * What register rows say of persons, left out: a street that is care of
 * somebody, and texts with a number to call or an address to write to. Registers
 * have these where nobody looks for them, and those whose they are were never asked.
 *
 * @returns The content without them, and a sentence for each that went.
 */
export function withoutPersons(content: ListingContent): {
  content: ListingContent;
  doubts: string[];
} {
  const doubts: string[] = [];
  const kept = { ...content };
  const { location } = content;
  if (careOf.test(location?.address.streetAddress ?? "") && location !== undefined) {
    const { streetAddress: _, ...address } = location.address;
    kept.location = { ...location, address };
    doubts.push("the street is care of somebody: it is left out");
  }
  for (const term of texts) {
    const [text, map] = [content[term], content[`${term}Map`]];
    // Whether they are texts at all is seen later, by whoever publishes them.
    if (typeof text === "string" && holdsContact(text)) {
      delete kept[term];
      doubts.push(`${term} holds a number or an address of somebody: it is left out`);
    }
    if (typeof map !== "object") continue;
    const fit = Object.entries(map).filter(([, each]) => !holdsContact(String(each)));
    if (fit.length === Object.keys(map).length) continue;
    doubts.push(`${term}Map holds a number or an address of somebody: it is left out`);
    delete kept[`${term}Map`];
    if (fit.length > 0) kept[`${term}Map`] = Object.fromEntries(fit);
  }
  return { content: kept, doubts };
}
