// @blockcerts/cert-verifier-js over {port, chain, cases: [{name, document, served}]}: accepted or which steps failed.

import { createRequire } from 'node:module';
import { readRequest, tryCases } from './cases.mjs';
import { CHAIN, Relay, RESOLVER } from './relay.mjs';

const STATUS = 'https://www.w3.org/ns/credentials/status#';
const MULTIBASE = 'https://w3id.org/security#multibase';

// The build for Node, which needs none of the packages that its manifest names.
const { Certificate } = createRequire(import.meta.url)('@blockcerts/cert-verifier-js/dist/verifier-node/index.js');

/**
 * A status list saying the same, so that the body's signature still holds, in the form this verifier reads.
 *
 * It does not know the `u` before `encodedList` (Bitstring Status List 1.0, 2.2), and takes no type that the first
 * context alone defines. So the list proper is under the term's full name, and under the short one, declared to be an
 * index and thus no statement, is the text without its `u`.
 */
function readable (url, document) {
  if (!/\/status\/\w+\/\d+$/.test(url)) return document;
  const { encodedList, statusPurpose, type, ...subject } = document.credentialSubject;
  return {
    ...document,
    '@context': [...document['@context'], { encodedList: '@index' }],
    credentialSubject: {
      ...subject,
      type: STATUS + type,
      [`${STATUS}statusPurpose`]: statusPurpose,
      [`${STATUS}encodedList`]: { '@type': MULTIBASE, '@value': encodedList },
      encodedList: encodedList.slice(1)
    }
  };
}

const { port, chain, cases } = await readRequest();
const relay = new Relay({ port, chain, rewrite: readable });
globalThis.fetch = relay.fetch;

await tryCases(cases, async ({ document, served = {} }) => {
  relay.served = served;
  const certificate = new Certificate(document, {
    locale: 'en-US',
    didResolverUrl: RESOLVER,
    explorerAPIs: [{ apiType: 'rpc', chainType: 'eth', serviceUrl: CHAIN, priority: 0 }]
  });
  await certificate.init();
  const passed = [];
  const failed = [];
  const { status } = await certificate.verify(({ code, status: result }) => {
    if (result === 'success') passed.push(code);
    if (result === 'failure') failed.push(code);
  });
  return { accepted: status === 'success', passed, failed };
});
