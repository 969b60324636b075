import "./temporal.ts";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { openNode } from "./open-node.ts";
import { backup, demandStopped, restore } from "./backup.ts";
import { type Command, hosted, required } from "./command.ts";
import { type Config, Origin, readConfig } from "./config.ts";
import type { ListingContent } from "./coop/listing.ts";
import { attestSame, retractSame } from "./directory/attest.ts";
import { finishMove, moveNode } from "./directory/move-node.ts";
import { addCoop, publish } from "./directory/publish.ts";
import { renewEpoch } from "./directory/renew-epoch.ts";
import { deleteCoop, withdraw } from "./directory/withdraw.ts";
import { conversationCommands } from "./conversation-commands.ts";
import { doctorCommand } from "./doctor-command.ts";
import { AppError, describeFailure } from "./errors.ts";
import { feedCommands } from "./feed-commands.ts";
import { importCommands } from "./import-commands.ts";
import { joiningCommands } from "./joining-commands.ts";
import { relationCommands } from "./relation-commands.ts";
import { keyCommands } from "./key-commands.ts";
import { moveCommands } from "./move-commands.ts";
import { pictureCommands } from "./picture-commands.ts";
import { postCommands } from "./post-commands.ts";
import * as coops from "./store/coops.ts";
import * as peers from "./store/peers.ts";
import { trustCommands } from "./trust-commands.ts";
import { userCommands } from "./user-commands.ts";

/** A command that puts the database itself in place, and so can't work on an open one. */
interface OfflineCommand extends Omit<Command, "run"> {
  runOffline(config: Config, args: string[], options: Record<string, unknown>): Promise<void>;
}

const commands: Record<string, Command | OfflineCommand> = {
  "coop add": {
    usage: "HANDLE FILE.json",
    help: "publish a new co-op, which can be followed as @HANDLE",
    async run({ db, node }, [handle, file]) {
      const content = await readContent(required(file, "FILE.json"));
      const name = required(handle, "HANDLE");
      const { url } = await addCoop(db, node, name, content, Date.now(), { introduce: true });
      console.log(`${url} is published; on Mastodon it is @${handle}@${node.host}`);
    },
  },
  "coop edit": {
    usage: "HANDLE FILE.json",
    help: "publish a new version of a co-op's listing",
    async run({ db, node }, [handle, file]) {
      const { id } = await hosted(db, handle);
      const content = await readContent(required(file, "FILE.json"));
      const { url, changed } = await publish(db, node, id, content, Date.now());
      console.log(changed ? `${url} has a new version` : `${url} is unchanged`);
    },
  },
  "coop withdraw": {
    usage: "HANDLE",
    help: "take a listing out of the directory (an imported one by its URL); actor and followers stay",
    async run({ db, node }, [handle]) {
      const { id } = await hosted(db, handle);
      await withdraw(db, node, id, Date.now());
      console.log(`the listing of ${handle} is withdrawn; peers drop it as they hear of it`);
    },
  },
  "coop delete": {
    usage: "HANDLE --yes",
    help: "delete a co-op for good: listing, actor, posts and followers",
    options: { yes: { type: "boolean" } },
    async run({ db, node }, [handle], { yes }) {
      const { id } = await hosted(db, handle);
      if (yes !== true) {
        throw new AppError(
          "bad-request",
          `this can't be undone, and the handle stays taken: add --yes to do it`,
        );
      }
      await deleteCoop(db, node, id, Date.now());
      console.log(`${handle} is deleted; its followers are told when the node runs`);
    },
  },
  ...moveCommands,
  "coop same": {
    usage: "URL URL",
    help: "attest that two listings, here or elsewhere, are of the same organisation",
    async run({ db, node }, [one, other]) {
      const pair = [required(one, "URL"), required(other, "URL")] as const;
      const { url, changed } = await attestSame(db, node, ...pair, Date.now());
      console.log(changed ? `${url} attests it` : `${url} attests it already`);
    },
  },
  "coop differ": {
    usage: "URL URL",
    help: "take back what coop same has attested",
    async run({ db, node }, [one, other]) {
      const pair = [required(one, "URL"), required(other, "URL")] as const;
      const { url, changed } = await retractSame(db, node, ...pair, Date.now());
      console.log(changed ? `${url} is taken back` : `${url} was taken back already`);
    },
  },
  "coop list": {
    usage: "",
    help: "list the co-ops that can be followed here",
    async run({ db, node }) {
      let after = "";
      for (;;) {
        const page = await coops.followable(db, after, 500);
        for (const { id, handle } of page)
          console.log(`@${handle}@${node.host}  ${node.origin}/coops/${id}`);
        after = page.at(-1)?.handle ?? "";
        if (page.length < 500) return;
      }
    },
  },
  ...pictureCommands,
  ...postCommands,
  ...feedCommands,
  ...conversationCommands,
  ...importCommands,
  ...userCommands,
  ...relationCommands,
  ...joiningCommands,
  ...keyCommands,
  ...trustCommands,
  "peer list": {
    usage: "",
    help: "show the peers and how it goes with them",
    async run({ db, config }) {
      const known = await peers.all(db);
      for (const url of config.peers) {
        const peer = known.find((each) => each.url === url);
        const state =
          peer?.fault ??
          (peer?.caughtUp == null ? "not caught up yet" : `up to date at ${peer.seq}`);
        console.log(`${url}  ${peer?.role ?? "unknown"}  ${state}`);
      }
      if (config.peers.length === 0) console.log("no peers; name some in PEERS");
    },
  },
  backup: {
    usage: "FILE",
    help: "write everything to one file, also while the node runs; keep it like a password",
    async run({ db, config }, [file]) {
      const name = required(file, "FILE");
      const lost = await backup(db, config, name);
      if (lost > 0) console.log(lostPictures(lost));
      console.log(`${name} holds everything, the keys too: keep it safe, and on another machine`);
    },
  },
  restore: {
    usage: "FILE [--replace]",
    help: "put a backup in the place of the database, while the node is stopped",
    options: { replace: { type: "boolean" } },
    async runOffline(config, [file], { replace }) {
      const name = required(file, "FILE");
      const { aside, lost } = await restore(config, name, {
        replace: replace === true,
        now: Date.now(),
      });
      if (aside !== undefined) console.log(`the database that was there is now ${aside}`);
      if (lost > 0) console.log(lostPictures(lost));
      console.log(
        `${name} is restored. Start the node before you change anything: what was published after the backup then comes back from its peers`,
      );
    },
  },
  move: {
    usage: "https://NEW.example",
    help: "give the node another address, while it is stopped; everything comes along",
    async runOffline(config, [given]) {
      const read = Origin.safeParse(required(given, "https://NEW.example"));
      if (!read.success) {
        throw new AppError("bad-request", `“${given}” ${read.error.issues[0]?.message}`);
      }
      await demandStopped(config);
      const { store, node } = await openNode(config, Date.now);
      await using _closing = store;
      const moved = await moveNode(store.db, node, read.data, Date.now());
      const count = await finishMove(store.db, moved, Date.now);
      console.log(
        `the node is ${moved.origin} from now on, with ${count} records; start it with ORIGIN=${moved.origin}`,
      );
      console.log(
        `followers on other servers are told as soon as ${config.origin} leads to it, too, and after seven days at the latest`,
      );
    },
  },
  ...doctorCommand,
  "epoch renew": {
    usage: "",
    help: "have peers read everything again, after a database was put back by other means",
    async run({ db }) {
      await renewEpoch(db, "the administrator said so", Date.now());
      console.log("the feed has a new epoch; peers read it from its beginning");
    },
  },
  config: {
    usage: "",
    help: "show the configuration in force",
    async run({ config }) {
      const { databaseUrl, ...rest } = config;
      const shown = { ...rest, databaseUrl: databaseUrl.replace(/:[^:@/]*@/, ":…@") };
      console.log(JSON.stringify(shown, undefined, 2));
    },
  },
  migrate: {
    usage: "",
    help: "bring the database up to date, as every start does",
    async run({ config }) {
      console.log(`the database in ${config.dataDir} is up to date`);
    },
  },
};

function lostPictures(lost: number): string {
  return `${lost} ${lost === 1 ? "picture is" : "pictures are"} lost: there is no file for ${lost === 1 ? "it" : "them"}`;
}

async function readContent(file: string): Promise<ListingContent> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new AppError("bad-request", `${file} can't be read`, { cause });
  }
  try {
    // What it holds is checked by whoever publishes it.
    return JSON.parse(text) as ListingContent;
  } catch (cause) {
    throw new AppError("bad-request", `${file} is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function help(): string {
  const rows = Object.entries(commands).map(([name, { usage, help: what }]) => {
    return `  ${`${name} ${usage}`.trim().padEnd(37)}  ${what}`;
  });
  return ["npm run cli -- COMMAND", "", ...rows].join("\n");
}

async function main(args: string[]): Promise<void> {
  const name = [args.slice(0, 2).join(" "), args[0] ?? ""].find((each) =>
    Object.hasOwn(commands, each),
  );
  const command = name === undefined ? undefined : commands[name];
  if (name === undefined || command === undefined) {
    console.log(help());
    if (args.length > 0 && args[0] !== "help") process.exitCode = 1;
    return;
  }
  const rest = args.slice(name.split(" ").length);
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: rest, options: command.options ?? {}, allowPositionals: true });
  } catch (cause) {
    throw new AppError("bad-request", `${name}: ${(cause as Error).message}`, { cause });
  }
  const config = readConfig(process.env);
  if ("runOffline" in command) {
    return await command.runOffline(config, parsed.positionals, parsed.values);
  }
  const { store, node } = await openNode(config, Date.now);
  await using _closing = store;
  await command.run({ db: store.db, node, config }, parsed.positionals, parsed.values);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
