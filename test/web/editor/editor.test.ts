import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../../src/coop/canonical-json.ts";
import type { DraftContent } from "../../../src/directory/draft.ts";
import * as changes from "../../../src/store/changes.ts";
import * as coops from "../../../src/store/coops.ts";
import * as posts from "../../../src/store/posts.ts";
import { contentOf } from "../../../src/web/editor/form.ts";
import { withRepetitions } from "../../../src/web/editor/sheet.ts";
import { ownFields } from "../../../src/web/editor/steps.ts";
import { formIn } from "../../helpers/form-in.ts";
import { bakery, testSite, type TestSite } from "../../helpers/site.ts";
import { tidyContent } from "../../helpers/tidy-content.ts";
import { visitor, type Visitor } from "../../helpers/visitor.ts";

let site: TestSite;
let ada: Visitor;

beforeAll(async () => {
  site = await testSite();
  ada = await visitor(site, { name: "ada", displayName: "Ada", nodeRole: "administrator" });
});

afterAll(() => site[Symbol.asyncDispose]());

/** The fields of the editor at this address, as a browser would send them. */
async function fieldsAt(who: Visitor, path: string): Promise<URLSearchParams> {
  return formIn(await who.page(path), "editor");
}

/** Sends the editor's form with one button, and some fields otherwise. */
async function send(
  who: Visitor,
  path: string,
  button: string,
  changed: Record<string, string | string[]> = {},
): Promise<Response> {
  const form = await fieldsAt(who, path);
  const fields: Record<string, string | string[]> = {};
  for (const name of form.keys()) fields[name] = form.getAll(name);
  return who.post(path, { ...fields, ...changed, do: button });
}

/** The id of the co-op that an answer leads to. */
function ledTo(response: Response): string {
  const location = response.headers.get("location") ?? "";
  return /\/admin\/coops\/([0-9a-z]{10})/.exec(location)?.[1] ?? `nowhere: ${response.status}`;
}

const worker = {
  name: "Fabrik",
  summary: "We mend bicycles.",
  _consent: "yes",
  "stakeholders.0.kind": "worker",
  "stakeholders.0.name": "Workers",
  "stakeholders.0.members": "12",
};

describe("the editor", () => {
  it("publishes a co-op from its form, with an owner, a history and a pinned introduction", async () => {
    const response = await send(ada, "/admin/coops/new", "publish", worker);
    expect(response.status).toBe(303);
    const id = ledTo(response);
    expect(await site.page(`/coops/${id}`)).toContain("We mend bicycles.");
    expect(await coops.get(site.db, id)).toMatchObject({ handle: "fabrik", draft: null });
    const [pinned] = await posts.pinned(site.db, id);
    expect(JSON.parse(pinned?.content ?? "")).toEqual({ en: "We mend bicycles." });
    expect(await ada.page(`/admin/coops/${id}/history`)).toContain("by <bdi>Ada</bdi>");
    expect(await ada.page("/admin")).toContain(`/admin/coops/${id}`);
    const listing = await site.get(`/coops/${id}/listing`);
    expect(((await listing.json()) as { about: object }).about).toMatchObject({
      provenance: { kind: "claimed" },
      stakeholders: [{ key: "workers", kind: "worker", name: "Workers", members: 12 }],
    });
  });

  it("shows any content so that sending the page back says the same", async () => {
    const id = await site.add("roundtrip");
    await fc.assert(
      fc.asyncProperty(tidyContent, async (content) => {
        const draft = { ...content, provenance: { kind: "claimed" } };
        const { edition } = (await coops.get(site.db, id)) ?? { edition: -1 };
        await site.db
          .updateTable("coop")
          .set({ draft: JSON.stringify(draft) })
          .where("id", "=", id)
          .execute();
        const form = await fieldsAt(ada, `/admin/coops/${id}`);
        expect(form.get("_base")).toBe(String(edition));
        const { content: again, unknown } = contentOf(ownFields(withRepetitions(form)));
        expect(unknown).toEqual([]);
        const { provenance: _, example: __, ...rest } = draft as DraftContent;
        expect(canonicalJson(again as Json)).toBe(canonicalJson(rest as Json));
      }),
      { numRuns: 60 },
    );
  });

  it("says at each field what is wrong, and publishes nothing", async () => {
    const before = await changes.head(site.db);
    const response = await send(ada, "/admin/coops/new", "publish", {
      ...worker,
      name: "",
      url: "our site",
      "stakeholders.0.members": "many",
      _consent: "",
    });
    expect(response.status).toBe(400);
    const page = await response.text();
    for (const [field, words] of [
      ["name", "Fill this in."],
      ["url", "Not a web address"],
      ["stakeholders.0.members", "Not a whole number."],
      ["_consent", "Tick this to agree"],
    ] as const) {
      const [, fault] = new RegExp(`id="field-${field}-fault">([^<]*)`).exec(page) ?? [];
      expect(fault, field).toContain(words);
      expect(page).toContain(`href="#field-${field}"`);
    }
    const written = formIn(page, "editor");
    expect(written.get("stakeholders.0.members")).toBe("many");
    expect(await changes.head(site.db)).toBe(before);
  });

  it("refuses fields that no listing has, and forms that are too large", async () => {
    const unknown = await send(ada, "/admin/coops/new", "save", { wages: "3" });
    expect(unknown.status).toBe(400);
    expect(await unknown.text()).toContain("No listing has the fields wages");
    const large = await send(ada, "/admin/coops/new", "save", { name: "x".repeat(600_000) });
    expect(large.status).toBe(413);
    const many = await send(ada, "/admin/coops/new", "save", { theme: Array(4001).fill("food") });
    expect(many.status).toBe(413);
    const years = Array.from({ length: 450 }, (_, at) => [`figures.${at}.year`, "2025"]);
    const long = await send(ada, "/admin/coops/new", "check", Object.fromEntries(years));
    expect(long.status).toBe(413);
    const draft = await send(ada, "/admin/coops/new", "save", { summary: "x".repeat(70_000) });
    expect(draft.status).toBe(400);
    expect(await draft.text()).toContain("at most 64 KB");
  });

  it("keeps what was entered, and publishes small counts hidden", async () => {
    const response = await send(ada, "/admin/coops/new", "publish", {
      ...worker,
      name: "Insieme",
      "stakeholders.1.kind": "disadvantaged-worker",
      "stakeholders.1.name": "Inserimento",
      "stakeholders.1.members": "3",
    });
    const id = ledTo(response);
    expect((await fieldsAt(ada, `/admin/coops/${id}`)).get("stakeholders.1.members")).toBe("3");
    expect(await ada.page(`/admin/coops/${id}`)).toContain("What will not be published as you");
    const listing = await (await site.get(`/coops/${id}/listing`)).text();
    expect(listing).toContain('{"fewerThan":5}');
    expect((await coops.get(site.db, id))?.content).toContain('"fewerThan":5');
  });

  it("says nothing of an example or a ground, whatever the form says", async () => {
    const response = await send(ada, "/admin/coops/new", "publish", {
      ...worker,
      name: "Vera",
      example: "yes",
      "provenance.kind": "imported",
    });
    const published = (await coops.get(site.db, ledTo(response)))?.content ?? "";
    expect(published).toContain('"provenance":{"kind":"claimed"}');
    expect(published).not.toContain('"example":');
  });

  it("keeps what is too long to be published, as a draft and in its form", async () => {
    const tags = ["fr", "de", "it", "es", "pt", "nl", "sv", "da", "fi", "pl"];
    const texts = tags.map((tag) => [`summaryMap.${tag}`, "y".repeat(1900)]);
    const response = await send(ada, "/admin/coops/new", "publish", {
      ...worker,
      name: "Lunghissima",
      ...Object.fromEntries(texts),
    });
    expect(response.status).toBe(400);
    const page = await response.text();
    expect(page).toContain("at most 16384 can be published");
    const form = formIn(page, "editor");
    expect(form.get("summaryMap.pl")).toHaveLength(1900);
    const path = /action="([^"]+)"/.exec(page.slice(page.indexOf('id="editor"') - 300))?.[1] ?? "";
    expect(path).toMatch(/^\/admin\/coops\/[0-9a-z]{10}$/);
    const shorter = new Map([...form].filter(([name]) => !/Map\.(d|f|p|i)/.test(name)));
    const again = { ...Object.fromEntries(shorter), _consent: "yes", do: "publish" };
    expect(ledTo(await ada.post(path, again))).toBe(path.split("/").at(-1));
  });

  it("adds and removes rows, and fills in what is usual, without saving anything", async () => {
    const path = "/admin/coops/new";
    const before = await site.db.selectFrom("coop").select("id").execute();
    const usual = formIn(await (await send(ada, path, "preset:solidarity")).text(), "editor");
    expect(usual.get("voteRule")).toBe("one-member-one-vote");
    expect(usual.get("stakeholders.2.kind")).toBe("supporting");
    const more = formIn(await (await send(ada, path, "add:relations")).text(), "editor");
    expect(more.get("relations.0.kind")).toBe("");
    const language = await send(ada, path, "language", { _language: "fr" });
    expect(formIn(await language.text(), "editor").has("summaryMap.fr")).toBe(true);
    const fewer = await send(ada, path, "remove:stakeholders.0", {
      ...worker,
      "stakeholders.1.name": "Users",
    });
    const left = formIn(await fewer.text(), "editor");
    expect([left.has("stakeholders.0.name"), left.get("stakeholders.1.name")]).toEqual([
      false,
      "Users",
    ]);
    expect(await site.db.selectFrom("coop").select("id").execute()).toEqual(before);
  });

  it("finds codes without script, those of the country first", async () => {
    const response = await send(ada, "/admin/coops/new", "find:location.region", {
      "location.address.addressCountry": "CA",
      "_find.location.region": "queb",
    });
    expect(await response.text()).toMatch(/value="iso3166-2:CA-QC"/);
    const none = await send(ada, "/admin/coops/new", "find:activity", {
      "_find.activity": "qqqqq",
    });
    expect(await none.text()).toContain("Nothing else is called “qqqqq”");
  });

  it("warns of what the figures contradict, and publishes all the same", async () => {
    const odd = {
      ...worker,
      name: "Odd",
      "stakeholders.0.voteShare": "60",
      foundingDate: "2040",
    };
    const response = await send(ada, "/admin/coops/new", "check", odd);
    const page = await response.text();
    expect(page).toMatch(/things? to look at/);
    expect(page).toContain("<strong>Founded:</strong>");
    expect((await send(ada, "/admin/coops/new", "publish", odd)).status).toBe(303);
  });

  it("draws the picture and the state of the handle for the script", async () => {
    await site.add("taken");
    const fragment = await (
      await ada.post("/admin/coops/new/check", { ...worker, _handle: "taken" })
    ).text();
    expect(fragment).toMatch(/^\s*<div id="live"/);
    expect(fragment).toContain("Who decides");
    expect(fragment).toContain("@taken: the handle “taken” is taken.");
    expect(await (await ada.post("/admin/coops/new/check", { name: "Łódź" })).text()).toContain(
      "@lodz@coops.example",
    );
  });
});

describe("a text that stands among its translations, too", () => {
  it("is written once, and changes in both places", async () => {
    const id = await site.add("twice", {
      name: "Boulangerie",
      nameMap: { fr: "Boulangerie", en: "Bakery" },
      inLanguage: "fr",
      stakeholders: [{ key: "w", kind: "worker", name: "Équipe", nameMap: { fr: "Équipe" } }],
    });
    const path = `/admin/coops/${id}`;
    expect((await fieldsAt(ada, path)).has("nameMap.fr")).toBe(false);
    await send(ada, path, "save", { name: "Fournil", "stakeholders.0.name": "Boulangers" });
    const draft = () =>
      coops.get(site.db, id).then((coop) => JSON.parse(coop?.draft ?? "") as object);
    expect(await draft()).toMatchObject({
      nameMap: { fr: "Fournil", en: "Bakery" },
      stakeholders: [{ nameMap: { fr: "Boulangers" } }],
    });
    await send(ada, path, "save", { name: "Oven", inLanguage: "de" });
    expect(await draft()).toMatchObject({ name: "Oven", nameMap: { en: "Bakery" } });
    expect(JSON.stringify(await draft())).not.toContain('"fr"');
  });
});

describe("two who edit at once", () => {
  it("lose nothing: who comes second sees both texts, and can replace the first", async () => {
    const id = await site.add("both", { name: "Both", summary: "Old." });
    const eve = await visitor(site, { name: "eve", displayName: "Eve", roles: { [id]: "editor" } });
    const path = `/admin/coops/${id}`;
    const early = await fieldsAt(eve, path);
    expect((await send(ada, path, "save", { summary: "By Ada." })).status).toBe(303);
    for (const button of ["save", "publish"]) {
      const late = Object.fromEntries(early);
      const second = await eve.post(path, { ...late, summary: "By Eve.", do: button });
      expect(second.status).toBe(409);
      const page = await second.text();
      expect(page).toContain("Somebody else was faster");
      expect(page).toContain("<bdi>Ada</bdi> saved a draft");
      expect(page).toContain("By Ada.");
      expect(formIn(page, "editor").get("summary")).toBe("By Eve.");
      expect((await coops.get(site.db, id))?.draft).toContain("By Ada.");
    }
    const again = formIn(
      await (
        await eve.post(path, { ...Object.fromEntries(early), summary: "By Eve.", do: "save" })
      ).text(),
      "editor",
    );
    expect((await eve.post(path, { ...Object.fromEntries(again), do: "save" })).status).toBe(303);
    expect((await coops.get(site.db, id))?.draft).toContain("By Eve.");
    expect(await ada.page(`${path}/history`)).toContain("A draft that was put aside");
  });
});

describe("a private draft", () => {
  it("is nowhere to be seen but in its editor", async () => {
    const before = await changes.head(site.db);
    const response = await send(ada, "/admin/coops/new", "save", {
      ...worker,
      name: "Geheimnis",
      _handle: "geheimnis",
    });
    const id = ledTo(response);
    expect(await ada.page(`/admin/coops/${id}`)).toContain("Geheimnis");
    expect(await changes.head(site.db)).toBe(before);
    await site.site.index.catchUp();
    for (const path of [
      `/coops/${id}`,
      `/coops/${id}/listing`,
      `/coops/${id}/classes/workers`,
      "/search?q=Geheimnis",
      "/api/v1/coops?q=Geheimnis",
      `/api/v1/coops/lookup?id=${encodeURIComponent(`https://coops.example/coops/${id}`)}`,
      "/dir/v1/changes",
      "/dir/v1/beacon",
    ]) {
      const answer = await site.get(path);
      const text = await answer.text();
      expect(
        text.replaceAll("?q=Geheimnis", "").replaceAll(/[“"]Geheimnis[”"]/g, ""),
        path,
      ).not.toContain("eheimnis");
      if (path.startsWith("/coops") && !path.includes("classes"))
        expect(answer.status, path).toBe(404);
    }
    const stranger = await visitor(site, { name: "mallory" });
    expect((await stranger.get(`/admin/coops/${id}`)).status).toBe(403);
    const nobody = await visitor(site);
    expect((await nobody.get(`/admin/coops/${id}`)).status).toBe(303);
    expect((await coops.followable(site.db, "", 100)).map((each) => each.id)).not.toContain(id);
    const taken = await send(ada, "/admin/coops/new", "save", { ...worker, _handle: "geheimnis" });
    expect(await taken.text()).toContain("is taken");
  });

  it("can be published later, with a handle that is chosen then", async () => {
    const saved = await send(ada, "/admin/coops/new", "save", { name: "生活クラブ" });
    const path = `/admin/coops/${ledTo(saved)}`;
    const nameless = await send(ada, path, "publish", { _consent: "yes" });
    expect(nameless.status).toBe(400);
    expect(await nameless.text()).toContain("Choose a name in the fediverse");
    const named = await send(ada, path, "publish", { _consent: "yes", _handle: "@Seikatsu" });
    expect(named.headers.get("location")).toContain("done=published");
    expect(await site.page(`/coops/${ledTo(saved)}`)).toContain("生活クラブ");
    expect((await fieldsAt(ada, path)).has("_handle")).toBe(false);
  });
});

describe("a listing that others have published", () => {
  it("is corrected by an administrator, and becomes the co-op’s own only with its consent", async () => {
    const [url = ""] = await site.import([{ name: "From a register" }]);
    const id = url.split("/").at(-1) ?? "";
    const path = `/admin/coops/${id}`;
    expect(await ada.page(path)).toContain("This co-op hasn’t published its listing itself.");
    const corrected = await send(ada, path, "publish", { summary: "Corrected." });
    expect(corrected.headers.get("location")).toContain("done=published");
    const owner = await visitor(site, { name: "owner", roles: { [id]: "owner" } });
    expect(await owner.page(path)).toContain("Publish as our own");
    const refused = await send(owner, path, "publish");
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("Tick this to agree, or save the draft instead.");
    const taken = await send(owner, path, "publish", { _consent: "yes" });
    expect(taken.headers.get("location")).toContain("done=published");
    expect(await owner.page(path)).toContain("This co-op has agreed to be listed.");
    expect(await site.page(`/coops/${id}`)).toContain("the co-op speaks for itself");
  });
});

describe("what follows publishing", () => {
  it("previews the draft as page and as actor, with what changes", async () => {
    const id = await site.add("gare", bakery);
    const path = `/admin/coops/${id}`;
    const sent = await send(ada, path, "preview", { summary: "Du pain & des brioches." });
    expect(sent.headers.get("location")).toContain(`${path}/preview`);
    const page = await ada.page(`${path}/preview`);
    expect(page).toContain(`<a class="button" href="${path}">Back to the profile</a>`);
    expect(page).not.toContain("the signed record");
    expect(page).toContain("<p>Du pain &amp; des brioches.</p>");
    expect(page).toContain("@gare@coops.example");
    expect(page).toMatch(/<th role="rowheader" scope="row">What it does<\/th>/);
    expect(await site.page(`/coops/${id}`)).not.toContain("brioches");
  });

  it("withdraws and publishes again; draft and history stay", async () => {
    const id = await site.add("again", { name: "Again" });
    const path = `/admin/coops/${id}`;
    expect((await ada.post(`${path}/leave`, { do: "withdraw" })).status).toBe(303);
    expect(await site.page(`/coops/${id}`)).toContain("Not listed any more");
    expect(await ada.page(path)).toContain("The listing is withdrawn.");
    const back = await send(ada, path, "publish", { _consent: "yes" });
    expect(back.headers.get("location")).toContain("done=published");
    expect(await site.page(`/coops/${id}`)).toContain("<h1");
    const past = await ada.page(`${path}/history`);
    expect(past.match(/Published|Withdrawn from/g)).toEqual([
      "Published",
      "Withdrawn from",
      "Published",
    ]);
  });

  it("brings an older text back as the draft, and keeps the one in its way", async () => {
    const id = await site.add("older", { name: "Older" });
    const path = `/admin/coops/${id}`;
    await send(ada, path, "publish", { name: "Newer" });
    await send(ada, path, "save", { name: "Newest" });
    await ada.post(`${path}/history`, { number: "1" });
    expect((await fieldsAt(ada, path)).get("name")).toBe("Older");
    expect(await site.page(`/coops/${id}`)).toContain("Newer");
    await send(ada, path, "publish");
    expect(await site.page(`/coops/${id}`)).toContain("Older");
    expect(await ada.page(`${path}/history`)).toContain("Newest");
  });

  it("deletes for good only for an owner who types the handle", async () => {
    const id = await site.add("farewell", { name: "Farewell" });
    const path = `/admin/coops/${id}/leave`;
    const eve = await visitor(site, { name: "eva", roles: { [id]: "editor" } });
    expect((await eve.post(path, { do: "delete", confirm: "farewell" })).status).toBe(403);
    const typo = await ada.post(path, { do: "delete", confirm: "farwell" });
    expect(typo.status).toBe(400);
    expect((await ada.post(path, { do: "delete", confirm: "@farewell" })).status).toBe(303);
    expect((await site.get(`/coops/${id}`)).status).toBe(410);
    expect((await ada.get(`/admin/coops/${id}`)).status).toBe(410);
    const rows = await site.db.selectFrom("revision").selectAll().where("coop", "=", id).execute();
    expect(rows).toEqual([]);
  });

  it("posts, edits, pins and deletes news of its own co-op only", async () => {
    const id = await site.add("news", { name: "News" });
    const other = await site.add("others", { name: "Others" });
    const foreign = await site.say(other, "Theirs");
    const eve = await visitor(site, { name: "evi", roles: { [id]: "editor" } });
    const path = `/admin/coops/${id}/news`;
    await eve.post(path, { do: "post", text: "Fresh bread!", language: "en" });
    const [own] = await posts.of(site.db, id, { limit: 1 });
    expect(own?.content).toBe('{"en":"Fresh bread!"}');
    await eve.post(`${path}/${own?.id}`, { text: "Fresh bread.", language: "en" });
    expect(await site.page(`/coops/${id}`)).toContain("Fresh bread.");
    await eve.post(path, { do: "pin", id: own?.id ?? "" });
    expect(await posts.pinned(site.db, id)).toHaveLength(1);
    for (const [at, fields] of [
      [path, { do: "delete", id: foreign }],
      [path, { do: "pin", id: foreign }],
      [`${path}/${foreign}`, { text: "Mine", language: "en" }],
    ] as const) {
      expect((await eve.post(at, fields)).status).toBe(404);
    }
    expect((await posts.get(site.db, foreign))?.content).toBe('{"en":"Theirs"}');
    await eve.post(path, { do: "delete", id: own?.id ?? "" });
    expect(await site.page(`/coops/${id}`)).not.toContain("Fresh bread");
    expect((await eve.post(path, { do: "post", text: " ", language: "en" })).status).toBe(400);
  });
});
