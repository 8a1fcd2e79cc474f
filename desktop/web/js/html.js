// The one place where HTML becomes elements: what the daemon rendered and cleaned, and nothing else.

/** @type {{createHTML: (html: string) => any}} */
const policy =
  /** @type {any} */ (window).trustedTypes?.createPolicy("stagent", { createHTML: (/** @type {string} */ html) => html }) ??
  { createHTML: (html) => html };

/**
 * Shows HTML that came from the daemon in a field named `html` or `snippet`.
 * @param {Element} node
 * @param {string} html
 */
export function setHtml(node, html) {
  node.innerHTML = policy.createHTML(html);
}
