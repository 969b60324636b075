import { expect, test } from "vitest";
import { startSnac } from "./snac.ts";

// When this fails the fault is snac's or the harness's, not the node's.
test("snac starts, is found by its handle, writes a note and stops", async () => {
  await using snac = await startSnac();
  expect(await snac.webfinger(`@${snac.handle}`)).toEqual({
    status: 200,
    actor: snac.user,
    account: snac.handle,
  });
  const response = await fetch(snac.user, { headers: { accept: "application/activity+json" } });
  expect(await response.json()).toMatchObject({ id: snac.user, type: "Person" });
  const note = await snac.note("Hello");
  expect(snac.stored(note)).toMatchObject({ type: "Note", attributedTo: snac.user });
  await expect(snac.follow("@nobody@127.0.0.1:1")).rejects.toThrow("finds no actor");
});
