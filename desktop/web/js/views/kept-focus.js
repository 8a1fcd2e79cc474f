// Keeps the focus of those who work by keyboard where something is drawn anew.

/**
 * Draws something anew. What had the focus in it gives it to what has taken its place: within the same `data-key`, if it
 * stands in one, the first of the same class.
 * @param {HTMLElement} root
 * @param {() => void} draw
 */
export function keepFocus(root, draw) {
  const had = document.activeElement;
  const wasHere = had instanceof HTMLElement && root.contains(had);
  draw();
  if (!wasHere || document.activeElement === had) return;
  const key = had.closest("[data-key]")?.getAttribute("data-key");
  const place = key == null ? root : root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const next = [...(place?.querySelectorAll("a, button") ?? [])].find((node) => node.className === had.className);
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}
