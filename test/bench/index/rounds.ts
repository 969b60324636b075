import { progress, quantile, report } from "../measure.ts";
import { type Answer, difference, type Engine } from "./engine.ts";
import type { Case } from "./questions.ts";

/** For how long each engine works on a case, all turns together; milliseconds. One answer more may begin just before the end. */
const patience = 3000;

/** For how long ours does until it has answered each question once more than that. */
const ourPatience = 10_000;

/** How long a turn is, unless one answer takes longer. Milliseconds. */
const turn = 60;

/** Answers to a case that are enough. */
const enough = 400;

/** What an engine took for a case, by question. */
interface Taken {
  engine: Engine;
  /** Milliseconds of each answer, by question. */
  each: number[][];
  answers: (Answer | undefined)[];
  spent: number;
  /** CPU time of this process, its threads included; of no use for a peer in another one. */
  cpuSeconds: number;
  next: number;
  fault: string | undefined;
}

/** How many times faster ours was than a peer at a case. */
export interface Compared {
  name: string;
  peer: string;
  times: number;
  term: boolean;
}

/**
 * Puts a case to all engines by turns, the questions one after the other, and
 * reports how long they took. Each question is asked once before it counts.
 */
export async function ask(found: Case, ours: Engine, peers: Engine[]): Promise<Compared[]> {
  const all = [ours, ...peers].flatMap((engine): Taken[] => {
    const [first] = found.questions;
    if (first === undefined) return [];
    const each = found.questions.map((): number[] => []);
    return [{ engine, each, answers: [], spent: 0, cpuSeconds: 0, next: 0, fault: undefined }];
  });
  for (let left = all; left.length > 0; left = left.filter((taken) => !isDone(taken, ours))) {
    for (const taken of left) await takeTurn(taken, found, ours);
  }
  const [mine, ...others] = all;
  if (mine === undefined) return [];
  return reportCase(
    found,
    mine,
    others.filter((taken) => taken.each.flat().length > 0),
  );
}

function isDone({ engine, each, spent, fault }: Taken, ours: Engine): boolean {
  const limit = engine === ours && each.some((some) => some.length === 0) ? ourPatience : patience;
  return fault !== undefined || spent >= limit || each.flat().length >= enough;
}

async function takeTurn(taken: Taken, { questions }: Case, ours: Engine): Promise<void> {
  const { engine, each, answers } = taken;
  const end = performance.now() + turn;
  const cpu = process.cpuUsage();
  try {
    do {
      const at = taken.next++ % questions.length;
      const question = questions[at];
      if (question === undefined) return;
      const start = performance.now();
      const asked = engine.ask(question);
      if (asked === undefined) {
        taken.fault = "can't be asked";
        return;
      }
      const answer = await asked;
      const took = performance.now() - start;
      taken.spent += took;
      // Peers that are slow are slow the first time, too, and aren't asked only to be warm.
      const counts = answers[at] !== undefined || (engine !== ours && took > 500);
      if (counts) each[at]?.push(took);
      answers[at] = answer;
    } while (performance.now() < end);
  } catch (error) {
    taken.fault = (error as Error).message;
    progress(`  ${engine.name}: ${taken.fault}`);
  } finally {
    const { user, system } = process.cpuUsage(cpu);
    taken.cpuSeconds += (user + system) / 1e6;
  }
}

function reportCase(found: Case, mine: Taken, others: Taken[]): Compared[] {
  const own = mine.each.flat();
  if (own.length === 0) {
    progress(`  ${found.name}: ${mine.fault ?? "no answer"}`);
    return [];
  }
  const agreement = [
    ...(found.hits === undefined ? [] : [{ name: "the data", answers: found.hits.map(hitsOnly) }]),
    ...others.map(({ engine, answers }) => ({ name: engine.name, answers })),
  ].map(({ name, answers }) => agreementOf(mine.answers, name, answers));
  const note = [hitsOf(mine.answers), ...agreement].join("; ");
  const compared: Compared[] = [];
  for (const share of [0.5, 0.95, 0.99]) {
    const line = {
      name: `index.${found.name}.p${share * 100}`,
      value: quantile(own, share),
      unit: "ms",
      n: own.length,
      seconds: mine.spent / 1000,
      cpuSeconds: mine.cpuSeconds,
      ...(share === 0.5 && { note }),
    };
    if (others.length === 0) report(line);
    for (const { engine, each } of others) {
      const peerValue = quantile(each.flat(), share);
      report({ ...line, peer: engine.name, peerValue, ratio: line.value / peerValue });
    }
  }
  for (const { engine, each } of others) {
    const times = timesFaster(mine.each, each);
    if (Number.isFinite(times)) {
      compared.push({ name: found.name, peer: engine.name, times, term: found.term });
    }
  }
  return compared;
}

/** The geometric mean over the questions that both have answered, of their medians. */
function timesFaster(mine: number[][], theirs: number[][]): number {
  const logs = mine.flatMap((own, at) => {
    const other = theirs[at] ?? [];
    if (own.length === 0 || other.length === 0) return [];
    return [Math.log(quantile(other, 0.5) / quantile(own, 0.5))];
  });
  return Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length);
}

function hitsOnly(hits: number): Answer {
  return { hits };
}

function hitsOf(answers: (Answer | undefined)[]): string {
  const first = Object.keys(answers.find((answer) => answer !== undefined) ?? {})[0] ?? "answers";
  const values = answers.flatMap((answer) => answer?.[first] ?? []);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? `${most} ${first}` : `${least} to ${most} ${first}`;
}

function agreementOf(
  ours: (Answer | undefined)[],
  name: string,
  theirs: (Answer | undefined)[],
): string {
  const both = ours.flatMap((answer, at) => {
    const other = theirs[at];
    return answer === undefined || other === undefined ? [] : [{ answer, other }];
  });
  const differences = both.flatMap(({ answer, other }) => difference(answer, other) ?? []);
  if (differences.length === 0) return `agrees with ${name} (${both.length})`;
  return `${differences.length} of ${both.length} differ from ${name} (ours, theirs): ${differences[0]}`;
}
