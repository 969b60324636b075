import type { Context } from "hono";
import { z } from "zod";
import { PartialDate } from "../coop/listing.ts";
import type { Upload } from "../directory/import-desk.ts";
import { mappings } from "../directory/sources/mappings.ts";
import type { Session } from "../directory/sign-in.ts";
import { tableBounds } from "../directory/tables/table.ts";
import { AppError } from "../errors.ts";
import * as imports from "../store/imports.ts";
import { type Form, freshForm, readForm, withFault } from "./forms.ts";
import { importPage, importsPage, ownChoice } from "./pages/imports.ts";
import { lookedPage } from "./pages/import-look.ts";
import { goTo, privately, respondPrivately } from "./private.ts";
import { demandNodeRole } from "./session.ts";
import type { Site } from "./site.ts";

/** How often a page of something under way asks to be loaded again, in seconds. */
const again = 2;

/** `GET /admin/import` */
export async function showImports(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  return list(site, c, session, freshForm());
}

async function list(site: Site, c: Context, session: Session, form: Form): Promise<Response> {
  const page = importsPage({
    form,
    waiting: await site.imports.waiting(),
    done: await imports.latest(site.db, 50),
  });
  return respondPrivately(site, c, page, { session, status: form.faults.length > 0 ? 400 : 200 });
}

/** Where no file was chosen browsers send one without a name. */
const chosen = (value: unknown) =>
  value instanceof File && value.size === 0 && value.name === "" ? undefined : value;

const TakeForm = z
  .object({
    file: z.preprocess(chosen, z.file("Choose a file.")),
    mapping: z.enum([...Object.keys(mappings), ownChoice], "Choose what the columns mean."),
    own: z.preprocess(chosen, z.file().max(500_000, "A mapping has at most 500 KB.").optional()),
    edition: z
      .string()
      .trim()
      .refine(
        (text) => PartialDate.safeParse(text).success,
        "Write a year, a month or a day: 2024, 2024-06 or 2024-06-30.",
      )
      .optional(),
  })
  .refine(({ mapping, own }) => mapping !== ownChoice || own !== undefined, {
    path: ["own"],
    message: "Choose the file of your mapping.",
  });

/** `POST /admin/import`: takes a file to be looked at. */
export async function takeImport(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  // Some more than the table itself, for the mapping and what forms are wrapped in.
  const read = await readForm(c, TakeForm, tableBounds.file + 1_000_000);
  if (!("data" in read)) return list(site, c, session, read.form);
  const { file, mapping, own, edition } = read.data;
  try {
    const upload = { file, mapping, edition, own: mapping === ownChoice ? own : undefined };
    const id = await site.imports.take(upload, session.account.id);
    return goTo(`/admin/import/${id}`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return list(site, c, session, withFault(read.form, `${error.message}.`, "own"));
  }
}

/** `GET /admin/import/:id`: what was found, how far it is, or what came of it. */
export async function showImport(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  return show(site, c, session, id, freshForm());
}

async function show(
  site: Site,
  c: Context,
  session: Session,
  id: string,
  form: Form,
): Promise<Response> {
  const upload = await site.imports.upload(id);
  const looked = upload === undefined ? undefined : site.imports.look(upload);
  const done = await imports.get(site.db, id);
  const under = looked?.state === "importing" || looked?.state === "reading";
  if (upload === undefined && done === undefined) {
    throw new AppError("not-found", "There is no such import. An upload waits for a day.");
  }
  // One that broke off is looked at again, and says so.
  const page =
    upload !== undefined && looked !== undefined && looked.state !== "importing"
      ? lookedPage({ upload, looked, form, brokeOff: done })
      : importPage({ upload, done, here: under });
  const status = form.faults.length > 0 ? 400 : 200;
  const response = await respondPrivately(site, c, page, { session, status });
  // A header and no element of the page: who reads slowly can stop it, and nothing jumps.
  if (under) response.headers.set("refresh", String(again));
  return response;
}

const StartForm = z.object({
  close: z.literal("yes").optional(),
  force: z.literal("yes").optional(),
});

/** `POST /admin/import/:id`: begins the import. */
export async function startImport(site: Site, c: Context, id: string): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const read = await readForm(c, StartForm);
  const upload = await demandUpload(site, id);
  if (!("data" in read)) return show(site, c, session, id, read.form);
  const { close, force } = read.data;
  try {
    site.imports.start(upload, { close: close === "yes", force: force === "yes" });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return show(site, c, session, id, withFault(read.form, sentence(error.message), "force"));
  }
  return goTo(`/admin/import/${id}`);
}

/** `POST /admin/import/:id/discard` */
export async function discardImport(site: Site, c: Context, id: string): Promise<Response> {
  await demandNodeRole(site, c, "administrator");
  await site.imports.discard(await demandUpload(site, id));
  return goTo("/admin/import", "import-discarded");
}

/** `GET /admin/import/:id/report.csv`: every finding, by row. */
export async function showImportReport(site: Site, c: Context, id: string): Promise<Response> {
  await demandNodeRole(site, c, "administrator");
  const report = await site.imports.report(await demandUpload(site, id));
  if (report === undefined) throw new AppError("not-found", "The report is not written yet.");
  return c.body(report, 200, {
    ...privately,
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="import-${id}.csv"`,
  });
}

async function demandUpload(site: Site, id: string): Promise<Upload> {
  const upload = await site.imports.upload(id);
  if (upload !== undefined) return upload;
  throw new AppError("not-found", "This upload is not here any more. An upload waits for a day.");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
