// Trees, maps and the signed notes that have their roots. Sizes and places are BigInt: a log may be longer than 2^53.

import { isEd25519 } from "./curves.js";
import {
  base58, fromBase64, hashOf, hex, isSame, joined, matching, numberOf, octetsOf, sha256, utf8,
} from "./octets.js";

export const pathOf = (hashes) => {
  if (hashes.length > 128) throw new TypeError("a path is too long");
  return hashes.map(hashOf);
};

const stepOf = (step) => {
  const [[side, sibling], ...more] = Object.entries(step);
  if (more.length || (side !== "left" && side !== "right")) throw new TypeError("a sibling is left or right");
  return [side, hashOf(sibling)];
};

// SHA-256(left ‖ right) of the leaf and each sibling, on its side.
export const batchRoot = async (leaf, path) => {
  if (path.length > 64) throw new TypeError("a path is too long");
  let found = leaf;
  for (const [side, sibling] of path.map(stepOf)) {
    found = await sha256(side === "left" ? joined(sibling, found) : joined(found, sibling));
  }
  return found;
};

// How MerkleProof2019 writes the same as proof.json: base58 of CBOR, with CBOR within it.
export const merkleProof = (proof, leaf) => {
  const path = proof.path.map(stepOf).map(([side, sibling]) => [side === "left" ? 0 : 1, cbor(sibling)]);
  const hash = cbor(hashOf(proof.tx_hash.replace("0x", "")));
  const anchor = [[0, 1], [1, proof.chain_id], [2, hash]];
  return base58(cbor([[3, path], [0, cbor(hashOf(proof.root))], [1, cbor(leaf)], [2, [anchor]]]));
};

// RFC 8949, of whole numbers, octets and lists.
const cbor = (value) => {
  const isNumber = Number.isSafeInteger(value);
  if (!isNumber && value.length === undefined) throw new TypeError("this is no number");
  const major = isNumber ? 0 : Array.isArray(value) ? 4 : 2;
  const length = isNumber ? value : value.length;
  const power = [0, 1, 2, 3].find((at) => BigInt(length) < 1n << BigInt(8 << at));
  const head = [(major << 5) | (length < 24 ? length : 24 + power)];
  const written = length < 24 ? head : joined(head, octetsOf(BigInt(length), 1 << power));
  return joined(written, ...(isNumber ? [] : major === 2 ? [value] : value.map(cbor)));
};

const nodeHash = (left, right) => sha256(joined([1], left, right));

// What a sibling at a level makes of the hashes below it, of which `both` are on one line.
const climb = async (place, sibling, hashes) => {
  const isRight = place.at & 1n || place.at === place.last;
  const above = isRight
    ? await Promise.all(hashes.map(({ hash }) => nodeHash(sibling, hash)))
    : await Promise.all(hashes.map(({ hash, isLeft }) => (isLeft ? nodeHash(hash, sibling) : hash)));
  while (isRight && place.at && !(place.at & 1n)) [place.at, place.last] = [place.at >> 1n, place.last >> 1n];
  [place.at, place.last] = [place.at >> 1n, place.last >> 1n];
  return hashes.map((one, number) => ({ ...one, hash: above[number] }));
};

// RFC 9162, 2.1.3.2.
export const inclusionHolds = async (leaf, index, size, path, root) => {
  if (index < 0n || index >= size) return false;
  const place = { at: index, last: size - 1n };
  let found = [{ hash: leaf, isLeft: true }];
  for (const sibling of path) {
    if (place.last === 0n) return false;
    found = await climb(place, sibling, found);
  }
  return place.last === 0n && isSame(found[0].hash, root);
};

// RFC 9162, 2.1.4.2, of logs that are not empty.
export const consistencyHolds = async (older, newer, path) => {
  const [old, now] = [older.size, newer.size];
  if (old <= 0n || old > now) return false;
  if (old === now) return !path.length && isSame(older.root, newer.root);
  if (!path.length) return false;
  const [first, ...steps] = (old & (old - 1n)) === 0n ? [older.root, ...path] : path;
  const place = { at: old - 1n, last: now - 1n };
  while (place.at & 1n) [place.at, place.last] = [place.at >> 1n, place.last >> 1n];
  let found = [{ hash: first, isLeft: false }, { hash: first, isLeft: true }];
  for (const sibling of steps) {
    if (place.last === 0n) return false;
    found = await climb(place, sibling, found);
  }
  return place.last === 0n && isSame(found[0].hash, older.root) && isSame(found[1].hash, newer.root);
};

// The hex value that a map with this root has under a key, "" for none. Throws if the proof does not lead there.
// A trie over hexadecimal digits: a bucket of at most 14 entries, and above it inner nodes of 16 children.
export const mapValue = async (proof, key, root) => {
  const entries = proof.entries.map((entry) => {
    if (entry.length !== 2) throw new TypeError("an entry of the map is malformed");
    return entry.map((text) => hex(hashOf(text)));
  });
  const levels = proof.siblings.map(pathOf);
  const prefix = hex(key).slice(0, levels.length);
  const isOrdered = entries.every(([name], at) => at === 0 || entries[at - 1][0] < name);
  if (levels.length > 64 || entries.length > 14 || !isOrdered || Object.keys(proof).length !== 2) {
    throw new TypeError("a proof of the map is malformed");
  }
  if (levels.some((level) => level.length !== 15) || !entries.every(([name]) => name.startsWith(prefix))) {
    throw new TypeError("a proof of the map is about another key");
  }
  let found = await sha256(joined([0], ...entries.flat().map(hashOf)));
  for (const [at, level] of levels.entries()) {
    const place = parseInt(prefix[levels.length - 1 - at], 16);
    found = await sha256(joined([1], ...level.toSpliced(place, 0, found)));
  }
  if (!isSame(found, root)) throw new TypeError("a proof of the map does not lead to the root that was signed");
  return new Map(entries).get(hex(key)) ?? "";
};

const CHECKPOINT =
  /^([^\n ]{1,255})\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\nmap (0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)\n$/u;
const SIGNATURE = /^— ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/;

// A signed note (c2sp.org/tlog-checkpoint): how long a log is, its root, and the root of the map beside it.
export class Checkpoint {
  static async of(note) {
    const gap = note.lastIndexOf("\n\n");
    const checkpoint = new Checkpoint();
    checkpoint.text = note.slice(0, gap + 1);
    const [, origin, size, root, generation, mapRoot] = matching(CHECKPOINT, checkpoint.text);
    const lines = note.slice(gap + 2).split("\n");
    if (gap < 0 || lines.pop() !== "" || lines.length > 64) throw new TypeError("this is no checkpoint");
    Object.assign(checkpoint, { origin, size: BigInt(size), generation: BigInt(generation) });
    Object.assign(checkpoint, { root: fromBase64(root), mapRoot: fromBase64(mapRoot) });
    checkpoint.digest = await sha256(utf8(checkpoint.text));
    checkpoint.signatures = lines.map((line) => {
      const [, name, octets] = matching(SIGNATURE, line);
      return { name, octets: fromBase64(octets) };
    });
    return checkpoint;
  }

  async isSignedBy(name, key) {
    const mine = await this.#by(name, joined([1], key));
    const hold = await Promise.all(mine.map((octets) => isEd25519(key, octets, utf8(this.text))));
    return mine.length > 0 && hold.every(Boolean);
  }

  // When a witness signed it, seconds since 1970; 0 if none did (c2sp.org/tlog-cosignature).
  async cosignedAt(name, key) {
    let latest = 0n;
    for (const octets of await this.#by(name, joined([4], key))) {
      const at = numberOf(octets.slice(0, 8));
      const message = utf8(`cosignature/v1\ntime ${at}\n${this.text}`);
      if (octets.length !== 72 || !(await isEd25519(key, octets.slice(8), message))) return 0n;
      latest = at > latest ? at : latest;
    }
    return latest;
  }

  async #by(name, typed) {
    const id = hex(await sha256(joined(utf8(name + "\n"), typed))).slice(0, 8);
    const mine = this.signatures.filter((one) => one.name === name && hex(one.octets.slice(0, 4)) === id);
    return mine.map(({ octets }) => octets.slice(4));
  }
}
