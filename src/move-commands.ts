import { type Command, hosted, required } from "./command.ts";
import { sayFormer } from "./directory/arrive.ts";
import { depart, stay } from "./directory/depart.ts";
import { formerAccounts } from "./directory/sign-listing.ts";
import { AppError } from "./errors.ts";
import type { Asker, Missing } from "./federation/account.ts";
import { guardOutbound } from "./outbound.ts";

/** What asks other servers: loaded only when it is used, as it takes longer than most commands. */
const asking = async () => ({
  ...(await import("./federation/account.ts")),
  ...(await import("./federation/moves.ts")),
});

/** Other servers are asked by the guarded way, as the running node does. */
function guarded({ node, insecure }: Asker): Asker {
  guardOutbound(node.origin, insecure);
  return { node, insecure };
}

function demandFound<T extends object>(found: T | Missing): T {
  if ("fault" in found) throw new AppError("bad-request", found.fault);
  return found;
}

/** The commands by which a co-op comes from another account, and goes to one. */
export const moveCommands: Record<string, Command> = {
  "coop came-from": {
    usage: "HANDLE ACCOUNT [--not]",
    help: "say that a co-op was an account elsewhere (its handle or URL), so that its followers can come along",
    options: { not: { type: "boolean" } },
    async run({ db, node, config }, [handle, given], { not }) {
      const coop = await hosted(db, handle);
      const written = required(given, "ACCOUNT");
      const asker = guarded({ node, insecure: config.insecure });
      const { findAccount } = await asking();
      const former = formerAccounts(coop);
      if (not === true) {
        // It may be gone by now: then its URL says which it was.
        const id = former.includes(written)
          ? written
          : demandFound(await findAccount(asker, written)).account.id;
        if (!former.includes(id)) {
          throw new AppError("bad-request", `@${coop.handle} doesn't say that it was ${id}`);
        }
        const rest = former.filter((each) => each !== id);
        await sayFormer(db, node, coop.id, rest, Date.now());
        console.log(`@${coop.handle} doesn't say any more that it was ${id}`);
        return;
      }
      const { account } = demandFound(await findAccount(asker, written));
      const others = former.filter((each) => each !== account.id);
      await sayFormer(db, node, coop.id, [...others, account.id], Date.now());
      console.log(
        `@${coop.handle} says that it was ${account.id}; now let that account move to @${coop.handle}@${node.host}`,
      );
    },
  },
  "coop move": {
    usage: "HANDLE ACCOUNT --yes",
    help: "let a co-op's followers move to another account that says it was this one",
    options: { yes: { type: "boolean" } },
    async run({ db, node, config }, [handle, given], { yes }) {
      const coop = await hosted(db, handle);
      const asker = guarded({ node, insecure: config.insecure });
      const { findDestination } = await asking();
      const found = await findDestination(asker, coop, required(given, "ACCOUNT"));
      const { account, destination } = demandFound(found);
      const way =
        destination.listing === undefined
          ? "its listing here stays until it is withdrawn"
          : `its listing makes way for ${destination.listing}`;
      if (yes !== true) {
        throw new AppError(
          "bad-request",
          `${account.handle} agrees, and ${way}; followers who have gone can't be called back: add --yes to do it`,
        );
      }
      await depart(db, node, coop.id, destination, Date.now());
      console.log(
        `@${coop.handle} has moved to ${account.id}; followers are told when the node runs, and ${way}`,
      );
    },
  },
  "coop stay": {
    usage: "HANDLE",
    help: "call a move off: the account here can be followed again",
    async run({ db, node }, [handle]) {
      const { id } = await hosted(db, handle);
      await stay(db, node, id, Date.now());
      console.log(`@${handle} stays; a listing that has made way is published by coop edit`);
    },
  },
};
