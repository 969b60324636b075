/** Asks a node for addresses, some at a time, in a process of its own. */
import { Agent, get } from "node:http";

/** The first message. */
export interface Addresses {
  urls: string[];
}

export interface LoadOrder {
  connections: number;
  /** How long to go on. */
  milliseconds: number;
}

export interface LoadAnswer {
  /** Milliseconds of each answer. */
  each: number[];
  /** Answers that weren't 200, by status. */
  failed: Record<string, number>;
}

process.once("message", ({ urls }: Addresses) => {
  let next = 0;
  const take = () => urls[next++ % urls.length] ?? "";
  process.on("message", (order: LoadOrder) => {
    void load(order, take).then((answer) => process.send?.(answer));
  });
  process.send?.({});
});

async function load(order: LoadOrder, take: () => string): Promise<LoadAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  const answer: LoadAnswer = { each: [], failed: {} };
  const end = performance.now() + order.milliseconds;
  const go = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      const status = await read(take(), agent);
      if (status === 200) answer.each.push(performance.now() - start);
      else answer.failed[status] = (answer.failed[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: order.connections }, go));
  agent.destroy();
  return answer;
}

function read(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    request.on("error", reject);
  });
}
