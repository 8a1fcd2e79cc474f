// What was typed and not sent, for each conversation. It outlives a reload and a restart of the daemon.

/**
 * @typedef {{
 *   text: string, mentions: import("./views/mentions.js").Mention[],
 *   documents: import("./views/attachments.js").Stored[],
 * }} Draft
 */

const PREFIX = "stagent.draft.";
const EDITED = "stagent.edited.";

/** @type {Map<string, string>} what found no room in the browser's store; it only outlives a change of place */
const unsaved = new Map();

/** @param {string} key @returns {Draft} */
export function loadDraft(key) {
  const empty = { text: "", mentions: [], documents: [] };
  try {
    return { ...empty, ...JSON.parse(load(PREFIX + key) ?? "{}") };
  } catch {
    return empty; // written by somebody else
  }
}

/** @param {string} key @param {Draft} draft */
export function saveDraft(key, draft) {
  save(PREFIX + key, draft.text || draft.documents.length > 0 ? JSON.stringify(draft) : null);
}

/** @param {string} conversationId @returns {string} the key of the draft of a message that is changed */
export const editKey = (conversationId) => `${conversationId}.edit`;

/** @param {string} conversationId @returns {string | null} what the message that is being changed follows; `root` for nothing */
export const loadEdited = (conversationId) => load(EDITED + conversationId);

/** @param {string} conversationId @param {string | null} parentId null where no message is being changed any more */
export const saveEdited = (conversationId, parentId) => save(EDITED + conversationId, parentId);

/** @param {string} name @returns {string | null} */
const load = (name) => unsaved.get(name) ?? localStorage.getItem(name);

/** @param {string} name @param {string | null} text */
function save(name, text) {
  unsaved.delete(name);
  try {
    if (text === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (text !== null) unsaved.set(name, text);
  }
}
