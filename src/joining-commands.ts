import { readFile, writeFile } from "node:fs/promises";
import { pictureFolder } from "./backup-pictures.ts";
import { type Command, hosted, required } from "./command.ts";
import { yesUrl } from "./directory/answer.ts";
import { acceptRequest, refuseRequest } from "./directory/decide.ts";
import { addLeavePictures, bringPictures } from "./directory/leave-pictures.ts";
import { openPictureDesk } from "./directory/pictures/desk.ts";
import { exportCoop } from "./directory/leave.ts";
import { readLeaveFile } from "./directory/leave-file.ts";
import { takeIn } from "./directory/take-in.ts";
import { linkUrl, makeLink } from "./directory/link.ts";
import { endMandate, type MandateForm, recordMandate } from "./directory/mandate.ts";
import { addMembers, makeYesLinks, publishUnderMandate } from "./directory/members.ts";
import { faultWords, readMembers } from "./directory/read-members.ts";
import { proofCode } from "./directory/request.ts";
import { AppError } from "./errors.ts";
import * as requests from "./store/requests.ts";

/** A mandate from a file, `{ by, url, basis, date, person }`. */
async function readMandate(file: string | undefined): Promise<MandateForm> {
  const path = required(file, "MANDATE.json");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new AppError("bad-request", `${path} can't be read`, { cause });
  });
  try {
    // What it holds is checked by whoever records it.
    return JSON.parse(text) as MandateForm;
  } catch (cause) {
    throw new AppError("bad-request", `${path} is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** The commands about hosting others: what administrators can do by page, too. */
export const joiningCommands: Record<string, Command> = {
  invite: {
    usage: "HANDLE [--role ROLE]",
    help: "print a link that invites an owner or editor to a co-op (an imported one by its URL)",
    options: { role: { type: "string" } },
    async run({ db, node }, [handle], { role = "owner" }) {
      if (role !== "owner" && role !== "editor") {
        throw new AppError("bad-request", `“${String(role)}” is neither owner nor editor`);
      }
      const { id } = await hosted(db, handle);
      const token = await makeLink(db, { kind: "invitation", coop: id, role }, Date.now());
      console.log(linkUrl(node, "invitation", token));
    },
  },
  "request list": {
    usage: "",
    help: "list what people ask of this node, and nobody has decided",
    async run({ db, node }) {
      for (const request of await requests.open(db, 1000)) {
        const { id, kind, coop, name, created, message, content } = request;
        const about = coop === null ? (content ?? "") : `${node.origin}/coops/${coop}`;
        const when = new Date(created).toISOString().slice(0, 10);
        console.log(`${id}  ${when}  ${kind}  ${name}  ${about}`);
        console.log(`  ${proofCode(request)}  ${message.replaceAll(/\s+/g, " ").slice(0, 300)}`);
      }
    },
  },
  "request accept": {
    usage: "ID [--note TEXT]",
    help: "accept a request; to join or claim prints the link to send",
    options: { note: { type: "string" } },
    async run({ db, node }, [id], { note }) {
      const decision = { by: null, note: note as string | undefined };
      const { token, request } = await acceptRequest(
        db,
        node,
        required(id, "ID"),
        decision,
        Date.now(),
      );
      console.log(
        `accepted; reach ${request.name} by ${request.email ?? "nothing that they told"}`,
      );
      if (token !== undefined) console.log(linkUrl(node, "invitation", token));
    },
  },
  "request refuse": {
    usage: "ID [--note TEXT]",
    help: "refuse a request",
    options: { note: { type: "string" } },
    async run({ db }, [id], { note }) {
      const decision = { by: null, note: note as string | undefined };
      await refuseRequest(db, required(id, "ID"), decision, Date.now());
      console.log("refused; the person sees it on the page of their request");
    },
  },
  "mandate record": {
    usage: "HANDLE MANDATE.json",
    help: "record under which mandate a co-op is published",
    async run({ db }, [handle, file]) {
      const { id } = await hosted(db, handle);
      await recordMandate(db, id, await readMandate(file), null, Date.now());
      console.log(`recorded; a listing of ${handle} with provenance “mandated” can be published`);
    },
  },
  "mandate end": {
    usage: "HANDLE",
    help: "end a mandate; what was published under it is withdrawn",
    async run({ db, node }, [handle]) {
      const { id } = await hosted(db, handle);
      const ended = await endMandate(db, node, id, Date.now());
      console.log(ended ? `the mandate for ${handle} has ended` : `${handle} has no mandate`);
    },
  },
  "member add": {
    usage: "FILE",
    help: "make private drafts of the rows of a federation’s spreadsheet, CSV or XLSX",
    async run({ db, node }, [file]) {
      const { good, faulty } = await readMembers(db, node, { path: required(file, "FILE") });
      const { added, changed, unchanged, left } = await addMembers(db, good, null, Date.now());
      console.log(
        `${added} added, ${changed} changed, ${unchanged} unchanged, ${left} speak for themselves, ${faulty.length} left out`,
      );
      for (const { row, faults } of faulty) {
        console.log(`  row ${row}: ${faults.map(faultWords).join("; ")}`);
      }
    },
  },
  "member links": {
    usage: "--by NAME",
    help: "print a link for each of those drafts, by which the co-op says yes or no",
    options: { by: { type: "string" } },
    async run({ db, node }, _args, { by }) {
      const name = required(by as string | undefined, "--by");
      const links = await makeYesLinks(db, { name, by: null }, Date.now());
      for (const { handle, email, token } of links) {
        console.log(`@${handle}  ${email ?? "-"}  ${yesUrl(node, token)}`);
      }
    },
  },
  "member publish": {
    usage: "MANDATE.json",
    help: "publish all of those drafts under a mandate",
    async run({ db, node }, [file]) {
      const done = await publishUnderMandate(db, node, await readMandate(file), null, Date.now);
      console.log(`${done.published} of ${done.of} published`);
      for (const { handle, why } of done.refused) console.log(`  @${handle}: ${why}`);
    },
  },
  "coop export": {
    usage: "HANDLE FILE",
    help: "write all that is a co-op’s to a file, to take along to another node",
    async run({ db, node, config }, [handle, file]) {
      const { id } = await hosted(db, handle);
      const own = await exportCoop(db, node, id, Date.now());
      await using desk = openPictureDesk(pictureFolder(config));
      const { file: taken, left } = await addLeavePictures(desk, node, own);
      const path = required(file, "FILE");
      // It has drafts and followers in it: for its owner only.
      await writeFile(path, `${JSON.stringify(taken, undefined, 2)}\n`, {
        mode: 0o600,
        flag: "wx",
      });
      console.log(
        `${path} has the listing, its posts (${taken.posts.length}) and its followers (${taken.followers.length})`,
      );
      if (left > 0) console.log(`there was no room for ${left} of its pictures`);
    },
  },
  "coop import-file": {
    usage: "FILE",
    help: "take a co-op in that comes from another node, as a private draft",
    async run({ db, node, config }, [file]) {
      const path = required(file, "FILE");
      const bytes = await readFile(path).catch((cause: unknown) => {
        throw new AppError("bad-request", `${path} can't be read`, { cause });
      });
      await using desk = openPictureDesk(pictureFolder(config));
      const { file: read, brought } = await bringPictures(desk, node, readLeaveFile(bytes));
      const { id, handle } = await takeIn(db, read, { by: null }, Date.now(), brought);
      const token = await makeLink(db, { kind: "invitation", coop: id, role: "owner" }, Date.now());
      console.log(
        `${node.origin}/coops/${id} is a private draft${handle === null ? "; its handle is taken here" : ` of @${handle}`}; its owner publishes it with this link:`,
      );
      console.log(linkUrl(node, "invitation", token));
    },
  },
};
