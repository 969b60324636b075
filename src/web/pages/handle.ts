import { html } from "hono/html";
import type { Html } from "../text.ts";

/** A handle that one touch selects; where it is too long for its line, it breaks before its host. */
export function handleToCopy(handle: string): Html {
  const at = handle.lastIndexOf("@");
  return html`<code class="handle copy" translate="no"
    >${handle.slice(0, at)}<wbr />${handle.slice(at)}</code
  >`;
}
