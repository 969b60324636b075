/**
 * `npm run bench [-- GROUP… [--OPTION…]]` prints one line of JSON for each figure. It
 * judges nothing. Times differ between machines and hours; the ratios are what
 * to look at, as both sides of each were measured by turns.
 */
import "../../src/temporal.ts";
import { edit } from "./edit.ts";
import { fanout } from "./fanout.ts";
import { feed } from "./feed.ts";
import { idle } from "./idle.ts";
import { imports } from "./import.ts";
import { inbox } from "./inbox.ts";
import { index } from "./index/main.ts";
import { progress } from "./measure.ts";
import { network } from "./network/main.ts";
import { relevance } from "./relevance.ts";
import { replication } from "./replication.ts";
import { disposeShared } from "./uk.ts";
import { verify } from "./verify.ts";

const groups: Record<string, (options: string[]) => Promise<void>> = {
  verify,
  import: imports,
  feed,
  inbox,
  fanout,
  edit,
  idle,
  index,
  relevance,
  replication,
  network,
};

const args = process.argv.slice(2);
const first = args.findIndex((arg) => arg.startsWith("--"));
const asked = first === -1 ? args : args.slice(0, first);
const options = first === -1 ? [] : args.slice(first);
const unknown = asked.filter((name) => !Object.hasOwn(groups, name));
if (unknown.length > 0) {
  progress(`no such group: ${unknown.join(", ")}; there are ${Object.keys(groups).join(", ")}`);
  process.exit(1);
}
for (const [name, group] of Object.entries(groups)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const start = performance.now();
  progress(`${name} …`);
  try {
    await group(options);
  } catch (error) {
    progress(`${name} broke off: ${(error as Error).stack}`);
    process.exitCode = 1;
  }
  progress(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
disposeShared();
