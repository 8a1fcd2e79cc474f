// Folders as people name them.

/**
 * @param {string} path of a folder, whole
 * @returns {string} from the home folder on, where it lies there
 */
export function placeName(path) {
  const home = document.body.dataset.home ?? "";
  const rest = path.slice(home.length);
  return home !== "" && path.startsWith(home) && /^([/\\]|$)/.test(rest) ? `~${rest}` : path;
}
