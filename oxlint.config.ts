import { defineConfig } from "oxlint";

/**
 * The rooms, in the order in which imports may run: each imports only from its
 * left. The one list from which the rules below are made.
 */
const rooms = ["coop", "store", "index", "directory", "replication", "federation", "web"];

/** What serves every room from store on, and imports none. */
const common = ["errors", "log", "events", "jobs", "temporal", "outbound"];

/** What is at the entrance: it may import from everywhere, nobody from it. */
const entrance = [
  "app",
  "main",
  "cli",
  "command",
  "user-commands",
  "joining-commands",
  "trust-commands",
  "relation-commands",
  "post-commands",
  "feed-commands",
  "conversation-commands",
  "picture-commands",
  "import-commands",
  "doctor-command",
  "demo",
  "config",
  "listen",
  "running",
  "backup",
  "backup-pictures",
];

/** Packages, and the rooms that may know them. */
const packages: Record<string, string[]> = {
  hono: ["web"],
  "@hono/node-server": [],
  kysely: ["store"],
  "better-sqlite3": ["store", "index"],
  pg: ["store"],
  "@fedify/fedify": ["store", "replication", "federation"],
  "csv-parse": ["directory"],
  saxes: ["directory"],
  tldts: ["directory"],
  undici: [],
  "wasm-vips": ["directory"],
};

interface Pattern {
  group: string[];
  message: string;
}

function restrict(patterns: Pattern[]): ["error", { patterns: Pattern[] }] {
  return ["error", { patterns }];
}

function forbidden(room: string) {
  const right = rooms.slice(rooms.indexOf(room) + 1);
  const files = room === "coop" ? [...common, ...entrance] : entrance;
  const patterns = [
    ...right.map((name) => ({
      group: [`**/${name}/**`],
      message: `${room} imports only from its left: ${rooms.join(" → ")}`,
    })),
    {
      group: files.map((name) => `**/${name}.ts`),
      message: `${room} doesn't know the entrance of the house`,
    },
    ...Object.entries(packages)
      .filter(([, knowing]) => !knowing.includes(room))
      .map(([name]) => ({
        group: [name, `${name}/*`],
        message: `${room} doesn't know ${name}`,
      })),
  ];
  return {
    files: [`src/${room}/**`],
    rules: { "no-restricted-imports": restrict(patterns) },
  };
}

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "promise", "node", "oxc"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  ignorePatterns: ["node_modules", "data", ".demo"],
  rules: {
    "import/no-cycle": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/consistent-type-imports": "error",
    "node/no-process-env": "error",
    "no-console": "error",
    // What came through JSON or a catch has to be asserted somewhere.
    "typescript/no-unsafe-type-assertion": "off",
    // Databases and peers are asked one thing after another on purpose.
    "no-await-in-loop": "off",
    // Counts come as strings from one engine and as numbers from the other.
    "typescript/no-unnecessary-type-conversion": "off",
    // `await using _closing = …` needs a name that nobody reads.
    "no-underscore-dangle": "off",
    // Matters of taste, in which the shorter code wins here.
    "no-shadow": "off",
    "import/no-named-as-default-member": "off",
    "import/no-unassigned-import": "off",
    "oxc/no-map-spread": "off",
    "unicorn/consistent-function-scoping": "off",
    "typescript/no-unsafe-enum-comparison": "off",
    "no-unmodified-loop-condition": "off",
    // It takes the port of a thread for a window of a browser.
    "unicorn/require-post-message-target-origin": "off",
  },
  overrides: [
    ...rooms.map(forbidden),
    {
      files: common.map((name) => `src/${name}.ts`),
      rules: {
        "no-restricted-imports": restrict([
          { group: rooms.map((name) => `**/${name}/**`), message: "common files import no room" },
        ]),
      },
    },
    {
      files: [
        "src/main.ts",
        "src/cli.ts",
        "src/user-commands.ts",
        "src/joining-commands.ts",
        "src/trust-commands.ts",
        "src/relation-commands.ts",
        "src/post-commands.ts",
        "src/feed-commands.ts",
        "src/conversation-commands.ts",
        "src/picture-commands.ts",
        "src/import-commands.ts",
        "src/doctor-command.ts",
        "src/key-commands.ts",
        "src/move-commands.ts",
        "src/demo.ts",
      ],
      rules: { "node/no-process-env": "off", "no-console": "off" },
    },
    {
      files: ["test/**"],
      rules: { "node/no-process-env": "off", "no-console": "off" },
    },
  ],
});
