// What a person opens in a transcript is brought into sight, and moves no further than it must.

const UNFOLDED = "unfolded";
const MARGIN_PX = 12;

/** Says that a person has opened something. @param {HTMLElement} node all of it */
export const tellUnfolded = (node) => node.dispatchEvent(new CustomEvent(UNFOLDED, { bubbles: true }));

/**
 * @param {HTMLElement} scroller
 * @param {() => void} onUnfold called before anything moves
 */
export function showUnfolded(scroller, onUnfold) {
  scroller.addEventListener(UNFOLDED, ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    onUnfold();
    const box = target.getBoundingClientRect();
    const view = scroller.getBoundingClientRect();
    const hidden = box.bottom + MARGIN_PX - view.bottom;
    // What is higher than the view shows its beginning.
    const room = Math.max(0, box.top - MARGIN_PX - view.top);
    if (hidden > 0) scroller.scrollTop += Math.min(hidden, room);
  });
}
