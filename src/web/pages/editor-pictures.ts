import { html } from "hono/html";
import { pictureBounds, shownSize } from "../../directory/pictures/bounds.ts";
import type { Role } from "../../directory/set-picture.ts";
import type { Form } from "../forms.ts";
import type { Page } from "../layout.ts";
import type { Html } from "../text.ts";
import { editorTabs, type Place } from "./editor-tabs.ts";
import { button, buttonForm, faultSummary, fileField, hidden, textField } from "./form.ts";
import { pictureTypes } from "./picture-fields.ts";

/** A picture that the profile has, here or elsewhere. */
export interface ShownPicture {
  url: string;
  name: string | undefined;
}

const labels = {
  icon: "Logo",
  iconName: "What can be seen in the logo",
  image: "Wide picture",
  imageName: "What can be seen in the wide picture",
};

const hints: Record<Role, string> = {
  icon: `A square of ${shownSize.icon.width} × ${shownSize.icon.height} pixels. One that isn’t square is put on more of its ground if that has one colour; of others the middle is cut out.`,
  image: `Three times as wide as high, ${shownSize.image.width} × ${shownSize.image.height} pixels. Of others the middle is cut out.`,
};

/** The pictures of a co-op’s profile. */
export function profilePicturesPage(
  place: Place,
  shown: Record<Role, ShownPicture | undefined> & { drafted: boolean },
  form: Form,
): Page {
  return {
    title: `Pictures of ${place.name}`,
    body: html`${editorTabs(place, "pictures")}
      <h1>Pictures</h1>
      ${faultSummary(form, labels)}
      <p class="narrow">
        They stand on your page, and on your profile on other servers. JPEG, PNG, WebP or GIF, of at
        most ${pictureBounds.file / 1_000_000} MB. Nothing else that is in the files is published,
        such as where a photo was taken.
        ${
          shown.drafted
            ? html`There is a <a href="/admin/coops/${place.id}">draft</a>: what you choose here
                becomes part of it, and is published with it.`
            : ""
        }
      </p>
      ${pictureSection(place, "icon", shown.icon, form)}
      ${pictureSection(place, "image", shown.image, form)}`,
  };
}

function pictureSection(
  place: Place,
  role: Role,
  shown: ShownPicture | undefined,
  form: Form,
): Html {
  const action = `/admin/coops/${place.id}/pictures`;
  const label = labels[role];
  return html`<section class="block" aria-labelledby="${role}-heading">
    <h2 id="${role}-heading">${label}</h2>
    ${
      shown === undefined
        ? html`<p>There is none yet.</p>`
        : html`<p>
            <img
              class="own-${role}"
              src="${shown.url}"
              alt="${shown.name ?? label}"
              referrerpolicy="no-referrer"
            />
          </p>`
    }
    <form class="form" method="post" action="${action}" enctype="multipart/form-data" novalidate>
      ${hidden("do", role)}
      ${fileField(form, {
        name: role,
        label: shown === undefined ? "File" : "Another file",
        hint: hints[role],
        accept: pictureTypes,
        required: shown === undefined,
        unmarked: true,
      })}
      ${textField(form, {
        name: `${role}Name`,
        label: "What can be seen",
        hint: `For those who can’t see it: “${role === "icon" ? `Logo of ${place.name}` : "Four people before an oven"}”`,
        maxlength: pictureBounds.name,
        required: true,
      })}
      <p class="actions">${button(shown === undefined ? "Use this picture" : "Save")}</p>
    </form>
    ${
      shown === undefined
        ? ""
        : buttonForm(action, `Remove the ${label.toLowerCase()}`, { do: "remove", role })
    }
  </section>`;
}
