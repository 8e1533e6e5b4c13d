// @digitalbazaar/vc with eddsa-rdfc-2022 and status lists over {port, chain, cases: [{name, document, served}]}.

import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { verifyCredential } from '@digitalbazaar/vc';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import { readRequest, tryCases } from './cases.mjs';
import { published } from './published.mjs';
import { Relay } from './relay.mjs';

const { port, chain, cases } = await readRequest();
const relay = new Relay({ port, chain });

async function documentLoader (url) {
  const document = published.get(url) ?? (url.startsWith('did:') ? await dereference(url) : await relay.get(url));
  return { contextUrl: null, documentUrl: url, document };
}

/** A DID document, or the one method of it that the fragment names. */
async function dereference (url) {
  const whole = await relay.resolve(url);
  if (!url.includes('#')) return whole;
  const method = whole.verificationMethod.find(({ id }) => id === url);
  if (!method) throw new Error(`${url} is not a method of its document`);
  return { '@context': 'https://w3id.org/security/multikey/v1', ...method };
}

await tryCases(cases, async ({ document, served = {} }) => {
  relay.served = served;
  const suite = new DataIntegrityProof({ cryptosuite });
  const options = { suite, documentLoader };
  const result = await verifyCredential({
    credential: document,
    ...options,
    ...(document.credentialStatus && { checkStatus: (asked) => checkStatus({ ...asked, ...options }) })
  });
  const set = (result.statusResult?.results ?? []).filter(({ status }) => status);
  const failed = [
    ...(result.verified ? [] : reasons(result)),
    ...set.map(({ credentialStatus }) => credentialStatus.statusPurpose)
  ];
  return { accepted: failed.length === 0, failed };
});

function reasons ({ error, statusResult }) {
  const all = [...(error?.errors ?? [error]), statusResult?.error].filter(Boolean);
  return all.map(({ message }) => message);
}
