import type { Command } from "./command.ts";
import { AppError } from "./errors.ts";
import { lookInMirror } from "./federation/mirror.ts";

/** The command that looks at the running node from outside. */
export const doctorCommand: Record<string, Command> = {
  doctor: {
    usage: "",
    help: "look whether the running node is reached at its address, and what a proxy does to what is sent there",
    async run({ node, config }) {
      const { faults } = await lookInMirror(node, config.port);
      if (faults.length > 0) {
        throw new AppError("unavailable", faults.map(({ words }) => words).join("\n"));
      }
      console.log(`${node.origin} leads to this node, and all arrives as it was sent`);
    },
  },
};
