import { type Command, required } from "./command.ts";
import {
  accountNamed,
  addAccount,
  disableAccount,
  enableAccount,
  type NodeRole,
  setNodeRole,
} from "./directory/account.ts";
import { makeSetupLink } from "./directory/set-up.ts";
import { renewPasswordLink } from "./directory/set-password.ts";
import { linkUrl } from "./directory/link.ts";
import { AppError } from "./errors.ts";
import * as accounts from "./store/accounts.ts";

/** The commands about those who sign in: what administrators can do by page, too. */
export const userCommands: Record<string, Command> = {
  setup: {
    usage: "",
    help: "make a new link to set up the node, while it has no administrator",
    async run({ db, node }) {
      console.log(linkUrl(node, "setup", await makeSetupLink(db, Date.now())));
    },
  },
  "user list": {
    usage: "",
    help: "list those who can sign in, and what they may do",
    async run({ db }) {
      for (const { name, nodeRole, displayName, disabled } of await accounts.all(db)) {
        const state = disabled === null ? (nodeRole ?? "-") : "disabled";
        console.log(`${name}  ${state}${displayName === null ? "" : `  ${displayName}`}`);
      }
    },
  },
  "user add": {
    usage: "NAME [--role ROLE]",
    help: "add an account, perhaps as administrator or moderator, and print the link to set its password",
    options: { role: { type: "string" } },
    async run({ db, node }, [name], { role }) {
      const nodeRole = role === undefined ? null : nodeRoleOf(role);
      const { token } = await addAccount(
        db,
        { name: required(name, "NAME"), nodeRole },
        Date.now(),
      );
      console.log(linkUrl(node, "password", token));
    },
  },
  "user link": {
    usage: "NAME",
    help: "print a link for a new password; the last one is void",
    async run({ db, node }, [name]) {
      const { id } = await accountNamed(db, required(name, "NAME"));
      console.log(linkUrl(node, "password", await renewPasswordLink(db, id, Date.now())));
    },
  },
  "user disable": {
    usage: "NAME",
    help: "let an account sign in no more, and sign it out everywhere",
    async run({ db }, [given]) {
      const { id, name } = await accountNamed(db, required(given, "NAME"));
      await disableAccount(db, id, Date.now());
      console.log(`${name} is disabled and signed out`);
    },
  },
  "user enable": {
    usage: "NAME",
    help: "let a disabled account sign in again",
    async run({ db }, [given]) {
      const { id, name } = await accountNamed(db, required(given, "NAME"));
      await enableAccount(db, id);
      console.log(`${name} can sign in again`);
    },
  },
  "user role": {
    usage: "NAME ROLE",
    help: "make an account administrator, moderator or none of them",
    async run({ db }, [given, role]) {
      const { id, name } = await accountNamed(db, required(given, "NAME"));
      const nodeRole = required(role, "the role") === "none" ? null : nodeRoleOf(role);
      await setNodeRole(db, id, nodeRole);
      console.log(`${name}: ${nodeRole ?? "no part in running the node"}`);
    },
  },
};

function nodeRoleOf(role: unknown): NodeRole {
  if (role === "administrator" || role === "moderator") return role;
  throw new AppError("bad-request", `“${String(role)}” is neither administrator nor moderator`);
}
