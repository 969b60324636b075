import type { Context } from "@fedify/fedify";
import { coopIdOf } from "../directory/ids.ts";
import type * as changes from "../store/changes.ts";
import * as coops from "../store/coops.ts";
import * as departures from "../store/departures.ts";
import { deliverUpdate } from "./deliver-profiles.ts";
import type { FederationData } from "./federation.ts";
import { tellFollowers } from "./tell-followers.ts";

/** A co-op has moved to another account, or has called that off: its followers are told. */
export async function deliverDeparture(
  context: Context<FederationData>,
  { subject }: changes.Change,
): Promise<void> {
  const { db, node, clock } = context.data;
  const id = coopIdOf(node, subject.replace(/#departure$/, "/listing"));
  const coop = id === undefined ? undefined : await coops.get(db, id);
  if (coop === undefined || coop.deleted !== null) return;
  const moves = await departures.of(db, coop.id);
  if (moves.length === 0) {
    await deliverUpdate(context, coop);
    await coops.announce(db, coop.id, coop.updated);
  }
  for (const move of moves) {
    if (move.announced !== null) continue;
    const object = context.getActorUri(move.identifier).href;
    const said = { id: `#moves/${move.moved}`, object, target: move.target };
    await tellFollowers(context, move.identifier, "Move", said);
    await departures.announce(db, move, clock());
  }
}
