// The contexts as their publishers' packages have them: none is ours.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { contexts } from '@digitalbazaar/credentials-context';

const packages = createRequire(import.meta.url);

export const published = new Map([
  ...contexts,
  ['https://w3id.org/blockcerts/v3.2', JSON.parse(readFileSync(packages.resolve('@blockcerts/schemas/schemas/3.2/context.json')))]
]);
