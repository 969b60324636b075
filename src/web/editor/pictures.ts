import type { Context } from "hono";
import { z } from "zod";
import { type Editable, openDraft } from "../../directory/draft.ts";
import { type Change, type Role, setPicture } from "../../directory/set-picture.ts";
import { AppError } from "../../errors.ts";
import { type Form, freshForm, readForm, withFault } from "../forms.ts";
import { profilePicturesPage, type ShownPicture } from "../pages/editor-pictures.ts";
import { goTo, respondPrivately } from "../private.ts";
import { demandCoopRole } from "../session.ts";
import type { Site } from "../site.ts";
import { webHref } from "../text.ts";
import { sentence } from "./faults.ts";
import { placeOf } from "./place.ts";
import { pictureForm, PictureFile, Seen, takePicture } from "./post-pictures.ts";

/** `GET /admin/coops/:id/pictures` */
export async function showProfilePictures(site: Site, c: Context, id: string): Promise<Response> {
  await demandCoopRole(site, c, id, "editor");
  return page(site, c, id, freshForm());
}

async function page(site: Site, c: Context, id: string, form: Form): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const editable = await openDraft(site.db, site.node, id);
  const { icon, image } = picturesOf(editable);
  const values = { iconName: icon?.name ?? "", imageName: image?.name ?? "", ...form.values };
  const shown = profilePicturesPage(
    placeOf(session, editable),
    { icon, image, drafted: editable.coop.draft !== null },
    { ...form, values },
  );
  return respondPrivately(site, c, shown, { session, status: form.faults.length > 0 ? 400 : 200 });
}

function picturesOf({ content }: Editable): Partial<Record<Role, ShownPicture>> {
  const read = (role: Role) => {
    const { url, name } = (content[role] ?? {}) as { url?: unknown; name?: unknown };
    const href = typeof url === "string" ? webHref(url) : undefined;
    if (href === undefined) return {};
    return { [role]: { url: href, name: typeof name === "string" ? name : undefined } };
  };
  return { ...read("icon"), ...read("image") };
}

const Name = Seen.min(1);
const PicturesForm = z.discriminatedUnion("do", [
  z.object({ do: z.literal("icon"), icon: PictureFile.optional(), iconName: Name }),
  z.object({ do: z.literal("image"), image: PictureFile.optional(), imageName: Name }),
  z.object({ do: z.literal("remove"), role: z.enum(["icon", "image"]) }),
]);

/** `POST /admin/coops/:id/pictures`: one picture, what can be seen in it, or that it goes. */
export async function sendProfilePicture(site: Site, c: Context, id: string): Promise<Response> {
  const { session } = await demandCoopRole(site, c, id, "editor");
  const { size, advice } = pictureForm;
  const read = await readForm(c, PicturesForm, size, advice);
  if (!("data" in read)) return page(site, c, id, read.form);
  const { data, form } = read;
  const set = async (role: Role, change: Change) => {
    const account = session.account.id;
    const how = { role, change, account };
    const published = await setPicture(site.db, site.node, id, how, site.clock());
    return goTo(`/admin/coops/${id}/pictures`, published ? "picture-published" : "picture-drafted");
  };
  if (data.do === "remove") return set(data.role, "none");
  const [file, name] =
    data.do === "icon" ? [data.icon, data.iconName] : [data.image, data.imageName];
  const taken = file === undefined ? undefined : await takePicture(site.pictures, file, data.do);
  if (taken !== undefined && "fault" in taken) {
    return page(site, c, id, withFault(form, taken.fault, data.do));
  }
  try {
    return await set(data.do, taken === undefined ? { name } : { picture: taken, name });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return page(site, c, id, withFault(form, sentence(error.message), data.do));
  }
}
