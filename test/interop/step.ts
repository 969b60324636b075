import type { Snac } from "./snac.ts";

/** An actor and its handle, without the @ before it. */
export interface Named {
  readonly id: string;
  readonly handle: string;
}

/** What a scenario needs of a running node on plain http on loopback. */
export interface InteropNode {
  readonly origin: string;
  readonly node: Named;
  readonly coop: Named;
  /** A class of the co-op's members that can be followed. */
  readonly group: Named;
  /** A feed that the co-op belongs to. */
  readonly feed: Named;
  /** Changes the co-op's name as its editor would; an Update goes to the followers of both. */
  rename(name: string): Promise<void>;
  /** Publishes news of the co-op, with options of the command, and returns the Note's id. */
  post(text: string, ...options: string[]): Promise<string>;
  /** Gives news another text. */
  reword(note: string, text: string): Promise<void>;
  /** Deletes news. */
  remove(note: string): Promise<void>;
  /** What others have said to the co-op, the latest first: the keys, and the lines as its editors see them. */
  replies(): Promise<{ key: string; line: string }[]>;
  /** Answers, hides or shows what has that key. */
  answer(key: string, text: string): Promise<void>;
  hide(key: string): Promise<void>;
  show(key: string): Promise<void>;
  /** Blocks a person or a whole server, for the co-op alone or for all of the node. */
  block(whom: string, by: "coop" | "node"): Promise<void>;
  /** Undoes a block by the co-op. */
  unblock(whom: string): Promise<void>;
  /** Makes another account, which says that it was the co-op. */
  agree(): Promise<Named>;
  /** Lets the co-op move to that. */
  move(to: Named): Promise<void>;
  /** Stops the node, and starts a newer release of it on the same data. */
  upgrade(): Promise<void>;
}

/** A step and what it shows; steps build on one another and run in their order. */
export interface Step {
  name: string;
  run(node: InteropNode, snac: Snac): Promise<void>;
}

/** How long something may take to come true on a machine that has much else to do; milliseconds. */
export const patience = 60_000;

/** A document as any server gets it. */
export async function read(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { headers: { accept: "application/activity+json" } });
  return (await response.json()) as Record<string, unknown>;
}

/** A page as people get it. */
export async function page(url: string): Promise<string> {
  return (await fetch(url, { headers: { accept: "text/html" } })).text();
}

/** How many follow an actor, as everybody can see. */
export async function followers({ id }: Named): Promise<unknown> {
  return (await read(`${id}/followers`))["totalItems"];
}

/** How many have liked a note, passed it on or answered it, as everybody can see. */
export async function total(note: string, what: "likes" | "shares" | "replies"): Promise<unknown> {
  return ((await read(note))[what] as Record<string, unknown>)["totalItems"];
}
