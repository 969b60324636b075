import fc from "fast-check";
import { expect, it } from "vitest";
import { namesIn, type Token, tokensOf } from "../../src/coop/plain-text.ts";

const special = (text: string) =>
  tokensOf(text)
    .flat(2)
    .flatMap((token) => (token.kind === "text" ? [] : [`${token.kind} ${token.text}`]));

it.each<[string, string[]]>([
  ["see https://a.example/x?y#z.", ["link https://a.example/x?y#z"]],
  ["(https://a.example/(x))", ["link https://a.example/(x"]],
  ["#bread, #2 and a#b", ["hashtag #bread"]],
  ["Hello @alice@social.example.", ["mention @alice@social.example"]],
  ["(@Alice@Social.example)", ["mention @Alice@Social.example"]],
  ["@a.b-c@x.example:8443!", ["mention @a.b-c@x.example:8443"]],
  ["@koop@bäckerei.example", ["mention @koop@bäckerei.example"]],
  ["write to alice@social.example", []],
  ["@alice, @alice@ or @alice@social", []],
  ["a@b@c.example @@b@c.example", []],
  [
    "https://social.example/@alice@other.example",
    ["link https://social.example/@alice@other.example"],
  ],
  ["@alice@-x.example @alice@x-.example", []],
])("finds in %j what stands out", (text, found) => {
  expect(special(text)).toEqual(found);
});

it("names everybody once, whatever letters they are written in", () => {
  expect(namesIn("@A@x.example\n\n@a@X.example @b@x.example")).toEqual([
    "@a@x.example",
    "@b@x.example",
  ]);
});

const piece = fc.constantFrom(
  "@",
  "a",
  ".",
  "-",
  "#",
  "https://",
  "/",
  " ",
  "\n",
  "\n\n",
  "ä",
  ":1",
);

it("loses nothing but blank lines, and takes no time for whatever is written", () => {
  const textOf = (tokens: Token[]) => tokens.map(({ text }) => text).join("");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join("");
      const lines = tokensOf(text).flatMap((paragraph) => paragraph.map(textOf));
      const kept = (all: string[]) => all.map((line) => line.trim()).filter((line) => line !== "");
      expect(kept(lines)).toEqual(kept(text.split("\n")));
    }),
  );
  for (const long of ["@a.", "@a@b.", "a.", "#_", "@a-", "https://a@"]) {
    const text = long.repeat(5000 / long.length);
    expect(
      tokensOf(text)
        .flat(2)
        .map(({ text }) => text)
        .join(""),
    ).toBe(text);
  }
});
