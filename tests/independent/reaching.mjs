// Every way out of a program, tried: {cases: [{name, way, host, port}]}. What `only_here.mjs` must refuse, and must not.

import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { lookup, resolve4, Resolver } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';
import { readRequest, tryCases } from './cases.mjs';

const ended = (emitter, event) => new Promise((resolve, reject) => {
  emitter.once(event, resolve);
  emitter.once('error', reject);
});

const WAYS = {
  fetch: ({ host, port }) => fetch(`http://${host}:${port}/`).catch(({ cause }) => { throw cause; }),
  http: (where) => ended(http.get(where), 'response'),
  https: (where) => ended(https.get(where), 'response'),
  socket: ({ host, port }) => ended(net.connect(port, host), 'connect'),
  tls: ({ host, port }) => ended(tls.connect(port, host), 'secureConnect'),
  pipe: () => ended(net.connect('/var/run/somebody.sock'), 'connect'),
  lookup: ({ host }) => lookup(host),
  resolve: ({ host }) => resolve4(host),
  resolver: ({ host }) => new Resolver().resolve4(host),
  datagram: () => dgram.createSocket('udp4'),
  program: () => ended(spawn('true'), 'exit'),
  worker: () => ended(new Worker('', { eval: true }), 'exit')
};

await tryCases((await readRequest()).cases, async ({ way, host, port }) => {
  await WAYS[way]({ host, port });
  return { accepted: true };
});
process.exit(); // whatever a way left open
