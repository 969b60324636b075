import type { Context } from "hono";
import { type DraftContent, type Editable, openDraft } from "../../directory/draft.ts";
import { groundOf } from "../../directory/ground.ts";
import { mayAddCoop, roleIn } from "../../directory/permit.ts";
import { coopUrl } from "../../directory/ids.ts";
import { newCoop } from "../../directory/publish.ts";
import type { Session } from "../../directory/sign-in.ts";
import { AppError } from "../../errors.ts";
import { demandAccount, demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";
import { contentOf, type Form, formOf } from "./form.ts";
import type { Subject } from "./live.ts";
import { withKeys } from "./presets.ts";
import { ownFields } from "./steps.ts";

/** Whoever edits, and what. */
export interface Desk {
  site: Site;
  c: Context;
  session: Session;
  /** Undefined for a co-op that is about to be added. */
  id: string | undefined;
  editable: Editable;
  subject: Subject;
  /** What a form doesn't say: on which ground it is published, and that it is an example. */
  kept: DraftContent;
}

/** @throws {AppError} `forbidden` when this account may not add a co-op. */
export async function newDesk(site: Site, c: Context): Promise<Desk> {
  const session = await demandAccount(site, c);
  if (!mayAddCoop(session)) {
    throw new AppError(
      "forbidden",
      "You look after a co-op already. Ask whoever runs this node to add another one.",
    );
  }
  const coop = newCoop("new", site.clock());
  const editable = { coop, content: {}, published: undefined, edition: 0 };
  const url = coopUrl(site.node, "new");
  const subject = { url, id: undefined, handle: null, choosing: true };
  const kept = { provenance: { kind: "claimed" } };
  return { site, c, session, id: undefined, editable, subject, kept };
}

/** @throws {AppError} `forbidden` when this account may not edit the co-op. */
export async function deskOf(site: Site, c: Context, id: string): Promise<Desk> {
  const { session, coop } = await demandCoopRole(site, c, id, "editor");
  const editable = await openDraft(site.db, site.node, id);
  const ground = await groundOf(site.db, coop, roleIn(session, id) !== undefined);
  const { provenance: before, example } = editable.content;
  const provenance =
    ground === "claimed" ? { kind: ground } : { ...(before as object), kind: ground };
  return {
    site,
    c,
    session,
    id,
    editable,
    subject: {
      url: coopUrl(site.node, id),
      id,
      handle: coop.handle,
      choosing: coop.content === null && ground !== "imported",
    },
    kept: { provenance, ...(example !== undefined && { example }) },
  };
}

/** The form as the draft has it. */
export function formOfDesk({ editable, subject }: Desk): Form {
  const form = formOf(editable.content);
  const unwritten = [...form.keys()].filter(
    (name) => name.startsWith("provenance.") || name === "example",
  );
  for (const name of unwritten) form.delete(name);
  if (subject.handle !== null) form.set("_handle", subject.handle);
  return form;
}

/** The handle that a form asks for. */
export function handleIn(form: Form): string {
  return (form.get("_handle") ?? "").trim().toLowerCase().replace(/^@/, "");
}

/** The content of a form, with what the form doesn't say. */
export function contentFor({ kept }: Desk, form: Form): DraftContent {
  // Whether it is an invented example isn't for the form to say: examples are never counted.
  const { example: _, ...written } = withKeys(contentOf(ownFields(form)).content);
  return { ...written, ...kept };
}

/** Whoever takes a listing over has not agreed to what others have published. */
export function consentOf({ editable: { published }, kept }: Desk): "asked" | "given" | "not-ours" {
  if (published === undefined) return "asked";
  if (groundIn(kept) !== "claimed") return "not-ours";
  return groundIn(published) === "claimed" ? "given" : "asked";
}

function groundIn({ provenance }: DraftContent): unknown {
  return (provenance as { kind?: unknown } | undefined)?.kind;
}
