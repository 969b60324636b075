import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readText } from "../../src/index/asked.ts";
import { expressionOf } from "../../src/index/expression.ts";
import { indexText } from "../../src/index/text.ts";

/** A full-text table with one column, as the index has one with five. */
function table(...texts: string[]) {
  const database = new Database(":memory:");
  database.exec("create virtual table texts using fts5 (name, tokenize = 'ascii')");
  const insert = database.prepare("insert into texts (rowid, name) values (?, ?)");
  for (const [at, text] of texts.entries()) insert.run(at, indexText([text]));
  const find = database.prepare<[string], number>("select rowid from texts where texts match ?");
  return (typed: string): string[] => {
    const asked = readText(typed);
    if (asked.kind !== "words") return asked.kind === "nothing" ? [] : texts;
    return find
      .pluck()
      .all(expressionOf(asked))
      .map((at) => texts[at] ?? "");
  };
}

const letters = (...ranges: [number, number][]) =>
  fc.oneof(
    ...ranges.map(([from, to]) =>
      fc.integer({ min: from, max: to }).map((code) => String.fromCodePoint(code)),
    ),
  );
/** Letters of scripts with spaces: Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari. */
const spacedLetter = letters(
  [0x61, 0x7a],
  [0xe0, 0xf6],
  [0x100, 0x17f],
  [0x3b1, 0x3c9],
  [0x410, 0x44f],
  [0x5d0, 0x5ea],
  [0x621, 0x63a],
  [0x905, 0x939],
);
/** Of scripts without: kana, Han, Hangul, Thai. */
const runLetter = letters(
  [0x3042, 0x3093],
  [0x30a2, 0x30f3],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0xe01, 0xe2e],
);
const word = fc.string({ unit: spacedLetter, minLength: 1, maxLength: 8 });
const run = fc.string({ unit: runLetter, minLength: 1, maxLength: 8 });
const text = fc.array(fc.oneof(word, run), { minLength: 1, maxLength: 6 });

test("whatever a text holds is found by any of its words, any part of a run, and any beginning", () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(), fc.nat(), (words, which, from, length) => {
      const written = words.join(" ");
      const find = table(written);
      const one = words[which % words.length] ?? "";
      expect(find(one), one).toEqual([written]);
      expect(find(one.toUpperCase()), one).toEqual([written]);
      expect(find(`"${written}"`)).toEqual([written]);
      expect(find(words.toReversed().join(" "))).toEqual([written]);
      const characters = Array.from(one);
      const start = /^[\u0e00-\u9fff\uac00-\ud7a3]/u.test(one) ? from % characters.length : 0;
      // An article is no beginning of a word.
      if (/^(?:[وبكف]?ال|لل|ה)/u.test(one)) return;
      const part = characters.slice(start, start + 1 + (length % characters.length)).join("");
      expect(find(part), part).toEqual([written]);
    }),
    { numRuns: 500 },
  );
});

test("a native reader's way of typing a word finds it", () => {
  for (const [written, ...typed] of [
    // Arabic: alef with and without hamza, ta marbuta as ha, alef maksura as ya, vowels, the article.
    ["التعاونية الزراعية للإنتاج", "الزراعيه", "زراعية", "انتاج", "الانتاج"],
    ["جمعية أَلفا", "الفا", "جمعيه"],
    ["مؤسسة مستشفى الأمل", "مستشفي", "الامل", "أمل", "امل"],
    ["والنساء في القرية", "نساء", "النساء", "قريه"],
    // Cyrillic: ё as е, й as typed, apostrophes left out.
    ["Кооператив Ёлочка", "елочка", "ЁЛОЧКА"],
    ["Чёрный чай", "черный чай"],
    ["Об’єднання ґазд", "об'єднання", "обєднання", "ґазд"],
    // Japanese: half and full width, either syllabary.
    ["生活クラブ", "ｸﾗﾌﾞ", "くらぶ", "クラブ", "生活"],
    ["ぱん工房", "パン", "ﾊﾟﾝ工房"],
    ["ＮＰＯ法人", "npo", "NPO法人"],
    // Chinese, Korean and Thai: any part.
    ["北京市农民专业合作社", "农民", "专业", "北京市农民"],
    ["서울 생활협동조합 연합회", "생활", "연합", "서울"],
    ["สหกรณ์การเกษตรเชียงใหม่", "เชียงใหม่", "เกษตร"],
    // Hebrew: the article, final letters as written.
    ["הדיור השיתופי", "דיור", "שיתופי"],
    // Vietnamese, Turkish, Polish, German, Greek without their marks.
    ["Hợp tác xã nông nghiệp", "hop tac xa", "nong nghiep"],
    ["İşçi Kooperatifi Işık", "isci", "isik"],
    ["Spółdzielnia Mleczarska Łowicz", "lowicz", "mleczarska"],
    ["Käserei Straße", "kaserei", "strasse"],
    ["Οδός Συνεταιρισμού", "οδος", "ΟΔΌΣ"],
    ["महिला दुग्ध समिति", "दुग्ध", "महिला"],
  ] as const) {
    const find = table(written, "another name");
    for (const each of typed) expect(find(each), `${each} in ${written}`).toContain(written);
    for (const each of typed) expect(find(each), each).not.toContain("another name");
  }
});

test("stop words and words for co-operative are no condition, as long as another word is left", () => {
  const find = table("Unity Homes, Leeds", "Boulangerie du Port, Lyon", "The Who");
  for (const [typed, name] of [
    ["homes in leeds", "Unity Homes, Leeds"],
    ["a co-op of homes near Leeds", "Unity Homes, Leeds"],
    ["boulangerie à Lyon", "Boulangerie du Port, Lyon"],
    ["coopérative boulangerie de la ville de Lyon", undefined],
    ["la boulangerie coopérative", "Boulangerie du Port, Lyon"],
    ["the", "The Who"],
    ['"du port"', "Boulangerie du Port, Lyon"],
    ['"de port"', undefined],
  ] as const) {
    expect(find(typed), typed).toEqual(name === undefined ? [] : [name]);
  }
  for (const word of [
    "co-op",
    "cooperativa",
    "Genossenschaft",
    "κοοπερατίβα",
    "合作社",
    "the co-op",
  ]) {
    expect(find(word), word).toHaveLength(3);
  }
});

test("words for co-operative find one another where they are asked for as words of a phrase", () => {
  const find = table("Cooperativa Agricola", "Coop Agricola Unita", "Agricola");
  expect(find('"coop agricola"')).toEqual(["Cooperativa Agricola", "Coop Agricola Unita"]);
  expect(find('"Co-operative Agricola Unita"')).toEqual(["Coop Agricola Unita"]);
});
