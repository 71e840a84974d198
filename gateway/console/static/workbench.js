// The queue by keyboard, and sums that follow what is chosen; everything works without it.
"use strict";

const queue = document.querySelector("[data-queue]");
const inField = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;

function reveal(id) {
  const details = document.getElementById(id);
  if (!details) return;
  details.open = true;
  details.querySelector("input:not([type=hidden]), select").focus();
}

function follow(selector) {
  const link = document.querySelector(selector);
  if (link) link.click();
}

function help() {
  const keys = document.getElementById("keys");
  keys.open = !keys.open;
  keys.querySelector("summary").focus();
}

const doing = {
  j: () => follow('[data-go="next"]'),
  k: () => follow('[data-go="previous"]'),
  a: () => document.querySelector('[data-do="accept"]')?.requestSubmit(),
  r: () => reveal("reject"),
  s: () => reveal("split"),
  "/": () => follow('[data-go="search"]'),
  "?": help,
};

if (queue) {
  // In the capture phase, before the console's own keys: here j, k and / mean the queue's.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || inField(event.target)) return;
      const act = doing[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    },
    true,
  );
  for (const link of document.querySelectorAll("[data-open]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      reveal(link.dataset.open);
    });
  }
  const current = document.querySelector('.stack-list [aria-current="true"]');
  if (current) current.scrollIntoView({ block: "nearest" });
}

const sums = (fields, taken) => {
  const found = { left: [0, 0, 0], right: [0, 0, 0] };
  for (const field of fields) {
    if (!taken(field)) continue;
    const side = found[field.dataset.side];
    side[0] += Number(field.dataset.minor);
    side[1] += Number(field.dataset.net);
    side[2] += 1;
  }
  return found;
};
const fits = ({ left, right }) =>
  left[2] > 0 && right[2] > 0 && left.slice(0, 2).some((sum) => right.slice(0, 2).includes(sum));

for (const form of document.querySelectorAll("[data-split], [data-choose]")) {
  const fields = [...form.querySelectorAll("[data-side]")];
  const tally = form.querySelector("[data-tally]");
  const update = () => {
    const parts = form.matches("[data-choose]")
      ? [sums(fields, (field) => field.checked)]
      : [...new Set(fields.map((field) => field.value))]
          .filter(Boolean)
          .map((part) => sums(fields, (field) => field.value === part));
    const good = parts.length > 0 && parts.every(fits);
    tally.hidden = false;
    tally.textContent = good ? tally.dataset.fits : tally.dataset.not;
    tally.classList.toggle("good", good);
    for (const side of ["left", "right"]) {
      const shown = form.querySelector(`[data-sum="${side}"] .amount`);
      if (shown) show(shown, parts[0][side][0]);
    }
  };
  form.addEventListener("change", update);
  update();
}

// A sum as the page writes amounts: the currency's decimals and the reader's digits are those of a rendered amount.
function show(shown, minor) {
  const places = Number(shown.closest("[data-places]").dataset.places);
  const text = (Math.abs(minor) / 10 ** places).toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
    numberingSystem: "latn",
  });
  shown.firstChild.textContent = minor === 0 ? "\u2013" : `${minor < 0 ? "\u2212" : ""}${text}`;
}

const first = document.querySelector("[data-first]");
if (first && !document.querySelector(".alert.fail")) first.focus();
