/** A web address that works as a link, or undefined for what is none. */
export function website(text: string): string | undefined {
  const trimmed = text.trim().replace(/^(https?:\/\/)?www\.www\./i, "$1www.");
  if (trimmed === "" || trimmed.length > 450 || /[\s<>"@]/.test(trimmed)) return undefined;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (!URL.canParse(full)) return undefined;
  const url = new URL(full);
  if (!/^https?:$/.test(url.protocol) || !/\.[a-z][a-z0-9-]+$/i.test(url.hostname))
    return undefined;
  return full;
}
