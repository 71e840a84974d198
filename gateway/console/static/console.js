// What makes the console quicker for those who have scripts; every action works without it.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`afluente_zone=${zone}`)) {
  document.cookie = `afluente_zone=${zone}; path=/console; max-age=31536000; samesite=lax`;
}

for (const select of document.querySelectorAll("[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const button of document.querySelectorAll("[data-hide]")) button.hidden = true;

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });
}

const alert = document.querySelector(".alert.fail[tabindex]");
if (alert) alert.focus();

const rows = [...document.querySelectorAll("[data-rows] a.row")];
const typing = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;

function move(step) {
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (next) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") document.activeElement.blur();
  if (typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector('[data-shortcut="/"]');
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "j") move(1);
  if (event.key === "k") move(-1);
});
