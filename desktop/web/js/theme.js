// @ts-check
// Appearance, before anything is painted. A classic script, so that it runs before the first frame.
"use strict";
(() => {
  const root = document.documentElement;
  for (const name of ["theme", "density", "size"]) {
    const value = localStorage.getItem(`stagent.${name}`);
    if (value) root.dataset[name] = value;
  }
})();
