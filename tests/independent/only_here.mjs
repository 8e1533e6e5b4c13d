// Loaded before every program here (`node --import`): whoever asks for more than this machine's loopback is refused.

import child_process from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import worker_threads from 'node:worker_threads';

export const refused = [];

function refuse (what) {
  refused.push(what);
  throw new Error(`refused: ${what} is not on this machine's loopback`);
}

function hostAskedFor ([first, second]) {
  const options = Array.isArray(first) ? first[0] : first; // net.connect hands on what it has put in order
  if (typeof options === 'object') return options.host ?? options.path ?? 'localhost';
  return typeof second === 'string' ? second : 'localhost';
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...asked) {
  const host = hostAskedFor(asked);
  return /^127(\.\d{1,3}){3}$/.test(host) ? connect.apply(this, asked) : refuse(host);
};

// No name is asked for, nothing is sent without a connection, and nobody else is started who might do so.
const CLOSED = [
  [dns, /^(lookup|resolve|reverse|Resolver)/],
  [dns.promises, /^(lookup|resolve|reverse|Resolver)/],
  [dgram, /^(createSocket|Socket)$/],
  [child_process, /^(exec|fork|spawn)/],
  [worker_threads, /^Worker$/]
];
for (const [module, names] of CLOSED) {
  for (const name of Object.keys(module).filter((key) => names.test(key))) {
    module[name] = function () { refuse(name); };
  }
}
syncBuiltinESMExports();
