import { expect, test } from "vitest";
import { fileRequest, proofCode } from "../../src/directory/request.ts";
import * as accounts from "../../src/store/accounts.ts";
import * as coops from "../../src/store/coops.ts";
import * as mandates from "../../src/store/mandates.ts";
import * as requests from "../../src/store/requests.ts";
import {
  federationCsv,
  federationRows,
  federationXlsx,
  spoiled,
} from "../helpers/federation-table.ts";
import { formIn } from "../helpers/form-in.ts";
import { foreignListing, testSite, type TestSite } from "../helpers/site.ts";
import { visitor, type Visitor } from "../helpers/visitor.ts";

const person = { name: "Ada Example", reach: "ada@example.org", message: "I am on the board." };

function plain(text: string): string {
  return text
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll("&#39;", "'");
}

async function imported(site: TestSite): Promise<string> {
  const [url = ""] = await site.import([
    { name: "Bakery Limited", url: "https://bakery.example/", theme: ["food"] },
  ]);
  return new URL(url).pathname.split("/").at(-1) ?? "";
}

/** The form of the editor with some fields otherwise, as the button to publish sends it. */
async function written(who: Visitor, path: string, changed: Record<string, string>) {
  const form = formIn(await who.page(path), "editor");
  const fields: Record<string, string | string[]> = {};
  for (const name of form.keys()) fields[name] = form.getAll(name);
  return { ...fields, ...changed, do: "publish" };
}

/** The one-time link on a page, as a path. */
function linkOn(page: string): string {
  return /\/admin\/links\/[\w-]{43}/.exec(page)?.[0] ?? "";
}

test("a claim goes from the page of the listing to its owner", async () => {
  await using site = await testSite();
  const id = await imported(site);
  const ada = await visitor(site);
  expect(await ada.page(`/coops/${id}`)).toContain(`href="/coops/${id}/claim"`);
  expect(plain(await ada.page(`/coops/${id}/claim`))).toContain("This is our co-op");
  const sent = await ada.post(`/coops/${id}/claim`, person);
  expect(sent.status).toBe(303);
  const status = sent.headers.get("location") ?? "";
  const [request] = await requests.open(site.db, 1);
  const waiting = await ada.get(status);
  expect(waiting.headers.get("cache-control")).toBe("no-store");
  expect(waiting.headers.get("x-robots-tag")).toBe("noindex");
  const words = await waiting.text();
  expect(words).toContain(proofCode({ id: request?.id ?? "" }));
  expect(words).toContain(`https://coops.example${status}`);

  const mona = await visitor(site, { name: "mona", nodeRole: "moderator" });
  expect(await mona.page("/admin/requests")).toContain("To claim a listing");
  const shown = await mona.page(`/admin/requests/${request?.id}`);
  expect(shown).toContain(proofCode({ id: request?.id ?? "" }));
  expect(plain(shown)).toContain("I am on the board.");
  const done = await mona.post(`/admin/requests/${request?.id}`, {
    do: "accept",
    note: "Welcome!",
  });
  const page = await done.text();
  expect(page).toContain('href="mailto:ada@example.org?subject=');
  expect(plain(await ada.page(status))).toContain("Accepted Answer Welcome!");
  const again = await mona.post(`/admin/requests/${request?.id}`, { do: "refuse" });
  expect(again.status).toBe(400);
  expect(await again.text()).toContain("was decided already");

  const link = linkOn(page);
  const password = "correct horse battery";
  const joined = await ada.post(link, { name: "ada", password, repeated: password });
  expect(joined.headers.get("location")).toMatch(/^\/admin/);
  // Whoever runs the node may still correct it: that makes it nobody’s own.
  const root = await visitor(site, { name: "root", nodeRole: "administrator" });
  const editor = `/admin/coops/${id}`;
  await root.post(editor, await written(root, editor, { summary: "Bread." }));
  expect(await coops.get(site.db, id)).toMatchObject({ handle: null, content: null });
  expect(plain(await ada.page(`/coops/${id}`))).toContain("Not followable yet");

  await ada.post(editor, await written(ada, editor, { _handle: "bakery", _consent: "yes" }));
  expect(await coops.get(site.db, id)).toMatchObject({ handle: "bakery", source: "test" });
  const own = plain(await ada.page(`/coops/${id}`));
  expect(own).toContain("Claimed: the co-op speaks for itself.");
  expect(own).toContain("Bread.");
});

test("an objection that is accepted takes the listing out", async () => {
  await using site = await testSite();
  const id = await imported(site);
  const nobody = await visitor(site);
  await nobody.post(`/coops/${id}/object`, { ...person, reach: "" });
  const [request] = await requests.open(site.db, 1);
  expect(request).toMatchObject({ kind: "object", email: null });
  const mona = await visitor(site, { name: "mona", nodeRole: "moderator" });
  const done = await mona.post(`/admin/requests/${request?.id}`, { do: "accept" });
  expect(done.headers.get("location")).toBe("/admin/requests?done=request-accepted");
  expect((await nobody.get(`/coops/${id}`)).status).toBe(410);
  expect((await nobody.get(`/coops/${id}/claim`)).status).toBe(410);
});

test("what is wrong with a request is said beside what was written", async () => {
  await using site = await testSite();
  const nobody = await visitor(site);
  const bad = { coop: "Borgo", handle: "Borgo.Pane", url: "borgo", message: "Pane & <b>olio</b>" };
  const response = await nobody.post("/join", bad);
  expect(response.status).toBe(400);
  const text = await response.text();
  expect(text).toContain("Pane &amp; &lt;b&gt;olio");
  for (const field of ["handle", "url", "name", "reach"]) {
    expect(text).toContain(`id="field-${field}-fault"`);
  }
  const trapped = await nobody.post("/join", { ...person, coop: "Borgo", trap: "buy" });
  expect(await trapped.text()).toContain("Leave the last field empty.");
  expect(await requests.open(site.db, 1)).toEqual([]);
});

test("five requests an hour are enough for one client", async () => {
  const time = { now: Date.UTC(2026, 10, 22) };
  await using site = await testSite({ clock: () => time.now });
  const id = await imported(site);
  const send = (from: string) =>
    site.web.request(`/coops/${id}/object`, {
      method: "POST",
      body: new URLSearchParams(person),
      headers: { "x-forwarded-for": from },
    });
  for (let at = 0; at < 5; at++) expect((await send("192.0.2.7")).status).toBe(303);
  expect((await send("10.0.0.1, 192.0.2.7")).status).toBe(429);
  expect((await send("192.0.2.8")).status).toBe(303);
  // Of IPv6 a client has a whole network.
  for (let at = 0; at < 5; at++) {
    expect((await send(`2001:db8:1:2:${at}::1`)).status).toBe(303);
  }
  expect((await send("2001:db8:1:2:ffff::1")).status).toBe(429);
  time.now += 3_600_000;
  expect((await send("192.0.2.7")).status).toBe(303);
});

test("nothing can be asked about a co-op that speaks for itself, or a draft", async () => {
  await using site = await testSite();
  const own = await site.add("bakery");
  expect((await site.get(`/coops/${own}/claim`)).status).toBe(409);
  expect((await site.get("/coops/nothing000/claim")).status).toBe(404);
  const admin = await visitor(site, { name: "root", nodeRole: "administrator" });
  const upload = new FormData();
  upload.set("file", new File([new Uint8Array(federationCsv(federationRows(1)))], "a.csv"));
  const rows = hiddenRows(await (await admin.upload("/admin/members", upload)).text());
  await admin.post("/admin/members/drafts", { rows });
  const draft = await coops.byHandle(site.db, "member_0");
  for (const path of ["", "/claim", "/listing"]) {
    expect((await site.get(`/coops/${draft?.id}${path}`)).status, path).toBe(404);
  }
});

test("the copy of another node’s imported listing leads to that node", async () => {
  await using site = await testSite();
  const provenance = { kind: "imported", creditText: "A register" };
  await site.take([await foreignListing("https://b.example", { name: "Far", provenance })]);
  const page = await site.page("/directory/b.example/coops/abcdefghjk");
  expect(page).not.toContain("/claim");
  expect(plain(page)).toContain("object to its being listed at b.example , the node");
});

test("a person asks what is kept of them, and it is logged that they were answered", async () => {
  await using site = await testSite();
  const nobody = await visitor(site);
  expect(plain(await nobody.page("/privacy"))).toContain(
    "12 months after the decision, 24 months without one",
  );
  const sent = await nobody.post("/privacy", { ...person, kind: "access" });
  expect(sent.status).toBe(303);
  const [request] = await requests.open(site.db, 1);
  const mona = await visitor(site, { name: "mona", nodeRole: "moderator" });
  await mona.post(`/admin/requests/${request?.id}`, { do: "accept", note: "Sent by mail." });
  expect(await requests.decided(site.db, 1)).toMatchObject([
    { kind: "access", decision: "accepted", note: "Sent by mail." },
  ]);
});

/** What a preview sends back with a form. */
function hiddenRows(page: string, which = 0): string {
  const values = [...page.matchAll(/name="rows" value="([^"]*)"/g)];
  return (values[which]?.[1] ?? "")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

test.each(["csv", "xlsx"])(
  "400 rows of %s, 30 of them faulty, up to one co-op’s yes",
  async (form) => {
    await using site = await testSite();
    const admin = await visitor(site, { name: "root", nodeRole: "administrator" });
    const rows = spoiled(federationRows(400), 30);
    const bytes = form === "csv" ? federationCsv(rows) : federationXlsx(rows);
    const upload = new FormData();
    upload.set("file", new File([new Uint8Array(bytes)], `members.${form}`));
    const preview = await (await admin.upload("/admin/members", upload)).text();
    expect(plain(preview)).toContain("370 rows can be used, 30 can’t yet");
    expect(await coops.byHandle(site.db, "member_0")).toBeUndefined();

    const rest = await admin.post("/admin/members/faulty.csv", { rows: hiddenRows(preview, 1) });
    expect(rest.headers.get("content-disposition")).toBe('attachment; filename="to-mend.csv"');
    expect((await rest.text()).trim().split("\r\n")).toHaveLength(31);

    const drafted = await admin.post("/admin/members/drafts", { rows: hiddenRows(preview) });
    expect(drafted.headers.get("location")).toBe("/admin/members?done=members-added");
    expect(plain(await admin.page("/admin/members"))).toContain("370 drafts wait");
    const lacking = await admin.post("/admin/members/links.csv");
    expect(lacking.status).toBe(400);
    const links = await admin.post("/admin/members/links.csv", { asker: "Co-operatives UK" });
    const [, first = ""] = (await links.text()).split("\r\n");
    const link = new URL(first.split(",").at(-1) ?? "").pathname;

    const nobody = await visitor(site);
    const asked = plain(await nobody.page(link));
    expect(asked).toContain("Co-operatives UK would like to list your co-op");
    const said = await nobody.post(link, { answer: "yes" });
    const thanks = await said.text();
    expect(linkOn(thanks)).not.toBe("");
    const member = await coops.byHandle(site.db, "member_0");
    expect((await nobody.get(`/coops/${member?.id}`)).status).toBe(200);
    expect((await nobody.post(link, { answer: "no" })).status).toBe(410);
    expect(plain(await nobody.page(linkOn(thanks)))).toContain("as an owner");
  },
  30_000,
);

test("a federation publishes all that wait under its mandate, after it was confirmed", async () => {
  await using site = await testSite();
  const admin = await visitor(site, { name: "root", nodeRole: "administrator" });
  const upload = new FormData();
  upload.set("file", new File([new Uint8Array(federationCsv(federationRows(20)))], "a.csv"));
  const rows = hiddenRows(await (await admin.upload("/admin/members", upload)).text());
  await admin.post("/admin/members/drafts", { rows });
  const mandate = { by: "Co-operatives UK", basis: "Rule 7", date: "2026", person: "Bo Example" };
  const unsure = await admin.post("/admin/members/mandate", mandate);
  expect(unsure.status).toBe(400);
  expect(await unsure.text()).toContain("Tick this if all of them are to be published now.");
  await admin.post("/admin/members/mandate", { ...mandate, sure: "yes" });
  await expect
    .poll(async () => plain(await admin.page("/admin/members")))
    .toContain("20 of 20 published.");
  await site.site.index.catchUp();
  const { id = "" } = (await coops.byHandle(site.db, "member_7")) ?? {};
  const page = await site.page(`/coops/${id}`);
  expect(plain(page)).toContain(
    "Published by Co-operatives UK on the co-op’s behalf: Rule 7 , 2026",
  );
  expect(page).not.toContain("Bo Example");
  expect(page).toContain(`/coops/${id}/object`);
  for (const path of ["/api/v1/coops?q=member_7", `/coops/${id}/listing`]) {
    expect(await (await site.get(path, { accept: "application/json" })).text()).not.toContain(
      "Bo ",
    );
  }

  // It ends: the listing goes, the account stays.
  expect(await admin.page(`/admin/coops/${id}/mandate`)).toContain("Bo Example");
  await admin.post(`/admin/coops/${id}/mandate/end`);
  expect(await mandates.live(site.db, id)).toBeUndefined();
  expect((await site.get(`/coops/${id}/listing`)).status).toBe(410);
  expect(await coops.get(site.db, id)).toMatchObject({ handle: "member_7", deleted: null });
});

test("a table that is none is said in one sentence, and nothing changes", async () => {
  await using site = await testSite();
  const admin = await visitor(site, { name: "root", nodeRole: "administrator" });
  for (const [name, bytes, why] of [
    ["a.csv", "name,land\nA,GB\n", "lacks the column “country”"],
    ["b.csv", "", "Choose the spreadsheet."],
    ["c.xlsx", "PK\u0003\u0004rubbish", "c.xlsx"],
    ["d.csv", `name,country\n${"x".repeat(40_000)},GB\n`, "characters"],
  ] as const) {
    const upload = new FormData();
    upload.set("file", new File([bytes], name));
    const response = await admin.upload("/admin/members", upload);
    expect(response.status, name).toBe(400);
    expect(plain(await response.text()), name).toContain(why);
  }
});

test("owners hand over: a second owner by link, roles changed, nobody left out", async () => {
  await using site = await testSite();
  const id = await site.add("bakery");
  const ada = await visitor(site, { name: "ada", roles: { [id]: "owner" } });
  const people = `/admin/coops/${id}/people`;
  const alone = await ada.post(`${people}/leave`);
  expect(alone.status).toBe(400);
  expect(plain(await alone.text())).toContain("last owner");
  const made = await ada.post(people, { role: "owner" });
  const bob = await visitor(site, { name: "bob" });
  await bob.post(`${linkOn(await made.text())}/accept`);
  expect(plain(await bob.page(people))).toMatch(/ada Owner .*bob Owner /);
  const row = await accounts.byName(site.db, "ada");
  await bob.post(`${people}/${row?.id}`, { role: "editor" });
  expect((await ada.get(`/admin/coops/${id}/export.json`)).status).toBe(403);
  expect(plain(await ada.page(people))).toContain("Only its owners can invite others.");
  await ada.post(`${people}/leave`);
  expect((await ada.get(people)).status).toBe(403);
  expect((await bob.post(`${people}/${row?.id}`, { role: "owner" })).status).toBe(404);
});

test("a co-op leaves with a file, and another node takes it in", async () => {
  await using site = await testSite();
  await using other = await testSite({}, "https://b.example");
  const id = await site.add("bakery", { name: "Station Bakery" });
  await site.say(id, "We bake.", true);
  const ada = await visitor(site, { name: "ada", roles: { [id]: "owner" } });
  expect(await ada.page(`/admin/coops/${id}/export`)).toContain("export.json");
  const file = await ada.get(`/admin/coops/${id}/export.json`);
  expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename="bakery-2026-/);
  const root = await visitor(other, { name: "root", nodeRole: "administrator" });
  const upload = new FormData();
  upload.set("file", new File([await file.text()], "bakery.json"));
  const taken = await (await root.upload("/admin/take-in", upload)).text();
  expect(linkOn(taken)).not.toBe("");
  const there = await coops.byHandle(other.db, "bakery");
  expect(there?.draft).toContain("Station Bakery");
  expect((await other.get(`/coops/${there?.id}`)).status).toBe(404);
  const posts = await other.db.selectFrom("post").selectAll().execute();
  // Nor can anybody read its news before it is published.
  expect((await other.get(`/coops/${there?.id}/posts/${posts[0]?.id}`)).status).toBe(404);
  const wrong = new FormData();
  wrong.set("file", new File(["{}"], "bakery.json"));
  const refused = await root.upload("/admin/take-in", wrong);
  expect(refused.status).toBe(400);
  expect(plain(await refused.text())).toContain("The file can’t be used: format: ");
});

test("a moderator can’t mend a listing, and is told who can", async () => {
  await using site = await testSite();
  const coop = await imported(site);
  const form = { ...person, reach: undefined };
  const id = await fileRequest(
    site.db,
    site.node,
    { kind: "correct", coop, form },
    site.site.clock(),
  );
  const mona = await visitor(site, { name: "mona", nodeRole: "moderator" });
  expect(plain(await mona.page(`/admin/requests/${id}`))).toContain("ask one of them");
  const root = await visitor(site, { name: "root", nodeRole: "administrator" });
  expect(await root.page(`/admin/requests/${id}`)).toContain(`href="/admin/coops/${coop}"`);
});
