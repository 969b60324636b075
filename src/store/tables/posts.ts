/** What co-ops publish besides their listings. */
export interface PostsTables {
  /** What a hosted co-op has to say: news, and its pinned introduction. */
  post: PostTable;
  /** Pictures that were uploaded, of posts and profiles; the files are beside the database. */
  picture: PictureTable;
}

export interface PostTable {
  id: string;
  coop: string;
  /** JSON: a language map of plain text, main language first. */
  content: string;
  published: number;
  edited: number | null;
  deleted: number | null;
  pinned: number | null;
  /** When followers were first told of it: before that, an edit is no news to them. */
  announced: number | null;
  /** `edited` and `pinned` as followers were last told of them. */
  announcedEdit: number | null;
  announcedPin: number | null;
  /** JSON: what to know before reading it, a language map like `content`. */
  warning: string | null;
  /** When it is to be published; null once it is. Until then nobody else may know of it. */
  due: number | null;
  /** The time zone in which `due` was given. */
  zone: string | null;
  /** When it was marked for the feeds of the directory. */
  listed: number | null;
  /** JSON: the keys of the classes that announce it. */
  classes: string | null;
  /** JSON: the classes whose followers were told of it, and since when; null once they took it back. */
  announcedBy: string | null;
  /** JSON: whom its text names, as far as they were looked for. */
  mentions: string | null;
  /** JSON: its pictures in their order, with what can be seen in each. */
  pictures: string | null;
}

export interface PictureTable {
  /** The name of the file in DATA_DIR/pictures, and the end of the URL. */
  id: string;
  coop: string;
  /** Null for one of the profile: it is shown as long as what is published or drafted names it. */
  post: string | null;
  mediaType: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  digest: string;
  created: number;
  /** When it was taken back; the row goes with the file, soon after. */
  erased: number | null;
}
