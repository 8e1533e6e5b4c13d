// The page "Check in your browser": fetches a proof pack, shows each step as it is made, and compares the answer.

import { Check } from "./check.js";

const form = document.querySelector("[data-check]");
const list = document.querySelector("[data-steps]");
const answer = document.querySelector("[data-answer]");

const copyOf = (name) => document.querySelector(`template[data-for="${name}"]`).content.firstElementChild.cloneNode(true);

const fill = (element, part, text) => {
  element.querySelector(`[data-part="${part}"]`).textContent = text;
};

const fetched = async (address) => {
  const response = await fetch(address, { cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Error(`${new URL(address, location).pathname} is not to be had (${response.status})`);
  return response.json();
};

const shown = async (step) => {
  const item = copyOf(step.result);
  fill(item, "title", step.title);
  fill(item, "found", step.found);
  fill(item, "file", step.file);
  const details = item.querySelector("details");
  for (const [name, text] of step.computed) {
    const row = copyOf("computed");
    fill(row, "name", name);
    fill(row, "text", text);
    details.querySelector("dl").append(row);
  }
  if (!step.computed.length) details.remove();
  list.append(item);
  await new Promise(requestAnimationFrame); // so that each step is seen when it is made
};

const conclude = (overall, headline, comparison) => {
  const banner = copyOf(overall);
  fill(banner, "headline", headline);
  fill(banner, "comparison", comparison);
  answer.replaceChildren(banner);
  answer.scrollIntoView({ block: "nearest" });
};

const HEADLINES = { 1: "Not genuine: a step failed.", 2: "Could not be checked in full; nothing of it is wrong." };

const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

// The register's word for a status, where it has another.
const WORDS = { active: "valid", transferred_out: "cancelled" };

const overallOf = (code, status) => ({ 1: "not_genuine", 2: "could_not_check" })[code] ?? WORDS[status] ?? status;

// Whether the register says the same; of what could be checked in part only, that may not be known.
const compare = async (overall, address) => {
  const { overall: told } = await fetched(address).catch(() => ({}));
  if (!told) return "The register’s own answer is not to be had.";
  const isOpen = overall === "could_not_check" && told !== "not_genuine";
  const same = told === overall || (isOpen && told === "pending_anchor");
  return `Same answer as the register: ${same ? "yes" : isOpen ? "not known" : "no"}. It says “${told.replaceAll("_", " ")}”.`;
};

const runCheck = async () => {
  list.replaceChildren();
  answer.replaceChildren();
  document.querySelector("[data-result]").hidden = false;
  const given = new FormData(form);
  const { files } = await fetched(form.dataset.pack);
  const check = new Check(files, {
    platformKey: given.get("platform_key").trim(),
    account: given.get("account").trim(),
    nodes: given.get("nodes").split(/\s+/).filter(Boolean),
  });
  const code = await check.run(shown);
  const status = code ? "" : check.statusOn(new Date().toISOString().slice(0, 10));
  const overall = overallOf(code, status);
  const genuine = `Genuine. Status: ${status.replaceAll("_", " ")}, by what was recorded on ${TIME.format(new Date(check.when))} UTC.`;
  const headline = HEADLINES[code] ?? genuine;
  conclude(overall, headline, await compare(overall, form.dataset.verdict));
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    await runCheck();
  } catch (error) {
    conclude("could_not_check", "Could not be checked.", error.message + ".");
  } finally {
    button.disabled = false;
  }
});

document.querySelector("[data-no-script]").hidden = true;
if (globalThis.crypto?.subtle) form.hidden = false;
else document.querySelector("[data-insecure]").hidden = false;
