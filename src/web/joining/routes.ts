import type { Hono } from "hono";
import type { Site } from "../site.ts";
import { sendAnswer, showQuestion } from "./answer.ts";
import {
  requestRate,
  sendAsk,
  sendJoin,
  sendPrivacy,
  showAsk,
  showJoin,
  showPrivacy,
  showRequestStatus,
} from "./ask.ts";
import { downloadExport, sendTakeIn, showExport, showTakeIn } from "./leave.ts";
import { sendMandate, sendMandateEnd, showMandate } from "./mandate.ts";
import {
  downloadFaulty,
  downloadLinks,
  downloadTemplate,
  draftMembers,
  type MemberDesk,
  previewMembers,
  publishMembers,
  showMemberMandate,
  showMembers,
} from "./members.ts";
import { changePeople, invitePeople, leavePeople, showPeople } from "./people.ts";
import { decideRequest, showRequest, showRequests } from "./requests.ts";

/** What people who aren’t known here can ask of the node, and answer. */
export function joiningRoutes(site: Site, app: Hono): void {
  const rate = requestRate();
  app.get("/join", () => showJoin(site));
  app.post("/join", (c) => sendJoin(site, c, rate));
  for (const kind of ["claim", "correct", "object"] as const) {
    app.get(`/coops/:id/${kind}`, (c) => showAsk(site, c.req.param("id"), kind));
    app.post(`/coops/:id/${kind}`, (c) => sendAsk(site, c, rate, c.req.param("id"), kind));
  }
  app.get("/privacy", () => showPrivacy(site));
  app.post("/privacy", (c) => sendPrivacy(site, c, rate));
  app.get("/requests/:id", (c) => showRequestStatus(site, c.req.param("id")));
  app.get("/yes/:token", (c) => showQuestion(site, c.req.param("token")));
  app.post("/yes/:token", (c) => sendAnswer(site, c, c.req.param("token")));
}

/** Who looks after a co-op, what it takes along, and what is decided for the node. */
export function joiningAdminRoutes(site: Site, admin: Hono): void {
  admin.get("/coops/:id/people", (c) => showPeople(site, c, c.req.param("id")));
  admin.post("/coops/:id/people", (c) => invitePeople(site, c, c.req.param("id")));
  admin.post("/coops/:id/people/leave", (c) => leavePeople(site, c, c.req.param("id")));
  admin.post("/coops/:id/people/:account", (c) =>
    changePeople(site, c, c.req.param("id"), c.req.param("account")),
  );
  admin.get("/coops/:id/export", (c) => showExport(site, c, c.req.param("id")));
  admin.get("/coops/:id/export.json", (c) => downloadExport(site, c, c.req.param("id")));

  // For moderators.
  admin.get("/requests", (c) => showRequests(site, c));
  admin.get("/requests/:id", (c) => showRequest(site, c, c.req.param("id")));
  admin.post("/requests/:id", (c) => decideRequest(site, c, c.req.param("id")));

  // For administrators.
  admin.get("/coops/:id/mandate", (c) => showMandate(site, c, c.req.param("id")));
  admin.post("/coops/:id/mandate", (c) => sendMandate(site, c, c.req.param("id")));
  admin.post("/coops/:id/mandate/end", (c) => sendMandateEnd(site, c, c.req.param("id")));
  admin.get("/take-in", (c) => showTakeIn(site, c));
  admin.post("/take-in", (c) => sendTakeIn(site, c));
  const desk: MemberDesk = {};
  admin.get("/members", (c) => showMembers(site, c, desk));
  admin.post("/members", (c) => previewMembers(site, c, desk));
  admin.get("/members/template.csv", (c) => downloadTemplate(site, c));
  admin.post("/members/drafts", (c) => draftMembers(site, c));
  admin.post("/members/faulty.csv", (c) => downloadFaulty(site, c));
  admin.post("/members/links.csv", (c) => downloadLinks(site, c, desk));
  admin.get("/members/mandate", (c) => showMemberMandate(site, c));
  admin.post("/members/mandate", (c) => publishMembers(site, c, desk));
}
