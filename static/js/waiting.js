// A page that waits for the blockchain looks again by itself: soon at first, then ever more seldom, in the end not at all.

const WAITS = [2, 2, 3, 4, 6, 9, 13, 20, 30, 45, 60, 60, 60, 60, 60, 60]; // seconds; together over eight minutes
let looks = 0;
let timer;

const lookAgain = () => {
  const waiting = document.querySelector("[data-waiting]");
  if (!waiting) return;
  if (document.hidden) document.addEventListener("visibilitychange", lookAgain, { once: true });
  else htmx.trigger(waiting, "look-again");
};

const plan = () => {
  clearTimeout(timer);
  if (looks < WAITS.length) timer = setTimeout(lookAgain, 1000 * WAITS[looks++]);
  else for (const note of document.querySelectorAll("[data-look-later]")) note.hidden = false;
};

document.addEventListener("htmx:afterRequest", plan); // whatever the answer was, or if there was none
plan();
