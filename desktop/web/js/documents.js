// Documents that messages name by their ids alone. One that was read once is kept.

import { get } from "./api.js";

/** @typedef {import("./views/attachments.js").Stored} Stored */

const KEPT = 500;

/** @type {Map<string, Promise<Stored | null>>} */
const known = new Map();

/** @param {string} id @returns {Promise<Stored | null>} null where it is gone, or cannot be read now */
export function documentOf(id) {
  const found = known.get(id);
  if (found) return found;
  const asked = get(`/api/documents/${id}`).catch(() => {
    known.delete(id);
    return null;
  });
  known.set(id, asked);
  for (const oldest of known.keys()) {
    if (known.size <= KEPT) break;
    known.delete(oldest);
  }
  return asked;
}

/** @param {string[]} ids @returns {Promise<Stored[]>} those that are there */
export const documentsOf = async (ids) => (await Promise.all(ids.map(documentOf))).filter((one) => one !== null);
