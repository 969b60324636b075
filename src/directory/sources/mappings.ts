import type { MappedRow } from "../import.ts";
import { uk2023 } from "./uk-2023.ts";

/** How to read a register: its columns, and what a row of it says of a co-op. */
export interface Mapping {
  /** Names the register in the database: never changed. */
  name: string;
  toListing(row: Record<string, string>): MappedRow;
}

/** The registers that can be imported, by the word that the command line takes. */
export const mappings: Record<string, Mapping> = {
  "uk-2023": {
    name: uk2023.name,
    toListing(row) {
      const read = uk2023.rowSchema.safeParse(row);
      if (read.success) return uk2023.toListing(read.data);
      const [issue] = read.error.issues;
      return { refused: `column ${issue?.path.join(".")}: ${issue?.message}` };
    },
  },
};
