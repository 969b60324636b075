import { workerData } from "node:worker_threads";
import { answerAt, logThere } from "./door.ts";
import type { ReaderData } from "./parts.ts";
import { Reader } from "./reader.ts";

const reader = new Reader((workerData as ReaderData).file);
logThere();
answerAt(reader, () => reader[Symbol.dispose]());
