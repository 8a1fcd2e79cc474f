// What was typed and not sent, for each conversation. It outlives a reload and a restart of the daemon.

/**
 * @typedef {{
 *   text: string, mentions: import("./views/mentions.js").Mention[],
 *   documents: import("./views/attachments.js").Stored[],
 * }} Draft
 */

const PREFIX = "stagent.draft.";

/** @param {string} key @returns {Draft} */
export function loadDraft(key) {
  const empty = { text: "", mentions: [], documents: [] };
  try {
    return { ...empty, ...JSON.parse(localStorage.getItem(PREFIX + key) ?? "{}") };
  } catch {
    return empty; // written by somebody else
  }
}

/** @param {string} key @param {Draft} draft */
export function saveDraft(key, draft) {
  try {
    if (draft.text || draft.documents.length > 0) localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    else localStorage.removeItem(PREFIX + key);
  } catch (error) {
    // A full store only costs the draft after a reload; the text itself is still in the field.
    if (!(error instanceof DOMException)) throw error;
  }
}
