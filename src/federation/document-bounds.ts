/**
 * What a document may have, so that to process it as JSON-LD takes some tenths
 * of a second at most, whoever has written it. Each is several times what any
 * server is known to send.
 */
const most = {
  /** Within one another; an activity with an actor in it that has a key and a place has six. */
  levels: 32,
  objects: 1000,
  /** Members of objects and items of lists, in all. */
  values: 20_000,
  /** With each the terms that are known are copied. */
  contexts: 32,
  /** Terms that contexts define; a definition is followed into others. */
  terms: 500,
  /**
   * Of each string the number of its slashes, squared, in all: a relative URL is
   * resolved in time that grows with that.
   */
  slashes: 1e9,
  /** Characters of a base URL, against which every relative one is resolved. */
  base: 200,
};

/**
 * Looks whether a document can be processed in reasonable time.
 *
 * @returns What there is too much of; undefined if all is well.
 */
export function excessOf(document: unknown): string | undefined {
  const left = { ...most };
  const weigh = (text: string) => {
    let slashes = 0;
    for (let at = text.indexOf("/"); at !== -1; at = text.indexOf("/", at + 1)) slashes += 1;
    left.slashes -= slashes ** 2;
  };
  const look = (value: unknown, levels: number, context: boolean): void => {
    if (typeof value === "string") weigh(value);
    if (typeof value !== "object" || value === null || left.levels < 0) return;
    if (levels === 0) {
      left.levels = -1;
      return;
    }
    left.objects -= 1;
    for (const [name, member] of Object.entries(value) as [string, unknown][]) {
      if ((left.values -= 1) < 0) return;
      const isContext = name === "@context";
      if (!Array.isArray(value)) {
        weigh(name);
        if (context) left.terms -= 1;
        if (context && name === "@base" && String(member).length > most.base) left.base = -1;
      }
      if (isContext) left.contexts -= [member].flat().length;
      look(member, levels - 1, context || isContext);
    }
  };
  look(document, most.levels, false);
  const [found] = Object.entries(left).find(([, rest]) => rest < 0) ?? [];
  return found;
}
