// Reviews: what was changed is marked with what it was, sent alone, and saved before anything is approved.
"use strict";
(() => {
  const VALUES = 'input[name^="cell:"], input[name^="field:"]';
  const values = (form) => [...form.elements].filter((element) => element.matches(VALUES));
  const edited = (input) => input.value !== input.defaultValue;

  const show = (form) => {
    let count = 0;
    for (const input of values(form)) {
      const place = input.parentElement;
      if (edited(input)) {
        count += 1;
        place.dataset.was = input.defaultValue || "empty";
      } else delete place.dataset.was;
    }
    const save = form.querySelector("[data-save]");
    if (save) {
      save.disabled = count === 0;
      save.textContent = count ? `Save ${count} correction${count > 1 ? "s" : ""}` : "Save corrections";
    }
    const approve = form.querySelector("[data-key=a]");
    if (approve) {
      approve.disabled = count > 0 || "locked" in approve.dataset;
      approve.title = count ? "Save your corrections first: they change what is approved" : "";
    }
  };
  const showAll = () => document.querySelectorAll("form.actions").forEach(show);

  document.addEventListener("input", (event) => {
    if (event.target.matches(VALUES)) show(event.target.form);
    if (event.target.matches("textarea[name=comments]")) event.target.setCustomValidity("");
  });

  // A rejection needs its reason.
  document.addEventListener("click", (event) => {
    const reject = event.target.closest("button[value=rejected]");
    if (!reject) return;
    const comments = reject.form.elements.comments;
    comments.setCustomValidity(comments.value.trim() ? "" : "Say why you reject.");
    if (!comments.reportValidity()) event.preventDefault();
  }, true);

  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (!request.form?.matches("form.actions")) return;
    for (const input of values(request.form)) if (!edited(input)) request.body.delete(input.name);
  });

  // Corrections that the run could not take are offered again, once.
  const offered = new Set();
  const offer = () => {
    for (const input of document.querySelectorAll("[data-typed]")) {
      if (offered.has(input.id)) continue;
      offered.add(input.id);
      input.value = input.dataset.typed;
    }
  };

  // After a decision the next thing to do has the focus.
  let decided = false;
  document.addEventListener("htmx:before:request", (event) => { decided ||= Boolean(event.detail.ctx.request.form?.matches("form.actions")); });
  const goOn = () => {
    if (!decided) return;
    decided = false;
    const next = document.querySelector("[data-gate] [data-stop]") ?? document.querySelector("main h1");
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  };

  // Who looks at figures that change meanwhile is told.
  let seen = new Map();
  const hashes = () => new Map([...document.querySelectorAll("[data-gate][data-hash]")].map((gate) => [gate.id, gate.dataset.hash]));
  document.addEventListener("htmx:after:settle", () => {
    offer();
    showAll();
    goOn();
    const now = hashes();
    const moved = [...now].some(([id, hash]) => seen.has(id) && seen.get(id) !== hash);
    if (moved) window.ntroNotice("moved", "The figures of a review on this page have changed. Look again before you decide.", "passing");
    seen = now;
  });
  seen = hashes();
  offer();
  showAll();
})();
