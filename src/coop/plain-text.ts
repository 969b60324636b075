/** A piece of a line: what it says, and what it is. */
export type Token =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string }
  /** `#word`. */
  | { kind: "hashtag"; text: string; word: string }
  /** `@user@host`; the name is the same in lower case. */
  | { kind: "mention"; text: string; name: string };

const label = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?`;

const special = new RegExp(
  [
    String.raw`(?<link>https?:\/\/[^\s<>"]*[^\s<>".,;:!?'’”)\]])`,
    String.raw`(?<![\p{L}\p{N}_&/])#(?<word>[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)`,
    // Names as Mastodon has them (account.rb, USERNAME_RE), hosts with their port.
    String.raw`(?<![\p{L}\p{N}_&/@.])@(?<name>[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*@(?:localhost|${label}(?:\.${label})+)(?::\d{1,5})?)`,
  ].join("|"),
  "gu",
);

/** Plain text as paragraphs, of lines, of tokens: web addresses, hashtags and names stand out. */
export function tokensOf(text: string): Token[][][] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.split("\n").map(lineTokens));
}

/** The names `@user@host` in a text, each once, in lower case. */
export function namesIn(text: string): string[] {
  const tokens = tokensOf(text).flat(2);
  return [...new Set(tokens.flatMap((token) => (token.kind === "mention" ? [token.name] : [])))];
}

function lineTokens(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of line.matchAll(special)) {
    const [text] = match;
    const { link, word, name } = match.groups ?? {};
    if (match.index > at) tokens.push({ kind: "text", text: line.slice(at, match.index) });
    at = match.index + text.length;
    if (link !== undefined) tokens.push({ kind: "link", text });
    else if (word !== undefined) tokens.push({ kind: "hashtag", text, word });
    else if (name !== undefined)
      tokens.push({ kind: "mention", text, name: `@${name.toLowerCase()}` });
  }
  if (at < line.length) tokens.push({ kind: "text", text: line.slice(at) });
  return tokens;
}
