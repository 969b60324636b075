import type { Question } from "./questions.ts";

/** Figures of an answer by which two engines can be compared: hits, cells, what they add up to. */
export type Answer = Record<string, number>;

/** What can be asked. */
export interface Engine extends AsyncDisposable {
  name: string;
  /** All that it keeps on the disk. */
  bytes(): Promise<number>;
  /** Undefined for a question that it has no means to answer. */
  ask(question: Question): Promise<Answer> | undefined;
}

/** What differs between the answers of two engines, in words; undefined for nothing. */
export function difference(ours: Answer, theirs: Answer): string | undefined {
  const different = Object.keys(ours)
    .filter((name) => theirs[name] !== undefined && !near(ours[name] ?? 0, theirs[name]))
    .map((name) => `${name} ${ours[name]}, ${theirs[name]}`);
  return different.length === 0 ? undefined : different.join("; ");
}

/** Sums of doubles depend on their order. */
function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.abs(one);
}
