// What the blockchain is made of: Keccak-256, RLP, transactions as signed, headers of blocks; and asking a node of it.

import { Unsure, fromHex, hex, joined, matching, octetsOf } from "./octets.js";

// The fields of a block's header in the order in which they make its hash, and those that are numbers.
export const HEADER = (
  "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom difficulty number gasLimit gasUsed " +
  "timestamp extraData mixHash nonce baseFeePerGas withdrawalsRoot blobGasUsed excessBlobGas parentBeaconBlockRoot " +
  "requestsHash"
).split(" ");
const NUMBERS = "difficulty number gasLimit gasUsed timestamp baseFeePerGas blobGasUsed excessBlobGas".split(" ");

const MASK = 2n ** 64n - 1n;
const RATE = 136;

// Keccak-256 as Ethereum has it: FIPS 202, with the padding of the submission.
export const keccak = (octets) => {
  const padded = joined(octets, [1], new Uint8Array((RATE - ((octets.length + 1) % RATE)) % RATE));
  padded[padded.length - 1] |= 0x80;
  let lanes = new Array(25).fill(0n);
  for (let start = 0; start < padded.length; start += RATE) {
    const block = new DataView(padded.buffer, start, RATE);
    for (let lane = 0; lane < RATE / 8; lane += 1) lanes[lane] ^= block.getBigUint64(8 * lane, true);
    lanes = permuted(lanes);
  }
  const found = new DataView(new ArrayBuffer(32));
  for (let lane = 0; lane < 4; lane += 1) found.setBigUint64(8 * lane, lanes[lane], true);
  return new Uint8Array(found.buffer);
};

const turned = (lane, by) => ((lane << BigInt(by)) | (lane >> BigInt(64 - by))) & MASK;

const permuted = (before) => {
  let lanes = before;
  let register = 1;
  for (let round = 0; round < 24; round += 1) {
    const sums = [0, 1, 2, 3, 4].map((x) => lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]);
    lanes = lanes.map((lane, at) => lane ^ sums[(at + 4) % 5] ^ turned(sums[(at + 1) % 5], 1));
    let [x, y, current] = [1, 0, lanes[1]];
    for (let turn = 0; turn < 24; turn += 1) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      [current, lanes[x + 5 * y]] = [lanes[x + 5 * y], turned(current, (((turn + 1) * (turn + 2)) / 2) % 64)];
    }
    const rows = lanes;
    const at = (place, by) => rows[place - (place % 5) + ((place + by) % 5)];
    lanes = rows.map((lane, place) => lane ^ (~at(place, 1) & MASK & at(place, 2)));
    for (let bit = 0; bit < 7; bit += 1) {
      if (register & 1) lanes[0] ^= 1n << BigInt((1 << bit) - 1);
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    }
  }
  return lanes;
};

// Octets, or a list of such.
export const rlp = (value) => {
  const isList = Array.isArray(value);
  const body = isList ? joined(...value.map(rlp)) : value;
  if (!isList && body.length === 1 && body[0] < 0x80) return body;
  const base = isList ? 0xc0 : 0x80;
  if (body.length < 56) return joined([base + body.length], body);
  const length = octetsOf(BigInt(body.length));
  return joined([base + 55 + length.length], length, body);
};

// Octets and empty lists: all that a plain transaction is a list of.
export const fromRlp = (octets) => {
  if (octets.length > 1000 || !(octets[0] >= 0xc0)) throw new TypeError("this is no transaction");
  const fields = [];
  let at = octets[0] < 0xf8 ? 1 : octets[0] - 0xf6;
  while (at < octets.length) {
    const first = octets[at];
    const length = first < 0x80 || first === 0xc0 ? 0 : first - 0x80;
    if (length && first >= 0xb8) throw new TypeError("this is no plain transaction");
    if (first === 0xc0) fields.push([]);
    else fields.push(first < 0x80 ? octets.slice(at, at + 1) : octets.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (hex(rlp(fields)) !== hex(octets)) throw new TypeError("this is no transaction");
  return fields;
};

export const from0x = (text) => {
  const digits = matching(/^0x([0-9a-f]{0,4000})$/, text)[1];
  return fromHex("0".repeat(digits.length % 2) + digits);
};

// "0x" and the hash that the fields of a header make.
export const hashOfHeader = (header) => {
  const names = HEADER.filter((name) => name in header);
  if (names.length !== Object.keys(header).length) return "";
  return "0x" + hex(keccak(rlp(names.map((name) => fieldOf(name, from0x(header[name]))))));
};

const fieldOf = (name, octets) => {
  const first = NUMBERS.includes(name) ? octets.findIndex((octet) => octet) : 0;
  return first < 0 ? new Uint8Array() : octets.slice(first);
};

// What a node answers, or this register for its embedded chain. Throws Unsure if none does.
export const ask = async (url, method, parameters) => {
  try {
    const question = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: parameters });
    const isHere = new URL(url).origin === location.origin;
    const posted = { method: "POST", headers: { "Content-Type": "application/json" }, body: question };
    const answer = await fetch(isHere ? `${url}?ask=${encodeURIComponent(question)}` : url, {
      ...(isHere ? {} : posted),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(20_000),
    });
    const told = JSON.parse(await answer.text());
    if (!("result" in told)) throw new TypeError("no result");
    return told.result;
  } catch (error) {
    throw new Unsure("The node did not answer: " + String(error.message).slice(0, 200));
  }
};
