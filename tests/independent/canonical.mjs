// jsonld's RDFC-1.0 over {port, cases: [{name, document}]}: canonical N-Quads under the publishers' own contexts.

import jsonld from 'jsonld';
import { readRequest, tryCases } from './cases.mjs';
import { published } from './published.mjs';
import { Relay } from './relay.mjs';

const { port, cases } = await readRequest();
const relay = new Relay({ port });
const documentLoader = async (url) => ({
  contextUrl: null, documentUrl: url, document: published.get(url) ?? await relay.get(url)
});

await tryCases(cases, async ({ document }) => ({
  statements: await jsonld.canonize(document, {
    algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, base: null, documentLoader
  })
}));
