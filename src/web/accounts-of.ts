import * as backlinks from "../store/backlinks.ts";
import * as departures from "../store/departures.ts";
import type { Site } from "./site.ts";

/** Where a co-op of this node is in the fediverse beside its account here. */
export interface AccountsOf {
  /** Its own account, which links back: `at` is when that was seen, epoch ms. */
  verified?: { url: string; handle: string; at: number } | undefined;
  /** Where it has moved. */
  movedTo?: string | undefined;
}

export async function accountsOf({ db }: Pick<Site, "db">, id: string): Promise<AccountsOf> {
  const account = (await backlinks.of(db, id)).find(({ kind }) => kind === "account");
  const { url, handle = null, verified = null } = account ?? {};
  return {
    verified:
      url === undefined || handle === null || verified === null
        ? undefined
        : { url, handle, at: Number(verified) },
    movedTo: (await departures.get(db, `coops/${id}`))?.target,
  };
}
