import { type Command, required } from "./command.ts";
import { allowHost, denyHost, undoDecision, Why } from "./directory/decide-host.ts";
import { dropExcluded } from "./directory/exclude.ts";
import { confirmKey } from "./directory/pin-keys.ts";
import { addAttester, removeAttester } from "./directory/trust-attester.ts";
import { takeBack, vouchFor } from "./directory/vouch.ts";
import { AppError } from "./errors.ts";
import * as attesters from "./store/attesters.ts";
import * as hosts from "./store/hosts.ts";
import * as records from "./store/records.ts";
import type { Db } from "./store/schema.ts";
import * as vouches from "./store/vouches.ts";

const states = ["listed", "held", "excluded"] as const;

/** The commands about other nodes: whose records are held and shown, and whose word counts. */
export const trustCommands: Record<string, Command> = {
  "host list": {
    usage: "[--state STATE]",
    help: "list the other nodes that are known: listed, held (not shown) or excluded, or one of these",
    options: { state: { type: "string" } },
    async run({ db }, _, { state }) {
      const wanted = states.find((each) => each === state);
      if (state !== undefined && wanted === undefined) {
        throw new AppError("bad-request", `--state is one of ${states.join(", ")}`);
      }
      for (let after = ""; ;) {
        const page = await hosts.find(db, { state: wanted, after }, 500);
        for (const host of page) console.log(`${host.host}  ${inWords(host)}`);
        if (page.length < 500) return;
        after = page.at(-1)?.host ?? "";
      }
    },
  },
  "host show": {
    usage: "HOST",
    help: "show what is known of another node, who vouches for it, and how many records of it are held",
    async run({ db }, [name]) {
      const host = await known(db, name);
      const count = (await records.countByOrigin(db, [host])).get(host.host) ?? 0;
      console.log(`${host.host}  ${inWords(host)}`);
      console.log(`known since ${dayOf(host.seen)}`);
      if (host.why !== null) console.log(`why: ${host.why}`);
      console.log(`last sign of life: ${host.beacon === null ? "none" : dayOf(host.beacon)}`);
      console.log(`records held: ${count}`);
      for (const { attester, since } of await vouches.of(db, host.host)) {
        console.log(`vouched for by ${attester} since ${dayOf(since)}`);
      }
    },
  },
  "host allow": {
    usage: "HOST",
    help: "show the listings of another node, as many as it has, whoever vouches for it or doesn't",
    async run({ db, node }, [name]) {
      const host = await allowHost(db, node, required(name, "HOST"), null, Date.now());
      console.log(`${host} is allowed`);
    },
  },
  "host deny": {
    usage: "HOST --why WORDS",
    help: "hold nothing of another node any more; the public learns that, the reason stays here",
    options: { why: { type: "string" } },
    async run({ db, node }, [name, ...rest], { why }) {
      if (rest.length > 0) throw new AppError("bad-request", "put the reason in quotation marks");
      const read = Why.safeParse(why);
      if (!read.success) {
        throw new AppError("bad-request", "--why WORDS is missing: say in a few words why");
      }
      const now = Date.now();
      const host = await denyHost(db, node, required(name, "HOST"), read.data, null, now);
      const dropped = await dropExcluded(db, node, now);
      console.log(`${host} is denied; ${dropped} records are dropped`);
    },
  },
  "host undo": {
    usage: "HOST",
    help: "leave it to PEERS and the attesters again what becomes of another node",
    async run({ db, node }, [name]) {
      const host = await undoDecision(db, node, required(name, "HOST"), null, Date.now());
      console.log(`${host}  ${inWords(await known(db, host))}`);
    },
  },
  "host vouch": {
    usage: "HOST",
    help: "vouch for another node, for all to whom this node's word counts",
    async run({ db, node }, [name]) {
      const changed = await vouchFor(db, node, required(name, "HOST"), Date.now());
      console.log(changed ? "done" : "this node vouches for it already");
    },
  },
  "host unvouch": {
    usage: "HOST",
    help: "take that back",
    async run({ db, node }, [name]) {
      await takeBack(db, node, required(name, "HOST"), Date.now());
      console.log("done");
    },
  },
  "host confirm-key": {
    usage: "HOST",
    help: "accept the new key of another node, which its earlier one doesn't vouch for",
    async run({ db }, [name]) {
      await confirmKey(db, required(name, "HOST"), Date.now());
      console.log("the key is accepted");
    },
  },
  "attester list": {
    usage: "",
    help: "list the nodes whose word counts here: whom they vouch for is listed",
    async run({ db }) {
      for (const { host, since } of await attesters.all(db)) {
        const { length } = await vouches.by(db, host);
        console.log(`${host}  since ${dayOf(since)}, vouches for ${length}`);
      }
    },
  },
  "attester add": {
    usage: "HOST",
    help: "let the word of another node count here",
    async run({ db, node }, [name]) {
      const host = await addAttester(db, node, required(name, "HOST"), null, Date.now());
      console.log(`the word of ${host} counts here`);
    },
  },
  "attester remove": {
    usage: "HOST",
    help: "end that; it isn't added again because it is in PEERS",
    async run({ db, node }, [name]) {
      const host = await removeAttester(db, node, required(name, "HOST"), null, Date.now());
      console.log(`the word of ${host} counts here no more`);
    },
  },
};

async function known(db: Db, name: string | undefined): Promise<hosts.Host> {
  const wanted = required(name, "HOST");
  const host = await hosts.get(db, wanted);
  if (host !== undefined) return host;
  throw new AppError("not-found", `nothing is known of ${wanted}; “host list” shows who is known`);
}

function inWords({ decision, exclusion, listed, vouchedBy }: hosts.Host): string {
  if (exclusion !== null) return `excluded (${exclusion})`;
  if (listed === null) return "held";
  if (decision === "allowed") return "listed (allowed)";
  return vouchedBy === null ? "listed (in PEERS)" : `listed (vouched for by ${vouchedBy})`;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
