const voids = new Set(["br", "hr", "img", "input", "link", "meta", "wbr"]);
const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z:_-][\w:-]*(?:="[^"<>]*")?)*)\s*(\/?)>/y;

/** Elements that our pages are made of; another one came from what somebody wrote. */
const known = new Set(
  (
    "a abbr article aside body br button caption circle code data dd defs desc details div dl dt " +
    "fieldset figcaption figure footer form h1 h2 h3 head header hr html img input label legend li " +
    "line link main meta nav ol p path pattern pre rect section small span strong sub summary sup " +
    "svg table tbody td text th thead time title tr ul wbr"
  ).split(" "),
);

/**
 * What is wrong with a piece of HTML of ours, which is stricter than HTML: all
 * that is opened is closed in order, attributes are quoted, no `<`, `>` or bare
 * `&` stands in a text, and no id occurs twice.
 */
export function htmlFaultOf(html: string): string | undefined {
  const open: string[] = [];
  const ids = new Set<string>();
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf("<", at);
    const text = html.slice(at, next === -1 ? undefined : next);
    if (/>|&(?!(amp|lt|gt|quot|nbsp|#39);)/.test(text)) return `unescaped: ${text.slice(0, 80)}`;
    if (next === -1) break;
    tag.lastIndex = next;
    const [whole, close, name = "", attributes = "", self] = tag.exec(html) ?? [];
    if (whole === undefined) return `no tag: ${html.slice(next, next + 80)}`;
    if (!known.has(name)) return `an element <${name}>`;
    for (const [, id = ""] of attributes.matchAll(/\sid="([^"]*)"/g)) {
      if (ids.has(id)) return `twice the id ${id}`;
      ids.add(id);
    }
    if (/\s(style|on\w+)(=|$)|="\s*javascript:/i.test(attributes))
      return `attributes:${attributes}`;
    if (close === "/") {
      if (open.pop() !== name) return `</${name}> closes another element`;
    } else if (self !== "/" && !voids.has(name)) open.push(name);
    at = next + whole.length;
  }
  return open.length === 0 ? undefined : `<${open.at(-1)}> is not closed`;
}

const entities: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
};

/** The words of a page, without its markup, evened out. */
export function wordsOf(html: string): string {
  const text = html
    .replace(/<(desc|title)[^>]*>.*?<\/\1>/gs, " ")
    .replace(/<[^>]+>/g, " ")
    .replace(/&[a-z#0-9]+;/g, (entity) => entities[entity] ?? entity);
  return evened(text);
}

/** With single spaces, and none where markup alone may have put one. */
export function evened(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/ ([,.;:)])/g, "$1")
    .replaceAll("( ", "(");
}
