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

const overallOf = (check, code) => {
  if (code) return code === 1 ? "not_genuine" : "could_not_check";
  return check.status === "active" ? "valid" : check.status;
};

// Whether this is what the register says: one that waits for the blockchain can be checked in part only.
const compare = async (overall, address) => {
  const { overall: told } = await fetched(address);
  const same = told === overall || (overall === "could_not_check" && told === "pending_anchor");
  const said = told.replaceAll("_", " ");
  return `Same answer as the register: ${same ? "yes" : "no"}. It says “${said}”.`;
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
  const overall = overallOf(check, code);
  const headline = HEADLINES[code] ?? `Genuine. Status ${check.status}, as of ${TIME.format(new Date(check.when))} UTC.`;
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
