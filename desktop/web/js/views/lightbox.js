// A picture, as large as the window allows.

import { h, iconButton } from "../dom.js";

const THUMBNAIL_PX = 160;

/**
 * A small picture that opens large; its place is kept while it loads.
 * @param {import("../types.js").Screenshot} shot
 */
export function thumbnail({ thumbnailUrl, originalUrl, width, height }) {
  const scale = Math.min(1, THUMBNAIL_PX / Math.max(width, height, 1));
  const image = h("img", { src: thumbnailUrl, alt: "Picture from a tool", width: Math.round(width * scale), height: Math.round(height * scale), loading: "lazy" });
  return h("a", { class: "screenshot", href: originalUrl, data: { lightbox: "" } }, image);
}

/** Opens pictures that say so by `data-lightbox`, wherever they are. */
export function watchPictures() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-lightbox]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const alt = link.querySelector("img")?.alt ?? "Picture";
    const dialog = h("dialog", { class: "lightbox", "aria-label": alt }, h("img", { src: link.href, alt }), iconButton("x", "Close", () => dialog.close()));
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (click) => click.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
  }, { capture: true });
}
