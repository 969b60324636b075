import { expect, it } from "vitest";
import * as settings from "../../src/store/settings.ts";
import { eachEngine } from "../helpers/database.ts";
import { until } from "../helpers/nodes.ts";
import { followOf } from "./person.ts";
import { quiet, stage } from "./stage.ts";

const day = 86_400_000;

eachEngine("a node that hasn't been there", (engine) => {
  it("says once to each server that it is there again, in the name of whom most follow", async () => {
    await using set = await stage(engine, ["", "/classes/workers"]);
    const { node, there, url } = set;
    const bob = there.join("bob");
    await there.send(bob, `${url}/inbox`, followOf(bob, url));
    await there.receives(0, "Accept");
    await quiet(node);
    const noted = () => node.use(settings.lastThere);
    const started = await until(noted, (at) => at !== undefined);

    await node.stop();
    await node.use((db) => settings.setLastThere(db, Date.now() - day / 2));
    await node.start();
    await until(noted, (at) => at !== undefined && at >= (started ?? 0));
    await quiet(node);
    expect(there.received).toHaveLength(1);

    await node.stop();
    const left = Date.now() - 2 * day;
    await node.use((db) => settings.setLastThere(db, left));
    await node.start();
    const { activity } = await there.receives(1, "Update");
    expect(activity["id"]).toBe(`${url}#greetings/${left}`);
    expect(activity["object"]).toMatchObject({ id: url, type: "Organization" });
    await until(noted, (at) => at !== undefined && at > left);
    await quiet(node);
    expect(there.received).toHaveLength(2);
  });
});
