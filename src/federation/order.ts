import type { Order } from "../store/messages.ts";

/** An activity as Fedify has it in its queue of what goes out. */
interface Outgoing {
  type: string;
  activity: unknown;
  inbox: string;
  /** When it was first handed over, however often it was tried since: ISO 8601. */
  started: string;
}

/**
 * What is said of one object to one inbox arrives in the order in which it was
 * said, also when some of it has to be said again: so no deletion comes before
 * what it deletes. What is said of others doesn't wait for it.
 */
export function orderOf(message: unknown): Order | undefined {
  const { type, activity, inbox, started } = message as Outgoing;
  if (type !== "outbox") return undefined;
  return { key: `${subjectOf(activity)}\n${inbox}`, since: Date.parse(started) };
}

/** Of what an activity speaks; of what it takes back or answers, what that speaks of. */
function subjectOf(activity: unknown): string {
  if (typeof activity === "string") return activity;
  if (typeof activity !== "object" || activity === null) return "";
  if ("object" in activity) return subjectOf(activity.object);
  return "id" in activity && typeof activity.id === "string" ? activity.id : "";
}
