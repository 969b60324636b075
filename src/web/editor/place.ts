import type { Editable } from "../../directory/draft.ts";
import { mayManagePeople } from "../../directory/permit.ts";
import type { Session } from "../../directory/sign-in.ts";
import type { Place } from "../pages/editor-tabs.ts";

/** What the ways between the pages about one co-op need to know. */
export function placeOf(session: Session, { coop, content, published }: Editable): Place {
  const { name } = content;
  return {
    id: coop.id,
    name: typeof name === "string" && name !== "" ? name : "A co-op without a name yet",
    listed: published !== undefined,
    posts: coop.content !== null,
    owner: mayManagePeople(session, coop.id),
  };
}
