import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import * as cavage from "@peertube/http-signature";
import { expect, it } from "vitest";
import { authority } from "../helpers/certificates.ts";
import { bakery, freePort, until } from "../helpers/nodes.ts";
import { run, temporaryFolder } from "../helpers/programs.ts";
import { openProxy, type Passing, type Proxy } from "../helpers/proxy.ts";

const activity = "application/activity+json";

/** What somebody has asked a proxy for. */
interface Asked {
  method: string;
  path: string;
  /** The key that the request names. */
  key: string | undefined;
  refused: boolean;
}

/** A proxy in front of a node of that name, with the certificate for it. */
interface Front {
  host: string;
  proxy: Proxy;
  asked: Asked[];
}

/** Two names of the internet, each of which leads to a TLS proxy of this test. */
async function internet() {
  await using setting = new AsyncDisposableStack();
  const folder = setting.use(temporaryFolder());
  const known = authority();
  const ca = join(folder.path, "ca.pem");
  writeFileSync(ca, known.certificate);
  const open = async (host: string): Promise<Front> => {
    const proxy = setting.use(await openProxy(known.issue(host)));
    proxy.target = await freePort();
    return { host, proxy, asked: [] };
  };
  const fronts = await Promise.all(["one.example", "two.example"].map(open));
  const rest = setting.move();
  return {
    folder: folder.path,
    ca,
    fronts: fronts as [Front, Front],
    ports: Object.fromEntries(fronts.map(({ host, proxy }) => [host, proxy.port])),
    /** Asks as any server would that trusts the authority. */
    async get(url: string, headers: IncomingHttpHeaders = {}) {
      const { host, pathname, search } = new URL(url);
      const port = fronts.find((front) => front.host === host)?.proxy.port;
      const asking = request({
        host: "127.0.0.1",
        port,
        servername: host,
        path: pathname + search,
        headers: { host, ...headers },
        ca: known.certificate,
        agent: false,
      });
      asking.end();
      const [response] = (await once(asking, "response")) as [IncomingMessage];
      return { status: response.statusCode, body: await text(response) };
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

type Internet = Awaited<ReturnType<typeof internet>>;

/**
 * Lets a proxy answer as Mastodon does with AUTHORIZED_FETCH: what is ActivityPub
 * only to requests signed by an actor that can be read without, as its own can.
 */
function authorise(front: Front, net: Internet): void {
  front.proxy.guard = async ({ method, path, headers }) => {
    const open =
      method !== "GET" || path === "/actor" || !/activity\+json/.test(`${headers.accept}`);
    const key = /keyid="([^"]+)"/i.exec(
      `${String(headers["signature-input"])}${String(headers["signature"])}`,
    )?.[1];
    const refused = !open && !(await isSigned({ method, path, headers }, net));
    front.asked.push({ method, path, key, refused });
    return refused ? 401 : undefined;
  };
}

async function isSigned(
  { method, path, headers }: Omit<Passing, "body">,
  net: Internet,
): Promise<boolean> {
  if (headers["signature"] === undefined) return false;
  const parsed = cavage.parseRequest({
    method,
    url: path,
    headers: headers as Record<string, string>,
  });
  const covered = parsed.params.headers;
  const { keyId } = parsed.params;
  const { status, body } = await net.get(keyId.replace(/#.*/, ""), { accept: activity });
  if (status !== 200) return false;
  const { publicKey } = JSON.parse(body) as { publicKey: { id: string; publicKeyPem: string } };
  return (
    ["(request-target)", "host", "date"].every((name) => covered.includes(name)) &&
    publicKey.id === keyId &&
    cavage.verifySignature(parsed, publicKey.publicKeyPem)
  );
}

/** A node as its operator runs it behind that proxy, in this internet. */
async function startNode({ host, proxy }: Front, peer: Front, { folder, ca, ports }: Internet) {
  const env = {
    ORIGIN: `https://${host}`,
    HOST: "127.0.0.1",
    PORT: String(proxy.target),
    DATA_DIR: join(folder, host),
    PEERS: `https://${peer.host}`,
    HASTE: "20",
    NODE_EXTRA_CA_CERTS: ca,
    INTERNET: JSON.stringify(ports),
    NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, "../helpers/internet.ts")).href}`,
  };
  const cli = async (...args: string[]) => {
    const { code, output, errors } = await run("cli.ts", args, env).ended;
    return { code, said: (code === 0 ? output : errors).trim() };
  };
  const file = join(folder, `${host}.json`);
  const name = host.split(".")[0] ?? "";
  writeFileSync(file, JSON.stringify(bakery({ name })));
  const added = await cli("coop", "add", name, file);
  expect(added.code, added.said).toBe(0);
  const program = run("main.ts", [], env);
  const stop = async () => {
    program.child.kill("SIGTERM");
    const { code, errors } = await program.ended;
    if (code !== 0) throw new Error(`${host} ended with ${code}: ${errors}`);
    return errors;
  };
  return {
    cli,
    handle: `@${name}@${host}`,
    coop: added.said.split(" ")[0] ?? "",
    /** Ends it, and returns what it has logged. */
    stop,
    async ready() {
      await until(async () => {
        if (program.child.exitCode !== null) throw new Error((await program.ended).errors);
        const health = await fetch(`http://127.0.0.1:${proxy.target}/health`).catch(
          () => undefined,
        );
        return health?.ok;
      });
    },
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

it("two nodes behind TLS proxies that answer to nothing unsigned, one of which passes on no Host: records, news and a move go both ways, and the operator is told", async () => {
  await using net = await internet();
  const [front, other] = net.fronts;
  authorise(front, net);
  authorise(other, net);
  // The proxy of two writes its own name for what is behind it.
  other.proxy.twist = ({ headers }) => void (headers.host = "127.0.0.1:8000");
  const starting = [startNode(front, other, net), startNode(other, front, net)] as const;
  await using one = await starting[0];
  await using two = await starting[1];
  await Promise.all([one.ready(), two.ready()]);

  // The proxies are what they are meant to be.
  expect((await net.get(one.coop, { accept: activity })).status).toBe(401);
  expect((await net.get("https://one.example/actor", { accept: activity })).status).toBe(200);
  const mine = front.asked.length;

  // Records, both ways.
  for (const [host, coop] of [
    ["two.example", one.coop],
    ["one.example", two.coop],
  ] as const) {
    const lookup = `https://${host}/api/v1/coops/lookup?id=${encodeURIComponent(coop)}`;
    await until(
      async () => (await net.get(lookup)).status,
      (status) => status === 200,
    );
  }

  // News that name a co-op of the other node, whose actor is found and read for that.
  const posted = await one.cli("post", "one", `Merci ${two.handle}`);
  expect(posted.code, posted.said).toBe(0);
  const key = `${one.coop}#main-key`;
  await until(() => other.asked.some((each) => each.method === "POST" && each.key === key));
  await until(
    async () => (await two.cli("reply", "list", "two")).said,
    (said) => said.includes("Merci"),
  );

  // A move, on which both sides agree.
  expect((await two.cli("coop", "came-from", "two", one.handle)).said).toContain("it was");
  const moved = await one.cli("coop", "move", "one", two.handle, "--yes");
  expect(moved.said).toContain(`has moved to ${two.coop}`);

  const [fromOne, fromTwo] = [other.asked, front.asked.slice(mine)];
  for (const [host, asked] of [
    ["one.example", fromOne],
    ["two.example", fromTwo],
  ] as const) {
    expect(asked.filter(({ refused }) => refused)).toEqual([]);
    const read = asked.filter(
      ({ method, path }) => method === "GET" && /^\/coops\/\w+$/.test(path),
    );
    expect(read.length).toBeGreaterThan(0);
    expect(new Set(read.map((each) => each.key))).toEqual(
      new Set([`https://${host}/actor#main-key`]),
    );
  }

  const words =
    "Requests arrive with “Host: 127.0.0.1:8000”, but those who send them write and sign “Host: two.example”. The proxy has to pass Host on as it came. nginx: add “proxy_set_header Host $host;”. Caddy does so by itself: take out “header_up Host”.";
  expect(await two.cli("doctor")).toEqual({ code: 1, said: words });
  other.proxy.twist = () => undefined;
  expect(await two.cli("doctor")).toEqual({
    code: 0,
    said: "https://two.example leads to this node, and all arrives as it was sent",
  });
  const [fine, told] = await Promise.all([one.stop(), two.stop()]);
  expect(fine).not.toContain("proxy");
  expect(told.split(words)).toHaveLength(2);
}, 300_000);
