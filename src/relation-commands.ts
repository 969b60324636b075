import { join } from "node:path";
import { type Command, hosted, required } from "./command.ts";
import type { Config } from "./config.ts";
import { RelationKind } from "./coop/codes.ts";
import { bare } from "./coop/relation.ts";
import { attest, type Attested, retractAttestation } from "./directory/attest.ts";
import { confirm, refuse } from "./directory/confirm.ts";
import type { Identity } from "./directory/identity.ts";
import { type NamedBy, whoNames } from "./directory/who-names.ts";
import { AppError } from "./errors.ts";
import { openIndex } from "./index/sqlite-index.ts";
import type { Db } from "./store/schema.ts";

/** Who names a co-op, as far as the directory has it now. */
async function named(
  { db, node, config }: { db: Db; node: Identity; config: Config },
  coop: string,
): Promise<NamedBy[]> {
  await using index = await openIndex(db, join(config.dataDir, "index.sqlite"));
  await index.catchUp();
  return whoNames(db, node, index, coop);
}

/** Those that a command means: all relations of one co-op, or all that nobody has answered. */
function chosen(all: NamedBy[], url: string | undefined, every: unknown): NamedBy[] {
  if (every === true) return all.filter(({ state }) => state === "open");
  const subject = bare(required(url, "URL"));
  const found = all.filter((each) => each.subject === subject);
  if (found.length > 0) return found;
  throw new AppError("not-found", `${subject} does not name this co-op, as far as is known here`);
}

function said({ url, changed }: Attested): void {
  console.log(changed ? url : `${url} says so already`);
}

/** The commands about relations between co-ops and others, and about what this node attests. */
export const relationCommands: Record<string, Command> = {
  "relation list": {
    usage: "HANDLE",
    help: "list who claims a relation to a co-op here, and what it has answered",
    async run(context, [handle]) {
      const { id } = await hosted(context.db, handle);
      for (const { state, relationship, subject, name } of await named(context, id)) {
        console.log(`${state}  ${relationship}  ${subject}  ${name}`);
      }
    },
  },
  "relation confirm": {
    usage: "HANDLE [URL] [--all]",
    help: "confirm for a co-op here what another one claims, or all that is not answered",
    options: { all: { type: "boolean" } },
    async run(context, [handle, url], { all }) {
      const { db, node } = context;
      const { id } = await hosted(db, handle);
      const some = chosen(await named(context, id), url, all);
      await confirm(db, node, some, { coop: id, account: null, now: Date.now() });
      console.log(`${some.length} confirmed`);
    },
  },
  "relation withdraw": {
    usage: "HANDLE URL",
    help: "refuse what another one claims of a co-op here, or take back that it was confirmed",
    async run(context, [handle, url]) {
      const { db, node } = context;
      const { id } = await hosted(db, handle);
      const some = chosen(await named(context, id), url, false);
      await refuse(db, node, some, { coop: id, account: null, now: Date.now() });
      console.log(`${some.length} not confirmed`);
    },
  },
  "attest relation": {
    usage: "URL KIND URL",
    help: "attest as somebody else that a co-op has this relation (member-of …) to another one",
    async run({ db, node }, [subject, kind, object]) {
      const relationship = RelationKind.safeParse(kind);
      if (!relationship.success) {
        const kinds = RelationKind.options.join(", ");
        throw new AppError("bad-request", `“${kind ?? ""}” is no kind of relation: ${kinds}`);
      }
      const claim = {
        relationship: relationship.data,
        subject: bare(required(subject, "URL")),
        object: bare(required(object, "URL")),
      };
      said(await attest(db, node, claim, Date.now()));
    },
  },
  "attest closed": {
    usage: "URL [--date DATE]",
    help: "attest that a co-op has closed, and when, whatever its listing says",
    options: { date: { type: "string" } },
    async run({ db, node }, [url], { date }) {
      const claim = {
        relationship: "closed" as const,
        subject: bare(required(url, "URL")),
        ...(typeof date === "string" && { dissolutionDate: date }),
      };
      said(await attest(db, node, claim, Date.now()));
    },
  },
  "attest retract": {
    usage: "URL",
    help: "take an attestation of this node back, by its own URL",
    async run({ db, node }, [url]) {
      const { changed } = await retractAttestation(db, node, required(url, "URL"), Date.now());
      console.log(changed ? "taken back" : "it was taken back already");
    },
  },
};
