// What the programs here share: a request is read as JSON, each case is tried, and the outcomes are written as JSON.

import { refused } from './only_here.mjs';

// Verifiers tell their progress on standard output, which is for the outcomes alone.
console.log = console.info = console.warn = console.error;

export async function readRequest () {
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) text += part;
  return JSON.parse(text);
}

/** Try each of `cases` in turn; what `attempt` throws is a refusal like any other. */
export async function tryCases (cases, attempt) {
  const outcomes = {};
  for (const one of cases) {
    refused.length = 0;
    const outcome = await attempt(one).catch((error) => ({ accepted: false, failed: [error.message] }));
    outcomes[one.name] = { ...outcome, refused: [...refused] };
  }
  process.stdout.write(JSON.stringify(outcomes));
}
