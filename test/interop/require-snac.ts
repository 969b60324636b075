import { findSnac, installHint } from "./snac.ts";

/** Stops `npm run test:interop` with one clear sentence when there is no snac2. */
export default function requireSnac(): void {
  if (findSnac() === null) throw new Error(installHint);
}
