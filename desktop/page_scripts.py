"""What the window tells the page, as scripts. They run beside the page's own, which knows nothing of a window."""

from __future__ import annotations

import json

BRIDGE = """
(() => {
  const copy = async (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.cssText = "position:fixed;opacity:0";
    document.body.append(field);
    const focused = document.activeElement;
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    focused?.focus?.();
    if (!isCopied) throw new Error("The text could not be copied.");
  };
  window.pywebview ??= {};
  window.pywebview.api ??= {};
  window.pywebview.api.copy = copy;
})();
"""
"""Gives the page a way to copy: `navigator.clipboard` never settles in Qt's web view."""

KEPT = "JSON.stringify({items: {...localStorage}, path: location.pathname})"
"""What a page would lose when the daemon comes back at another address: drafts, and where the person is."""


def go_to(path: str) -> str:
    """Shows another place of the page, as a click on a link to it does."""
    return f'history.pushState(null, "", {json.dumps(path)}); dispatchEvent(new PopStateEvent("popstate"));'


def restore(kept: str) -> str:
    """Gives a page what another one has kept."""
    return (
        f"(() => {{ const kept = {json.dumps(json.loads(kept))};"
        "for (const [name, value] of Object.entries(kept.items)) localStorage.setItem(name, value);"
        "location.replace(kept.path); })();"
    )
