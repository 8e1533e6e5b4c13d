// The one script: copy and print buttons, j/k/Enter in lists and the switch for them, focus on an error summary. Every page works without it.

const announce = (button, word) => {
  if ("done" in button.dataset) return;
  const before = button.getAttribute("aria-label");
  button.setAttribute("aria-label", word);
  button.dataset.done = "";
  setTimeout(() => {
    button.setAttribute("aria-label", before);
    delete button.dataset.done;
  }, 1600);
};

const prepare = (root) => {
  for (const button of root.querySelectorAll("[data-print][hidden]")) button.hidden = false;
  if (navigator.clipboard) {
    for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
  }
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce(button, "Copied");
  }
  if (event.target.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

const walkRows = (event) => {
  const links = [...document.querySelectorAll("[data-keys] a.cover")];
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const next = event.key === "j" ? here + 1 : Math.max(here, 1) - 1;
  links[Math.min(next, links.length - 1)].focus();
  event.preventDefault();
};

// Single keys can be switched off for good in this browser (WCAG 2.1.4).
const shortcutsAreOn = () => localStorage.getItem("shortcuts") !== "off";

const showShortcuts = () => {
  for (const button of document.querySelectorAll("[data-shortcuts]")) {
    button.parentElement.hidden = false;
    button.querySelector("span").textContent = shortcutsAreOn() ? "on" : "off";
  }
};

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-shortcuts]")) return;
  localStorage.setItem("shortcuts", shortcutsAreOn() ? "off" : "on");
  showShortcuts();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  if (!shortcutsAreOn()) return;
  if (event.key === "j" || event.key === "k") walkRows(event);
});

document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);
showShortcuts();
document.querySelector("[data-focus]")?.focus();
