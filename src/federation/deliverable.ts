import { isIP } from "node:net";
import { isPublic } from "../outbound.ts";
import { idLength } from "./size.ts";

/** Whether we may deliver there: Fedify checks what it fetches, not where it sends. */
export function deliverable(inboxUrl: URL, insecure: boolean): boolean {
  // It is kept with everything that comes from there.
  if (inboxUrl.href.length > idLength) return false;
  if (insecure) return inboxUrl.protocol === "http:" || inboxUrl.protocol === "https:";
  const host = inboxUrl.hostname.replace(/^\[|\]$/g, "");
  if (inboxUrl.protocol !== "https:" || host === "localhost" || host.endsWith(".localhost")) {
    return false;
  }
  return isIP(host) === 0 || isPublic(host);
}
