// What was typed and not sent, for each conversation. It outlives a reload and a restart of the daemon.

const PREFIX = "stagent.draft.";

/** @param {string} key @returns {string} */
export const loadDraft = (key) => localStorage.getItem(PREFIX + key) ?? "";

/** @param {string} key @param {string} text */
export function saveDraft(key, text) {
  try {
    if (text) localStorage.setItem(PREFIX + key, text);
    else localStorage.removeItem(PREFIX + key);
  } catch (error) {
    // A full store only costs the draft after a reload; the text itself is still in the field.
    if (!(error instanceof DOMException)) throw error;
  }
}
