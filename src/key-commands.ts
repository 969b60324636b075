import { type Command, required } from "./command.ts";
import { dropKey, rotateKey } from "./directory/rotate-key.ts";
import { signAfresh } from "./directory/sign-again.ts";
import { AppError } from "./errors.ts";

/** The commands about the keys with which this node signs its records. */
export const keyCommands: Record<string, Command> = {
  "key list": {
    usage: "",
    help: "show the keys that sign, or have signed, this node's records",
    run({ node }) {
      for (const { id, publicKeyMultibase, from, until, dropped } of node.history) {
        const name = new URL(id).hash.slice(1);
        const end = until === undefined ? "present" : `retired ${until}`;
        const state = dropped === undefined ? end : `dropped ${dropped}`;
        console.log(`${name}  ${publicKeyMultibase}  since ${from}  ${state}`);
      }
      return Promise.resolve();
    },
  },
  "key rotate": {
    usage: "",
    help: "sign with a new key from now on; what the present one has signed still counts",
    async run({ db, node }) {
      const name = await rotateKey(db, node, Date.now());
      console.log(`${name} signs from now on; peers follow by themselves`);
    },
  },
  "key drop": {
    usage: "NAME --yes",
    help: "drop a key that is in wrong hands: nothing it signed counts, all is signed again",
    options: { yes: { type: "boolean" } },
    async run({ db, node }, [given], { yes }) {
      const name = required(given, "NAME");
      if (yes !== true) {
        throw new AppError("bad-request", "this can't be undone: add --yes to do it");
      }
      const present = await dropKey(db, node, name, Date.now());
      const signed = await signAfresh(db, node, Date.now);
      console.log(`${name} is dropped; ${signed} records are signed again with ${present}`);
    },
  },
};
