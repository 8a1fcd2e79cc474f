// Tells by a notification of the browser what happens while nobody looks at the page.

const KEY = "stagent.notifications";
const LONG_MS = 20_000;

/**
 * @typedef {import("./feed.js").Feed} Feed
 * @typedef {import("./types.js").Request} Request
 */

/** Whether the page is shown by the desktop's window, which tells by the system's notifications. */
export const isInWindow = () => "pywebview" in window;

/** Whether this browser can, and the window does not do it already. */
export const isPossible = () => "Notification" in window && !isInWindow();

/** Whether the person wants it, and the browser allows it. */
export const isOn = () => isPossible() && Notification.permission === "granted" && localStorage.getItem(KEY) === "on";

/** Asks the browser, and keeps the answer. */
export async function turnOn() {
  if ((await Notification.requestPermission()) === "granted") localStorage.setItem(KEY, "on");
}

/** Tells nothing from now on. */
export function turnOff() {
  localStorage.removeItem(KEY);
}

/**
 * @param {Feed} feed
 * @param {(path: string) => void} go
 */
export function watchForNotices(feed, go) {
  /** @type {Set<string>} */
  let known = new Set();
  /** @type {Map<string, number>} */
  const busySince = new Map();
  const tell = (/** @type {string} */ id, /** @type {string} */ title, /** @type {string} */ body) => {
    if (!isOn() || document.hasFocus()) return;
    const notice = new Notification(title, { body, tag: id });
    notice.addEventListener("click", () => {
      window.focus();
      go(`/conversations/${id}`);
      notice.close();
    });
  };
  const titleOf = (/** @type {string} */ id) => feed.list.value.byId.get(id)?.title ?? "A conversation";
  feed.pending.watch((pending) => {
    for (const request of pending) if (!known.has(request.id)) tell(request.conversationId, titleOf(request.conversationId), request.kind === "question" ? "has a question for you" : `asks to use ${request.toolName}`);
    known = new Set(pending.map((request) => request.id));
  });
  feed.list.watch((list) => {
    for (const [id, conversation] of list.byId) {
      const since = busySince.get(id);
      if (conversation.turn !== "idle") busySince.set(id, since ?? Date.now());
      else if (since !== undefined) {
        busySince.delete(id);
        if (Date.now() - since > LONG_MS) tell(id, titleOf(id), "The answer is done.");
      }
    }
  });
}
