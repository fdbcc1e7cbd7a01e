// Live pages. The server says that something happened; the page asks for what changed and says when it cannot.
"use strict";
(() => {
  const body = document.body;
  const notices = document.getElementById("notices");
  const OFFLINE = "The connection was lost. Trying again; what you typed stays.";
  const EXPIRED = "Your session has ended. Open a fresh sign-in link in this browser; what you typed stays on this page.";
  let over = false;

  const notice = (key, text, kind) => {
    notices.querySelector(`[data-notice="${key}"]`)?.remove();
    if (!text) return;
    const made = document.createElement("p");
    made.className = `notice ${kind}`;
    made.dataset.notice = key;
    made.textContent = text;
    if (kind === "passing") {
      const close = document.createElement("button");
      close.textContent = "Seen";
      close.addEventListener("click", () => made.remove());
      made.append(close);
    }
    notices.append(made);
  };
  window.ntroNotice = notice;

  const expired = () => {
    over = true;
    notice("connection", "", "");
    notice("session", EXPIRED, "error");
  };

  // One refresh for a burst of events.
  let waiting = 0;
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => body.dispatchEvent(new CustomEvent("ntro-changed")), 100);
  };
  window.ntroChanged = changed;

  let delay = 500;
  const follow = () => {
    const source = new EventSource(body.dataset.stream);
    source.onmessage = changed;
    source.onopen = () => {
      delay = 500;
      notice("connection", "", "");
      body.dataset.live = "yes";
      changed();
    };
    source.onerror = () => {
      source.close();
      body.dataset.live = "no";
      setTimeout(again, delay);
      delay = Math.min(delay * 2, 8000);
    };
  };
  const again = async () => {
    try {
      const answer = await fetch("/fragments/session", { headers: { Accept: "application/json" } });
      if (answer.status === 401) { expired(); return; }
    } catch {
      notice("connection", OFFLINE, "waiting");
    }
    if (!over) follow();
  };
  if (body.dataset.stream) follow();

  // What is no page is never put into the page.
  document.addEventListener("htmx:before:response", (event) => {
    const { status, headers } = event.detail.ctx.response;
    if (status === 401) expired();
    else if (status >= 400) notice("request", `The server refused this (${status}). Reload the page and try again.`, "error");
    else notice("request", "", "");
    if (status >= 400 || (status === 200 && !headers.get("content-type")?.startsWith("text/html"))) event.preventDefault();
  });
  document.addEventListener("htmx:error", () => { if (!over) notice("connection", OFFLINE, "waiting"); });

  document.addEventListener("click", async (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    if (!event.target.closest("[data-sign-out]")) return;
    await fetch("/sign-out", { method: "POST", headers: { "X-CSRF-Token": body.dataset.csrf } });
    location.assign("/");
  });
  document.addEventListener("change", (event) => event.target.closest("form[data-auto]")?.requestSubmit());
})();
