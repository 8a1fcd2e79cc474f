// A picture, as large as the window allows.

import { h, iconButton } from "../dom.js";

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
