/** How a part of an activity is read that came along with it: what would have to be fetched isn't. */
export const asCame = {
  documentLoader: () => Promise.reject(new Error("only what came along is read")),
  suppressError: true,
};
