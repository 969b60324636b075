import { openSession } from "../../src/directory/sign-in.ts";
import { insertAccount, type NodeRole } from "../../src/directory/account.ts";
import { newId } from "../../src/directory/ids.ts";
import * as accounts from "../../src/store/accounts.ts";
import * as roles from "../../src/store/roles.ts";
import { signInCookies } from "../../src/web/session.ts";
import type { TestSite } from "./site.ts";

/** Somebody with a browser: it keeps cookies and sends forms, but runs no script. */
export interface Visitor {
  cookies: Map<string, string>;
  get(path: string): Promise<Response>;
  /** The text of a page. */
  page(path: string): Promise<string>;
  /** Sends a form as a page of the node does, or with other headers. */
  post(
    path: string,
    fields?: Record<string, string | string[]>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Sends a form with files. */
  upload(path: string, form: FormData): Promise<Response>;
}

/** What an account may do. */
export interface Person {
  name: string;
  displayName?: string;
  nodeRole?: NodeRole;
  /** By the ids of co-ops. */
  roles?: Record<string, "owner" | "editor">;
}

/** Adds an account that has no password, as links make it. Returns its id. */
export async function addPerson({ db, site }: TestSite, person: Person): Promise<string> {
  const id = newId();
  const now = site.clock();
  await db.transaction().execute((tx) =>
    insertAccount(tx, {
      id,
      name: person.name,
      displayName: person.displayName ?? null,
      email: null,
      passwordHash: null,
      nodeRole: person.nodeRole ?? null,
      created: now,
      disabled: null,
    }),
  );
  for (const [coop, role] of Object.entries(person.roles ?? {})) {
    await roles.put(db, { account: id, coop, role, since: now });
  }
  return id;
}

/** The cookies of somebody who is signed in, by name: without the cost of a password. */
export async function sessionCookies(
  { db, site }: TestSite,
  id: string,
): Promise<Map<string, string>> {
  const account = await accounts.get(db, id);
  if (account === undefined) throw new Error(`there is no account ${id}`);
  const set = signInCookies(site, await openSession(db, account, "Firefox/150", site.clock()));
  return new Map(set.map(readCookie));
}

/** Opens a browser: of somebody who is signed in, or of nobody. */
export async function visitor(site: TestSite, person?: Person): Promise<Visitor> {
  const cookies =
    person === undefined
      ? new Map<string, string>()
      : await sessionCookies(site, await addPerson(site, person));
  const ask = async (path: string, init: RequestInit) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = {
      accept: "text/html,application/xhtml+xml,*/*;q=0.8",
      ...(cookie !== "" && { cookie }),
      ...(init.headers as Record<string, string>),
    };
    const response = await site.web.request(path, { ...init, headers });
    for (const set of response.headers.getSetCookie()) {
      const [name, value] = readCookie(set);
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const { origin } = site.node;
  const get = (path: string) => ask(path, {});
  return {
    cookies,
    get,
    page: async (path) => (await get(path)).text(),
    post(path, fields = {}, headers = { origin }) {
      const body = new URLSearchParams(
        Object.entries(fields).flatMap(([name, value]) =>
          [value].flat().map((each) => [name, each]),
        ),
      );
      return ask(path, { method: "POST", body, headers });
    },
    upload: (path, body) => ask(path, { method: "POST", body, headers: { origin } }),
  };
}

function readCookie(set: string): [name: string, value: string] {
  const [pair = ""] = set.split(";");
  return [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
}
