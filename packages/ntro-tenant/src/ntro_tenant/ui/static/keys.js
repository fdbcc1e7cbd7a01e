// The keyboard. Keys act on the gate that has the focus, else on the first.
"use strict";
(() => {
  const here = () => document.activeElement.closest("[data-gate]") ?? document.querySelector("[data-gate]");
  const press = (selector) => {
    const found = here()?.querySelector(selector);
    if (found && !found.disabled) found.click();
  };
  const move = (step) => {
    const stops = [...document.querySelectorAll("[data-stop]")];
    if (!stops.length) return;
    const gate = document.activeElement.closest("[data-gate]");
    const at = stops.indexOf(gate?.querySelector("[data-stop]") ?? document.activeElement);
    const next = stops[Math.min(stops.length - 1, Math.max(0, at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const reject = () => {
    const comments = here()?.querySelector("textarea[name=comments]");
    if (!comments) return;
    if (comments.value.trim()) press("button[data-key=r]");
    else comments.focus();
  };
  const below = (input) => {
    const cell = input.closest("td");
    if (!cell) return;
    const rows = [...cell.closest("table").querySelectorAll("tr")].filter((row) => row.cells[cell.cellIndex]?.querySelector("input"));
    rows[rows.indexOf(cell.parentElement) + 1]?.cells[cell.cellIndex].querySelector("input").focus();
  };
  const acts = {
    a: () => press("button[data-key=a]"),
    r: reject,
    e: () => (here()?.querySelector("td input, dd input") ?? document.body).focus(),
    u: () => document.querySelector("form[data-upload] input[type=file]")?.click(),
    j: () => move(1),
    k: () => move(-1),
    "?": () => document.getElementById("keys").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input:not([type=file]), textarea, select");
    if (typing) {
      if (event.key === "Escape") (typing.closest("[data-gate]")?.querySelector("[data-stop]") ?? document.body).focus();
      if (event.key === "Escape") typing.blur();
      if (event.key === "Enter" && typing.matches("td input, dd input")) { event.preventDefault(); below(typing); }
      return;
    }
    const act = acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
