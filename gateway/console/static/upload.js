// Uploads with progress for those who have scripts; without them the form is sent as it stands.
"use strict";

function wire(form) {
  const box = form.querySelector("[data-progress]");
  const bar = box.querySelector("progress");
  const said = box.querySelector("[data-said]");
  const button = form.querySelector("button.primary");
  let request = null;

  const over = (text) => {
    request = null;
    button.disabled = false;
    bar.hidden = true;
    box.hidden = text === "";
    said.textContent = text;
  };

  const answered = () => {
    if (request.status < 400) return location.assign(request.responseURL);
    const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
    if (!answer) return over(said.dataset.failed);
    document.querySelector("main").replaceWith(answer);
    answer.querySelectorAll("form[data-upload]").forEach(wire);
    answer.querySelector(".alert.fail")?.focus();
  };

  box.querySelector("[data-stop]").addEventListener("click", () => request?.abort());

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (request) return;
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      bar.value = Math.floor((step.loaded * 100) / step.total);
      said.textContent = bar.value < 100 ? said.dataset.sending.replace("{}", bar.value) : said.dataset.reading;
    });
    request.addEventListener("load", answered);
    request.addEventListener("error", () => over(said.dataset.failed));
    request.addEventListener("abort", () => over(""));
    bar.value = 0;
    bar.hidden = box.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
}

document.querySelectorAll("form[data-upload]").forEach(wire);
