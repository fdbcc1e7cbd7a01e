// Pages that renew themselves, and say so when they cannot. Everything here is a convenience: without it they are read as well.
"use strict";
(() => {
  const notices = document.getElementById("notices");
  const say = (text) => {
    notices.replaceChildren();
    if (!text) return;
    const made = document.createElement("p");
    made.className = "notice error";
    made.textContent = text;
    notices.append(made);
  };

  // What is no page is never put into the page.
  document.addEventListener("htmx:before:response", (event) => {
    const { status } = event.detail.ctx.response;
    if (status === 401) say("Your session has ended. Reload the page to sign in again.");
    else if (status >= 400) say(`The server refused this (${status}). What is shown is from before.`);
    else say("");
    if (status >= 400) event.preventDefault();
  });
  document.addEventListener("htmx:error", () => say("The connection was lost. Trying again; what is shown is from before."));

  document.addEventListener("change", (event) => event.target.closest("form[data-auto]")?.requestSubmit());

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }
})();
