import type { Context } from "hono";
import { z } from "zod";
import { roleIn } from "../directory/permit.ts";
import * as coops from "../store/coops.ts";
import { ownCoops } from "./own-coops.ts";
import { hostedCoopsPage } from "./pages/hosted-coops.ts";
import { demandParameters } from "./parameters.ts";
import { respondPrivately } from "./private.ts";
import { demandNodeRole } from "./session.ts";
import type { Site } from "./site.ts";

const Query = z.object({ after: z.string().max(100).default("") });
const pageSize = 100;

/** `GET /admin/coops`, for administrators. */
export async function showHostedCoops(site: Site, c: Context): Promise<Response> {
  const session = await demandNodeRole(site, c, "administrator");
  const { after } = demandParameters(Query, new URL(c.req.url).searchParams);
  const rows = await coops.own(site.db, after, pageSize);
  const roles = rows.map(({ id }) => {
    const role = roleIn(session, id);
    return { coop: id, ...(role !== undefined && { role }) };
  });
  const next = rows.length < pageSize ? undefined : rows.at(-1)?.place;
  const page = hostedCoopsPage(await ownCoops(site, roles), next);
  return respondPrivately(site, c, page, { session });
}
