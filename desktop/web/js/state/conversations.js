// The list of conversations: newest first, in pages, kept up to date by the feed. Pure.

/**
 * @typedef {import("../types.js").Conversation} Conversation
 * @typedef {{
 *   byId: ReadonlyMap<string, Conversation>, order: readonly string[], next: string | null, isLoaded: boolean,
 * }} ConversationList
 * `next` is the address of the page that comes after the last one loaded.
 */

/** @type {ConversationList} */
export const NONE = { byId: new Map(), order: [], next: null, isLoaded: false };

/**
 * The list with another page at its end.
 * @param {ConversationList} list
 * @param {Conversation[]} rows
 * @param {string | null} next
 * @returns {ConversationList}
 */
export function withPage(list, rows, next) {
  const byId = new Map(list.byId);
  const order = [...list.order];
  for (const row of rows) {
    if (!byId.has(row.id)) order.push(row.id);
    byId.set(row.id, row);
  }
  return { byId, order, next, isLoaded: true };
}

/**
 * The list read anew; what the feed said while it was read is kept.
 * @param {ConversationList} list as it was when the answer came
 * @param {Conversation[]} rows
 * @param {string | null} next
 * @param {ReadonlySet<string>} changed ids that the feed named since the question was asked
 * @returns {ConversationList}
 */
export function renewed(list, rows, next, changed) {
  let fresh = withPage(NONE, rows, next);
  for (const id of changed) {
    const known = list.byId.get(id);
    fresh = known ? withChange(fresh, known, true) : without(fresh, id);
  }
  return fresh;
}

/**
 * The list after a conversation changed.
 * @param {ConversationList} list
 * @param {Conversation} changed
 * @param {boolean} belongs whether the filter of this list takes it
 * @returns {ConversationList}
 */
export function withChange(list, changed, belongs) {
  const before = list.byId.get(changed.id);
  if (before && before.updatedAt > changed.updatedAt) return list; // an answer that was overtaken by the feed
  if (!belongs) return before ? without(list, changed.id) : list;
  const byId = new Map(list.byId).set(changed.id, changed);
  if (before && before.updatedAt === changed.updatedAt) return { ...list, byId };
  const order = before ? list.order.filter((id) => id !== changed.id) : [...list.order];
  const isLater = (/** @type {string} */ id) => {
    const other = /** @type {Conversation} */ (byId.get(id));
    return other.updatedAt < changed.updatedAt || (other.updatedAt === changed.updatedAt && other.id < changed.id);
  };
  const at = order.findIndex(isLater);
  if (at >= 0) order.splice(at, 0, changed.id);
  else if (list.next === null) order.push(changed.id);
  else {
    byId.delete(changed.id); // it comes with a later page
    return { ...list, byId, order };
  }
  return { ...list, byId, order };
}

/** @param {ConversationList} list @param {string} id @returns {ConversationList} */
export function without(list, id) {
  if (!list.byId.has(id)) return list;
  const byId = new Map(list.byId);
  byId.delete(id);
  return { ...list, byId, order: list.order.filter((other) => other !== id) };
}
