import type { ListingContent } from "../coop/listing.ts";

/** An e-mail address, or a number that can be called. */
const contact = /[^\s@]+@[^\s@]+\.[a-z]{2,}|(?<![\p{L}\p{N}])(?:\+|00)?\(?\d[\d\s()./-]{7,}\d/iu;

/** “Care of” somebody, in the languages in which registers have it. */
const careOf =
  /\bc\s?[/.]\s?o\b|\bcare of\b|\battn\b|\bz\.\s?hd\.|\bbei\s|\bchez\b|\bpresso\b|\bp\.\s?b\.?a\b/i;

/** Whether a text holds what reaches somebody: an address for mail, or a telephone number. */
export function holdsContact(text: string): boolean {
  return contact.test(text);
}

/**
 * What register rows say of persons, left out: a street that is somebody's, and
 * texts with a number to call or an address to write to. Registers put these
 * where nobody looks for them, and whoever they are of was never asked.
 *
 * @returns The content without them, and a sentence for each that went.
 */
export function withoutPersons(content: ListingContent): {
  content: ListingContent;
  doubts: string[];
} {
  const doubts: string[] = [];
  const { location, summary, ...rest } = content;
  const street = location?.address.streetAddress;
  const cleared = { ...rest } as ListingContent;
  if (location !== undefined) {
    const { streetAddress: _, ...address } = location.address;
    const personal = street !== undefined && careOf.test(street);
    if (personal) doubts.push("the street is care of somebody: it is left out");
    cleared.location = personal ? { ...location, address } : location;
  }
  if (summary !== undefined) {
    if (holdsContact(summary)) {
      doubts.push("the summary holds an address or a number of somebody: it is left out");
    } else {
      cleared.summary = summary;
    }
  }
  return { content: cleared, doubts };
}
