import type { Hono } from "hono";
import type { Site } from "../site.ts";
import { checkCoop, sendEditor, sendNewCoop, showEditor, showNewCoop } from "./edit.ts";

/** The pages on which a co-op publishes itself. */
export function editorRoutes(site: Site, admin: Hono): void {
  admin.get("/coops/new", (c) => showNewCoop(site, c));
  admin.post("/coops/new", (c) => sendNewCoop(site, c));
  admin.post("/coops/new/check", (c) => checkCoop(site, c, undefined));
  admin.get("/coops/:id", (c) => showEditor(site, c, c.req.param("id")));
  admin.post("/coops/:id", (c) => sendEditor(site, c, c.req.param("id")));
  admin.post("/coops/:id/check", (c) => checkCoop(site, c, c.req.param("id")));
}
