/**
 * What pages say after a form was taken. The address names it by its key
 * (`?done=password`), so that no cookie is needed and no link can put words of
 * its own onto a page.
 */
const words: Record<string, string> = {
  "set-up":
    "This node is set up, and you are its first administrator. Look at “Other nodes” below: there you see whose word counts here.",
  "signed-out": "You are signed out.",
  "signed-out-elsewhere": "You are signed out in all other browsers.",
  account: "Your account is saved.",
  password: "Your password is changed. You are signed out in all other browsers.",
  "new-password": "Your password is set, and you are signed in.",
  joined: "Welcome. You can work on the co-op now.",
  people: "The people of the co-op are changed.",
  "request-accepted": "The request is accepted.",
  "request-refused": "The request is refused. The person sees it on the page of their request.",
  "mandate-recorded": "The mandate is recorded.",
  "mandate-ended": "The mandate has ended. What was published under it is withdrawn.",
  "import-discarded": "The upload is gone. Nothing was imported.",
  "members-added": "The rows are private drafts now.",
  "members-same": "The rows say nothing new: nothing was changed.",
  "account-disabled": "The account is disabled, and signed out everywhere.",
  "account-enabled": "The account can sign in again.",
  "account-role": "The account’s part in running this node is changed.",
  "attester-add": "The word of that node counts here now.",
  "attester-remove": "The word of that node counts here no more.",
  alarm: "The alarm is over. What is there now is where counting begins again.",
  "host-allow": "The node is allowed: its listings are shown.",
  "host-deny": "The node is denied: what is held of it is being deleted.",
  "host-undo": "The decision is undone.",
  "host-vouch": "This node vouches for it. Other nodes will know in a moment.",
  "host-unvouch": "This node vouches for it no more.",
  "host-confirm-key": "The key is accepted.",
  "draft-saved": "The draft is saved. Nobody else sees it yet.",
  "draft-discarded": "The draft is put aside; the history keeps it.",
  published: "Published. Other nodes will have it in a moment.",
  unchanged: "Nothing had changed, so nothing new was published.",
  restored: "This older text is the draft now. Look it over, and publish it.",
  "links-checked": "The links were looked at.",
  "account-named": "The profile says so now. Go on with the second step, at the other account.",
  "account-forgotten": "The profile doesn’t say so any more.",
  moved: "The co-op has moved. Its followers are told.",
  stayed: "The move is called off.",
  withdrawn: "The listing is withdrawn. Draft and history are kept.",
  deleted: "The co-op is deleted for good.",
  "relations-confirmed": "Confirmed. Other nodes will have it in a moment.",
  "relations-refused": "Not confirmed. Nobody is told but who asked by an activity.",
  "picture-published": "Done. Other servers get it in a moment.",
  "picture-drafted": "Done, in the draft. Publish the draft to show it.",
  posted: "Your news is published.",
  "post-waits": "The post is kept, and published when its time has come.",
  "post-cancelled": "The post will not be published. Nothing of it is kept.",
  "post-listed": "The feeds of the directory may pass the post on.",
  "post-unlisted": "The feeds of the directory don’t pass the post on any more.",
  "post-edited": "The post is changed, here and for those who follow.",
  "post-deleted": "The post is deleted.",
  pinned: "Done. Other servers see it when they next look at the profile.",
};

/** The sentence of a key; undefined for a key that nobody knows. */
export function doneWords(key: string | undefined): string | undefined {
  return key !== undefined && Object.hasOwn(words, key) ? words[key] : undefined;
}
