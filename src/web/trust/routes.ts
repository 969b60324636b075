import type { Hono } from "hono";
import type { Site } from "../site.ts";
import { changeAttesters, changeHost, endAlarm, showHost, showTrust } from "./hosts.ts";

/** Other nodes: what is held and shown of them, and whose word counts here. */
export function trustRoutes(site: Site, admin: Hono): void {
  admin.get("/network", (c) => showTrust(site, c));
  admin.post("/network/attesters", (c) => changeAttesters(site, c));
  admin.post("/network/alarms", (c) => endAlarm(site, c));
  admin.get("/network/hosts/:host", (c) => showHost(site, c, c.req.param("host")));
  admin.post("/network/hosts/:host", (c) => changeHost(site, c, c.req.param("host")));
}
