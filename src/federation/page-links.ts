/** A link of a page. */
export interface PageLink {
  /** In small letters. */
  rel: string[];
  type: string | undefined;
  /** As it is written there. */
  href: string;
}

/** The links of a page, in its text and in its head. Takes time in proportion to the length. */
export function linksIn(page: string): PageLink[] {
  const found: PageLink[] = [];
  for (const [, attributes = ""] of page.matchAll(/<(?:a|link)\s([^<>]{1,4000})>/gi)) {
    const named = new Map<string, string>();
    for (const [, name = "", double, single, bare] of attributes.matchAll(
      /([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi,
    )) {
      named.set(name.toLowerCase(), double ?? single ?? bare ?? "");
    }
    const rel = (named.get("rel") ?? "").toLowerCase().split(/\s+/);
    const href = named.get("href")?.trim().replaceAll("&amp;", "&");
    if (href !== undefined) found.push({ rel, type: named.get("type"), href });
  }
  return found;
}
