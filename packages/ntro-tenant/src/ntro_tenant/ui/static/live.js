// Live pages and the keyboard. The server sends what happened; the page asks for the parts that show it.
"use strict";
(() => {
  const stream = document.body.dataset.stream;
  if (stream) {
    const source = new EventSource(stream);
    let waiting = 0;
    const changed = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => document.body.dispatchEvent(new CustomEvent("ntro-changed")), 120);
    };
    source.onmessage = changed;
    source.onopen = changed;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-sign-out]");
    if (!button) return;
    await fetch("/sign-out", { method: "POST", headers: { "X-CSRF-Token": button.dataset.signOut } });
    location.assign("/");
  });

  const press = (selector) => {
    const found = document.querySelector(selector);
    if (found) found.click();
  };
  const move = (step) => {
    const rows = [...document.querySelectorAll("tr.link a")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.min(rows.length - 1, Math.max(0, at + step))].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = {
      a: () => press("button[data-key=a]"),
      r: () => document.querySelector("textarea[name=comments]")?.focus(),
      e: () => document.querySelector("td input")?.focus(),
      u: () => document.querySelector("input[type=file]")?.focus(),
      j: () => move(1),
      k: () => move(-1),
      "?": () => document.getElementById("keys")?.showModal(),
    };
    const act = acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
