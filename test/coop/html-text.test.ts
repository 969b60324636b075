import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textOfHtml } from "../../src/coop/html-text.ts";
import { toHtml } from "../../src/federation/text.ts";

const text = (html: string) => textOfHtml(html, 5000);

/** Words as people write them: no white space, nothing that looks like markup by accident. */
const word = fc
  .string({
    unit: fc.constantFrom(..."abcXYZéß日本🍓<>&\"'/=;!-#amp".split("")),
    maxLength: 8,
    minLength: 1,
  })
  .map((letters) => letters.toWellFormed())
  .filter((letters) => letters.trim() !== "" && !letters.startsWith("#"));

/** What may not be left: control characters, marks that turn the text, and needless space. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unseen = /[\u0000-\u0009\u000B-\u001F\u202A-\u202E\u2066-\u2069]|\n{3}|  /;

const escaped = (plain: string, how: number) =>
  Array.from(plain)
    .map((letter) => {
      if (!/[<>&"']/.test(letter)) return letter;
      const code = letter.codePointAt(0) ?? 0;
      const named = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&apos;" }[
        letter
      ];
      return [named ?? "", `&#${code};`, `&#x${code.toString(16)};`][how % 3] ?? "";
    })
    .join("");

/** A paragraph is lines, a line is words. */
const paragraph = fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 3,
});

describe("textOfHtml", () => {
  it("gives back paragraphs and lines, however they were written", () => {
    const style = fc.record({
      how: fc.nat(2),
      block: fc.constantFrom("p", "P", "div", "blockquote", "h2"),
      attributes: fc.constantFrom("", ' class="x"', " dir=auto", " data-a='b' "),
      wrap: fc.constantFrom(["", ""], ["<span>", "</span>"], ["<B><i>", "</i></B>"]),
      line: fc.constantFrom("<br>", "<br/>", "<BR />", "\n<br>\n"),
      space: fc.constantFrom(" ", "\n ", "\t", "&nbsp;"),
      noise: fc.constantFrom(
        "",
        "<!-- <p>no</p> -->",
        "<script>no()</script>",
        "<style>no{}</STYLE >",
        "<?xml?>",
        "<!DOCTYPE html>",
      ),
    });
    fc.assert(
      fc.property(
        fc.array(paragraph, { minLength: 1, maxLength: 4 }),
        style,
        (paragraphs, style) => {
          const { how, block, attributes, wrap, line, space, noise } = style;
          const html = paragraphs
            .map((lines) => {
              const inner = lines
                .map((words) =>
                  words.map((each) => `${wrap[0]}${escaped(each, how)}${wrap[1]}`).join(space),
                )
                .join(line);
              return `${noise}<${block}${attributes}>${inner}</${block}>`;
            })
            .join(noise);
          const plain = paragraphs.map((lines) => lines.map((words) => words.join(" ")).join("\n"));
          expect(text(html)).toBe(plain.join("\n\n"));
        },
      ),
    );
  });

  it("undoes what we make of plain text ourselves", () => {
    fc.assert(
      fc.property(fc.array(paragraph, { minLength: 1, maxLength: 3 }), (paragraphs) => {
        const plain = paragraphs
          .map((lines) => lines.map((words) => words.join(" ")).join("\n"))
          .join("\n\n");
        const more = `${plain} https://bakery.example/join?a=1&b=2 #bread`;
        expect(text(toHtml(more, "https://coops.example").html)).toBe(more);
      }),
    );
  });

  it("makes bounded, tidy text of whatever comes", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        ..."<p> </p> <a href='https://a.example/'> </a> <a <!-- --> < > <script> </script> <br <pre> </pre> &#0; &#xD800; &lt; \u202E \u0000 \uFEFF <li> \" ' <svg> &amp;lt;".split(
          " ",
        ),
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.integer({ min: 1, max: 60 }),
        (pieces, most) => {
          const made = textOfHtml(pieces.join(""), most);
          expect(made.length).toBeLessThanOrEqual(most);
          expect(made).toBe(made.trim());
          expect(made.isWellFormed()).toBe(true);
          expect(made).not.toMatch(unseen);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    [
      "Mastodon's link",
      '<p><a href="https://a.example/long/path" rel="nofollow"><span class="invisible">https://</span><span class="ellipsis">a.example/long</span><span class="invisible">/path</span></a></p>',
      "https://a.example/long/path",
    ],
    [
      "Mastodon's mention",
      '<p><span class="h-card"><a href="https://a.example/@bo" class="u-url mention">@<span>bo</span></a></span> hi</p>',
      "@bo hi",
    ],
    [
      "a hashtag",
      '<a href="https://a.example/tags/x" class="mention hashtag">#<span>x</span></a>',
      "#x",
    ],
    [
      "a link that says something else",
      '<a href="https://evil.example/">https://bank.example/</a>.',
      "https://bank.example/ (https://evil.example/).",
    ],
    [
      "a link with a name",
      "See <a href=https://a.example/x>our page</a>",
      "See our page (https://a.example/x)",
    ],
    [
      "a link around a picture",
      '<a href="https://a.example/x"><img src="https://t.example/1.gif"></a>',
      "https://a.example/x",
    ],
    [
      "a link that is none of the web",
      '<a href="javascript:alert(1)">tap</a> <a href="mailto:a@b.example">b</a>',
      "tap b",
    ],
    [
      "a list",
      "<p>Three:</p><ul><li>one</li><li>two <b>2</b></li></ul><p>end</p>",
      "Three:\n\n– one\n– two 2\n\nend",
    ],
    ["code", "<pre><code>a\n  b\n</code></pre>c", "a\nb\n\nc"],
    ["what is nested in itself", "<scr<script>ipt>alert(1)</script>x", "ipt>alert(1)x"],
    ["what doesn't end", "a<script>b", "a"],
    ["a tag that was cut off", 'a <a href="https://a.example', "a"],
    ["comparisons", "1 < 2 && 3 > 2", "1 < 2 && 3 > 2"],
    ["breaks in place of paragraphs", "a<br>b<br><br>c<br><br><br>d", "a\nb\n\nc\n\nd"],
    ["double escapes", "&amp;lt;b&amp;gt;", "&lt;b&gt;"],
    ["plain text, as some servers send it", "one\ntwo", "one two"],
  ])("reads %s", (_what, html, plain) => {
    expect(text(html)).toBe(plain);
  });

  it("cuts what is long, between characters", () => {
    expect(textOfHtml("🍓🍓🍓🍓", 4)).toBe("🍓…");
    expect(textOfHtml(`<p>${"x".repeat(200_000)}</p>`, 5000)).toHaveLength(5000);
  });
});
