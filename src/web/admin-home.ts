import type { Context } from "hono";
import { calledName } from "../directory/account.ts";
import { mayAddCoop, mayAdminister, mayModerate } from "../directory/permit.ts";
import type { Session } from "../directory/sign-in.ts";
import { ownCoops } from "./own-coops.ts";
import { adminHomePage, type Section } from "./pages/admin-home.ts";
import { respondPrivately } from "./private.ts";
import { demandAccount } from "./session.ts";
import type { Site } from "./site.ts";

/** The parts of running the node, and who may see them. */
const sections: (Section & { may: (session: Session) => boolean })[] = [
  {
    path: "/admin/coops",
    label: "Co-ops",
    what: "All that have an account here, and drafts",
    may: mayAdminister,
  },
  {
    path: "/admin/accounts",
    label: "Accounts",
    what: "Who signs in here, and what they may do",
    may: mayAdminister,
  },
  {
    path: "/admin/requests",
    label: "Requests",
    what: "Who wants to join, to claim, to correct or not to be listed",
    may: mayModerate,
  },
  {
    path: "/admin/network",
    label: "Other nodes",
    what: "Whose listings are held and shown, and whose word counts",
    may: mayModerate,
  },
  {
    path: "/admin/reports",
    label: "Reports",
    what: "What other servers of the fediverse say is wrong with something here",
    may: mayModerate,
  },
  {
    path: "/admin/blocks",
    label: "Blocks",
    what: "Who in the fediverse reaches no co-op of this node",
    may: mayModerate,
  },
  {
    path: "/admin/import",
    label: "Import",
    what: "Registers of co-ops under an open licence",
    may: mayAdminister,
  },
  {
    path: "/admin/members",
    label: "Many co-ops at once",
    what: "A spreadsheet of a federation",
    may: mayAdminister,
  },
  {
    path: "/admin/take-in",
    label: "Take a co-op in",
    what: "That comes from another node with its file",
    may: mayAdminister,
  },
];

/** `GET /admin` */
export async function showAdminHome(site: Site, c: Context): Promise<Response> {
  const session = await demandAccount(site, c);
  const page = adminHomePage({
    name: calledName(session.account),
    coops: await ownCoops(site, session.roles),
    sections: sections.filter(({ may }) => may(session)),
    adds: mayAddCoop(session),
    runs: mayModerate(session),
    faults: mayAdminister(session) ? site.arrivals.faults().map(({ words }) => words) : [],
  });
  return respondPrivately(site, c, page, { session });
}
