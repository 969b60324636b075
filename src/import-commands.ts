import { type Command, required } from "./command.ts";
import { applyImport } from "./directory/apply-import.ts";
import type { Identity } from "./directory/identity.ts";
import { openRegister, type Register } from "./directory/mapping.ts";
import {
  demandConsent,
  type Finding,
  type ImportPlan,
  mostGone,
  planImport,
} from "./directory/plan-import.ts";
import { mappingNamed, mappings } from "./directory/sources/mappings.ts";
import { writeFindings } from "./directory/write-findings.ts";
import { AppError } from "./errors.ts";
import * as imports from "./store/imports.ts";
import type { Db } from "./store/schema.ts";

/** The commands that bring registers in. */
export const importCommands: Record<string, Command> = {
  import: {
    usage: "FILE --as MAPPING [--dry-run] [--report FILE.csv] [--edition DATE] [--close] [--force]",
    help: `publish the rows of an openly licensed register; MAPPING is one of ${Object.keys(mappings).join(", ")}, or a file`,
    options: {
      as: { type: "string" },
      "dry-run": { type: "boolean" },
      report: { type: "string" },
      edition: { type: "string" },
      close: { type: "boolean" },
      force: { type: "boolean" },
    },
    async run({ db, node }, [file], options) {
      const { as, edition, report: reportFile } = options as Record<string, string | undefined>;
      const mapping = await mappingNamed(required(as, "--as"));
      const path = required(file, "FILE");
      const register = await openRegister(mapping, { path }, edition);
      const plan = await look(db, node, register, reportFile);
      const consent = { close: options["close"] === true, force: options["force"] === true };
      console.log(describePlan(plan, consent.close).join("\n"));
      const fault = refusal(plan, consent);
      if (options["dry-run"] === true) {
        if (fault !== undefined) console.log(fault);
        console.log("Nothing was changed.");
        return;
      }
      if (fault !== undefined) throw new AppError("conflict", fault);
      const progress = ({ rows }: { rows: number }) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${rows} of ${plan.rows} rows`);
      };
      const done = await applyImport(db, node, plan, consent, Date.now, { progress });
      if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
      const { added, changed, unchanged, leftAlone, closed } = done;
      console.log(
        `Done: ${added} added, ${changed} changed, ${unchanged} unchanged, ${leftAlone} left alone, ${closed} closed.`,
      );
    },
  },
  "import list": {
    usage: "",
    help: "list the editions that were imported",
    async run({ db }) {
      const all = await imports.latest(db, 1000);
      if (all.length === 0) console.log("nothing has been imported");
      for (const each of all) {
        const { source, edition, file, started, finished: ended, fault } = each;
        const state =
          ended === null
            ? `broke off after ${each.done} of ${each.rows} rows${fault === null ? "" : ` (${fault})`}: import it again to carry on`
            : `${each.added} added, ${each.changed} changed, ${each.unchanged} unchanged, ${each.closed} closed`;
        const day = new Date(started).toISOString().slice(0, 16).replace("T", " ");
        console.log(`${day}  ${source}  ${edition}  ${file}  ${state}`);
      }
    },
  },
};

async function look(
  db: Db,
  node: Identity,
  register: Register,
  reportFile: string | undefined,
): Promise<ImportPlan> {
  if (reportFile === undefined) return planImport(db, node, register);
  await using report = writeFindings(reportFile);
  return await planImport(db, node, register, report.note);
}

function refusal(plan: ImportPlan, consent: { close: boolean; force: boolean }) {
  try {
    demandConsent(plan, consent);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.message}. To do it all the same, add --force.`;
  }
}

/** What an import would do, for a terminal. */
function describePlan(plan: ImportPlan, close: boolean): string[] {
  const { register, rows, add, change, reopen, same, leave, refused, doubtful, alike, gone } = plan;
  const counts = [
    `${add} to add`,
    `${change} to change`,
    ...(reopen > 0 ? [`${reopen} to open again`] : []),
    `${same} unchanged`,
    ...(leave > 0 ? [`${leave} left alone, as they are claimed, withdrawn or deleted`] : []),
    `${refused} refused`,
  ];
  const most = gone.ids.length > gone.of * mostGone;
  const skipped = Object.entries(plan.skipped).map(([why, count]) => `  ${count} left out: ${why}`);
  return [
    `${register.mapping.title}, edition ${register.edition}`,
    `${rows} rows: ${counts.join(", ")}`,
    ...skipped,
    ...listed(plan, "refused", refused, "refused"),
    ...listed(plan, "doubtful", doubtful, "doubtful: something in them could not be used"),
    ...listed(plan, "alike", alike, "perhaps twice: they look like others, but are listed"),
    ...listed(
      plan,
      "gone",
      gone.ids.length,
      `of ${gone.of} earlier listings are not in this file: ${close ? "they are closed" : `they stay as they are, unless you add --close${most ? " --force" : ""}`}`,
    ),
  ];
}

/** The first twenty findings of a kind; all of them are in the report. */
function listed(plan: ImportPlan, kind: Finding["kind"], count: number, what: string): string[] {
  if (count === 0) return [];
  const some = plan.findings.filter((each) => each.kind === kind).slice(0, 20);
  const lines = some.map(({ row, name, why }) => {
    const at = row === 0 ? "" : `row ${row}: `;
    return `  ${at}${name === "" ? "" : `${name}: `}${why}`;
  });
  const more = count > some.length ? ["  … (--report FILE.csv has them all)"] : [];
  return [`${count} ${what}`, ...lines, ...more];
}
