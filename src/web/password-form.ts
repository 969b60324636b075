import { z } from "zod";
import { isName, Password } from "../directory/password.ts";

/** A new password, written twice; the other fields of a form go before it with `and()`. */
export const NewPassword = z
  .object({ password: Password, repeated: z.string() })
  .refine(({ password, repeated }) => password === repeated, {
    path: ["repeated"],
    message: "The two passwords differ.",
  });

/** What to say to a password that is the name of whom it is for. */
export function nameFault(name: string, password: string): string | undefined {
  return isName(password, name) ? "The password can’t be the name. Choose another one." : undefined;
}
