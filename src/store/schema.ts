import type { Kysely, Transaction } from "kysely";
import type { ConversationTables } from "./tables/conversation.ts";
import type { CoopsTables } from "./tables/coops.ts";
import type { FeedsTables } from "./tables/feeds.ts";
import type { FollowersTables } from "./tables/followers.ts";
import type { HostsTables } from "./tables/hosts.ts";
import type { PeopleTables } from "./tables/people.ts";
import type { PostsTables } from "./tables/posts.ts";
import type { RecordsTables } from "./tables/records.ts";

/**
 * The tables, as Kysely sees them. The DDL is in migrations/; both engines
 * have the same columns. Times are integers, milliseconds since the epoch,
 * named by what happened; a state with a moment is a nullable time.
 */
export interface Schema
  extends
    RecordsTables,
    HostsTables,
    CoopsTables,
    PostsTables,
    FollowersTables,
    ConversationTables,
    FeedsTables,
    PeopleTables {}

/** A handle for readers. */
export type Db = Kysely<Schema>;
/** What must run inside a transaction takes this one. */
export type Tx = Transaction<Schema>;
