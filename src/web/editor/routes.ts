import type { Hono } from "hono";
import type { Site } from "../site.ts";
import { createRate } from "../joining/rate.ts";
import { accountRate, sendAccounts, showAccounts } from "./accounts.ts";
import { sendBlocks, showBlocks } from "../blocks.ts";
import { sendReply, showConversation, showReply } from "./conversation.ts";
import { checkCoop, sendEditor, sendNewCoop, showEditor, showNewCoop } from "./edit.ts";
import { sendLeave, showLeave } from "./leave.ts";
import { sendNews, sendPostEdit, showNews, showPostEditor } from "./news.ts";
import { bringBack, showHistory } from "./past.ts";
import { sendNamed, showNamed } from "../relations/named.ts";
import { sendProfilePicture, showProfilePictures } from "./pictures.ts";
import { showPreview } from "./preview.ts";

/** The pages on which a co-op publishes itself. */
export function editorRoutes(site: Site, admin: Hono): void {
  admin.get("/coops/new", (c) => showNewCoop(site, c));
  admin.post("/coops/new", (c) => sendNewCoop(site, c));
  admin.post("/coops/new/check", (c) => checkCoop(site, c, undefined));
  admin.get("/coops/:id", (c) => showEditor(site, c, c.req.param("id")));
  admin.post("/coops/:id", (c) => sendEditor(site, c, c.req.param("id")));
  admin.post("/coops/:id/check", (c) => checkCoop(site, c, c.req.param("id")));
  admin.get("/coops/:id/preview", (c) => showPreview(site, c, c.req.param("id")));
  admin.get("/coops/:id/history", (c) => showHistory(site, c, c.req.param("id")));
  admin.post("/coops/:id/history", (c) => bringBack(site, c, c.req.param("id")));
  admin.get("/coops/:id/named", (c) => showNamed(site, c, c.req.param("id")));
  admin.post("/coops/:id/named", (c) => sendNamed(site, c, c.req.param("id")));
  admin.get("/coops/:id/leave", (c) => showLeave(site, c, c.req.param("id")));
  admin.post("/coops/:id/leave", (c) => sendLeave(site, c, c.req.param("id")));
  const asking = createRate(accountRate.most, accountRate.span);
  admin.get("/coops/:id/accounts", (c) => showAccounts(site, c, c.req.param("id")));
  admin.post("/coops/:id/accounts", (c) => sendAccounts(site, c, c.req.param("id"), asking));
  admin.get("/coops/:id/pictures", (c) => showProfilePictures(site, c, c.req.param("id")));
  admin.post("/coops/:id/pictures", (c) => sendProfilePicture(site, c, c.req.param("id")));
  admin.get("/coops/:id/conversation", (c) => showConversation(site, c, c.req.param("id")));
  admin.get("/coops/:id/conversation/:key", (c) =>
    showReply(site, c, c.req.param("id"), c.req.param("key")),
  );
  admin.post("/coops/:id/conversation/:key", (c) =>
    sendReply(site, c, c.req.param("id"), c.req.param("key")),
  );
  admin.get("/coops/:id/blocks", (c) => showBlocks(site, c, c.req.param("id")));
  admin.post("/coops/:id/blocks", (c) => sendBlocks(site, c, c.req.param("id")));
  admin.get("/coops/:id/news", (c) => showNews(site, c, c.req.param("id")));
  admin.post("/coops/:id/news", (c) => sendNews(site, c, c.req.param("id")));
  admin.get("/coops/:id/news/:post", (c) =>
    showPostEditor(site, c, c.req.param("id"), c.req.param("post")),
  );
  admin.post("/coops/:id/news/:post", (c) =>
    sendPostEdit(site, c, c.req.param("id"), c.req.param("post")),
  );
}
