// Uploads: one line a document, several at once, each with its progress and what is wrong with it beside it.
"use strict";
(() => {
  const send = (form, file) => {
    const said = document.getElementById(form.dataset.said);
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", `Uploading ${file.name}`);
    said.className = "said";
    said.replaceChildren(`Uploading ${file.name} `, bar);
    form.hidden = true;

    const refused = (text) => {
      said.className = "said problem";
      said.textContent = text;
      form.hidden = false;
      form.reset();
    };
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("X-CSRF-Token", document.body.dataset.csrf);
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = Math.floor((100 * event.loaded) / event.total); };
    request.onerror = () => refused(`${file.name} was not sent: the connection was lost. Choose it again.`);
    request.onload = () => {
      const answer = request.response ?? {};
      if (request.status >= 400) {
        refused(`${file.name} was not taken: ${[answer.message, answer.hint].filter(Boolean).join(" ")}`);
        return;
      }
      said.textContent = request.status === 200 ? `${file.name} was here already.` : `${file.name} was received.`;
      form.hidden = false;
      form.reset();
      window.ntroChanged();
    };
    const content = new FormData();
    content.set("source", form.dataset.source);
    content.set("file", file);
    request.send(content);
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (form && event.target.files.length) send(form, event.target.files[0]);
  });
  document.addEventListener("submit", (event) => { if (event.target.matches("form[data-upload]")) event.preventDefault(); });

  // The page itself says by now what became of what was received.
  document.addEventListener("htmx:after:settle", () => {
    for (const said of document.querySelectorAll(".said:not(.problem)")) if (!said.querySelector("progress")) said.replaceChildren();
  });

  const place = (event) => event.target.closest?.(".slot");
  document.addEventListener("dragover", (event) => {
    if (!place(event)?.querySelector("form[data-upload]")) return;
    event.preventDefault();
    place(event).dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => { const slot = place(event); if (slot) delete slot.dataset.over; });
  document.addEventListener("drop", (event) => {
    const slot = place(event);
    const form = slot?.querySelector("form[data-upload]");
    if (!form || !event.dataTransfer.files.length) return;
    event.preventDefault();
    delete slot.dataset.over;
    send(form, event.dataTransfer.files[0]);
  });
})();
