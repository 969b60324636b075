/**
 * The fields of a form on a page, as a browser without script would send them
 * (HTML, constructing the entry list). It reads what our own pages write, not
 * any HTML.
 */
export function formIn(page: string, id: string): URLSearchParams {
  const [, body = ""] =
    new RegExp(`<form[^>]*\\bid="${id}"[^>]*>([\\s\\S]*?)</form>`).exec(page) ?? [];
  const form = new URLSearchParams();
  const controls =
    /<input\b([^>]*)>|<textarea\b([^>]*)>\n?([\s\S]*?)<\/textarea>|<select\b([^>]*)>([\s\S]*?)<\/select>/g;
  for (const [, input, area, text = "", select, options = ""] of body.matchAll(controls)) {
    const attributes = input ?? area ?? select ?? "";
    const name = attribute(attributes, "name");
    if (name === undefined) continue;
    if (area !== undefined) form.append(name, decode(text));
    else if (select !== undefined) form.append(name, chosen(options));
    else if (isSent(attributes)) form.append(name, attribute(attributes, "value") ?? "on");
  }
  return form;
}

function isSent(attributes: string): boolean {
  const type = attribute(attributes, "type");
  return (type !== "checkbox" && type !== "radio") || /\schecked(\s|\/|$)/.test(attributes);
}

/** The option that is selected, or the first. */
function chosen(options: string): string {
  const all = [...options.matchAll(/<option\b([^>]*)>/g)].map(([, attributes = ""]) => attributes);
  const selected = all.find((each) => /\sselected(\s|\/|$)/.test(each)) ?? all[0] ?? "";
  return attribute(selected, "value") ?? "";
}

function attribute(attributes: string, name: string): string | undefined {
  const [, value] = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes) ?? [];
  return value === undefined ? undefined : decode(value);
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole);
}
