// Between a verifier and the live copy: the addresses that our documents name, asked of 127.0.0.1. Any other is an error.

import http from 'node:http';

export const RESOLVER = 'https://resolver.test';
export const CHAIN = 'https://chain.test';
const TERMS = 'https://defiso.com/terms/';

export class Relay {
  /**
   * `port` is the live copy's, `chain` the address of its node. `served` is what stands in for the answer at an
   * address, as an intruder would have it; `rewrite(url, document)` is for what a verifier cannot read as it is.
   */
  constructor ({ port, chain, rewrite = (_url, document) => document }) {
    Object.assign(this, { port, chain, rewrite, served: {} });
  }

  /** The JSON at `url`; http and https are the same here, since the copy speaks only the first. */
  async get (url) {
    const secure = url.replace(/^http:/, 'https:');
    const stand_in = this.served[secure.replace('https:', 'http:')];
    return this.rewrite(secure, stand_in ?? await this.fetched(secure));
  }

  async fetched (url) {
    if (url.startsWith(TERMS)) return this.askTheCopy(`localhost:${this.port}`, new URL(url).pathname);
    if (url.startsWith(`${RESOLVER}/did:web:`)) return { didDocument: await this.resolve(url.slice(RESOLVER.length + 1)) };
    const { host, pathname, search } = new URL(url);
    if (host.endsWith(`localhost:${this.port}`)) return this.askTheCopy(host, pathname + search);
    throw new Error(`nobody relays ${url}`);
  }

  /** The document of a did:web. Source: did:web Method Specification, 2.5.2. */
  async resolve (did) {
    const host = decodeURIComponent(did.split('#')[0].slice('did:web:'.length));
    return this.get(`https://${host}/.well-known/did.json`);
  }

  async askTheCopy (host, path) {
    return ask({ host: '127.0.0.1', port: this.port, path, headers: { host } });
  }

  /** What fetch would give a verifier that takes no loader. */
  fetch = async (asked, options = {}) => {
    const url = asked.url ?? String(asked);
    const answer = url.startsWith(CHAIN) ? await askNode(this.chain, options.body) : await this.get(url);
    return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/ld+json' } });
  };
}

// Not by fetch, which blocks the port of the node as any browser does.
async function askNode (address, body) {
  const { hostname, port } = new URL(address);
  return ask({ host: hostname, port, method: 'POST', headers: { 'content-type': 'application/json' } }, body);
}

function ask (options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(options, async (response) => {
      let text = '';
      for await (const part of response.setEncoding('utf8')) text += part;
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`${options.path} answered ${response.statusCode}`));
    });
    request.on('error', reject);
    request.end(body);
  });
}
