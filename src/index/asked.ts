import { coopRun, coop, type Piece, pieces } from "./text.ts";
import { stopWords } from "../coop/stop-words.ts";
import { fold } from "./fold.ts";

/** Something that must be in the text: a word, or words that stand together. */
export interface AskedPart {
  words: Piece[];
  quoted: boolean;
  /** The last word may be the beginning of one. */
  incomplete: boolean;
}

/** What somebody has typed. */
export interface Asked {
  /**
   * `everything`: nothing was typed. `nothing`: something that no text can hold,
   * only signs, such as `&` or an emoji. `coops`: nothing but words for
   * co-operative, which every listing is of. `words`: the parts.
   */
  kind: "everything" | "nothing" | "coops" | "words";
  parts: AskedPart[];
  /** All words in the order in which they were typed, whatever they are. */
  whole: Piece[];
  /** A word for co-operative was among them: that is no condition, but a reason to come first. */
  coop: boolean;
}

const stops = new Set([...stopWords].map(fold));

/**
 * Reads what people type: all words must be there, the last one may be
 * incomplete, "quoted words" stand together in this order. Whatever FTS5 would
 * take for an operator is a word or a sign as any other. Stop words and words
 * for co-operative are left out, as long as another word is left.
 */
export function readText(typed: string): Asked {
  const texts = typed.replace(/[“”„‟«»＂]/gu, '"').split('"');
  const parts: AskedPart[] = [];
  const stopped: AskedPart[] = [];
  const whole: Piece[] = [];
  let cooperative = false;
  for (const [at, text] of texts.entries()) {
    const last = at === texts.length - 1;
    const words = pieces(fold(text));
    if (words.length === 0) continue;
    whole.push(...words);
    // A quotation that isn't closed is one that is being typed.
    if (at % 2 === 1) parts.push({ words, quoted: true, incomplete: last });
    else {
      const single = words.flatMap(withoutCoop);
      for (const [i, word] of single.entries()) {
        if (!word.run && word.text === coop) cooperative = true;
        else {
          const incomplete = last && i === single.length - 1;
          const list = stops.has(word.text) ? stopped : parts;
          list.push({ words: [word], quoted: false, incomplete });
        }
      }
    }
  }
  if (parts.length > 0) return { kind: "words", parts, whole, coop: cooperative };
  if (cooperative) return { kind: "coops", parts: [], whole, coop: true };
  if (stopped.length > 0) return { kind: "words", parts: stopped, whole, coop: false };
  const kind = /[^"\s]/u.test(texts.join("")) ? "nothing" : "everything";
  return { kind, parts: [], whole, coop: false };
}

/** Takes the words for co-operative out of a run, and says that there was one. */
function withoutCoop(word: Piece): Piece[] {
  if (!word.run || !coopRun.test(word.text)) return [word];
  const rest = word.text.split(coopRun).filter((text) => text !== "");
  return [{ text: coop, run: false }, ...rest.map((text) => ({ text, run: true }))];
}
