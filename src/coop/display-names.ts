/** Names that are remembered of each language: more than there are countries, or languages that people have. */
const most = 1000;
/** Languages in which they are. */
const mostLanguages = 100;

interface Names {
  from: Intl.DisplayNames;
  known: Map<string, string | undefined>;
}

const all = { region: new Map<string, Names>(), language: new Map<string, Names>() };

/**
 * What a country (ISO 3166-1 alpha-2) or a language (BCP 47) is called, in the
 * language asked for or in English. Remembered, as ICU takes a microsecond for
 * each, and a list of facets has a hundred.
 *
 * @param language A tag of BCP 47; what is none counts as English.
 * @returns Undefined when it has no name, or isn't a code at all.
 */
export function displayName(
  kind: keyof typeof all,
  code: string,
  language = "en",
): string | undefined {
  const names = all[kind].get(language) ?? namesIn(kind, language);
  if (names.known.has(code)) return names.known.get(code);
  const name = nameOf(names.from, code);
  if (names.known.size < most) names.known.set(code, name);
  return name;
}

function namesIn(kind: keyof typeof all, language: string): Names {
  const of = (tag: string) => new Intl.DisplayNames([tag, "en"], { type: kind, fallback: "none" });
  let names: Names;
  try {
    names = { from: of(language), known: new Map() };
  } catch {
    names = all[kind].get("en") ?? { from: of("en"), known: new Map() };
  }
  if (all[kind].size < mostLanguages) all[kind].set(language, names);
  return names;
}

function nameOf(names: Intl.DisplayNames, code: string): string | undefined {
  try {
    return names.of(code);
  } catch {
    return undefined; // no code that Intl can read
  }
}
