// Signatures: Ed25519 by the browser, or by hand where it cannot, and ECDSA on the blockchain's curve, always by hand.
// All that is handled here is public, so that it need not take the same time whatever the numbers are.

import { fromHex, hex, joined, numberOf, octetsOf } from "./octets.js";

const rest = (number, prime) => ((number % prime) + prime) % prime;

const power = (number, exponent, prime) => {
  let found = 1n;
  for (let square = number, left = exponent; left; left >>= 1n) {
    if (left & 1n) found = (found * square) % prime;
    square = (square * square) % prime;
  }
  return found;
};

const inverse = (number, prime) => power(rest(number, prime), prime - 2n, prime);

const times = (add, nothing, point, scalar) => {
  let found = nothing;
  for (let double = point, left = scalar; left; left >>= 1n) {
    if (left & 1n) found = add(found, double);
    double = add(double, double);
  }
  return found;
};

// --- Ed25519 (RFC 8032) ---------------------------------------------------------------------------------------------

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = rest(-121665n * inverse(121666n, P), P);
const NOTHING = [0n, 1n, 1n, 0n];
const BASE_Y = rest(4n * inverse(5n, P), P);

// Points of which a small multiple is nothing: with one as key, or in a signature, anything would be signed.
const SMALL = new Set([
  "00".repeat(32),
  "01" + "00".repeat(31),
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ...["ec", "ed", "ee"].map((low) => low + "ff".repeat(30) + "7f"),
]);

const isSmall = (octets) => SMALL.has(hex([...octets.slice(0, 31), octets[31] & 127]));
const isLess = (octets, bound) => numberOf(octets.toReversed()) < bound;
const withoutSign = (octets) => Uint8Array.from(octets, (octet, at) => (at === 31 ? octet & 127 : octet));

export const isEd25519 = async (key, signature, message, isByHand = false) => {
  if (key.length !== 32 || signature.length !== 64) return false;
  const [point, scalar] = [signature.slice(0, 32), signature.slice(32)];
  if (isSmall(key) || isSmall(point) || !isLess(withoutSign(key), P) || !isLess(scalar, L)) return false;
  return !isByHand && (await isInBrowser) ? byBrowser(key, signature, message) : byHand(key, signature, message);
};

const byBrowser = async (key, signature, message) => {
  const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]).catch(() => null);
  return imported !== null && crypto.subtle.verify("Ed25519", imported, signature, message);
};

// RFC 8032, 7.1, the first key.
const SOME_KEY = fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
const isInBrowser = crypto.subtle
  ?.importKey("raw", SOME_KEY, "Ed25519", false, ["verify"])
  .then(() => true, () => false);

// RFC 8032, 5.1.7, by comparing what R should be with what it is, as OpenSSL does.
const byHand = async (key, signature, message) => {
  const point = pointOf(key);
  if (!point) return false;
  const hashed = await crypto.subtle.digest("SHA-512", joined(signature.slice(0, 32), key, message));
  const challenge = numberOf(new Uint8Array(hashed).reverse()) % L;
  const [x, y, z, t] = times(addEdwards, NOTHING, point, challenge);
  const base = pointOf(octetsOf(BASE_Y, 32).reverse());
  const response = times(addEdwards, NOTHING, base, numberOf(signature.slice(32).reverse()));
  return hex(written(addEdwards(response, [P - x, y, z, P - t]))) === hex(signature.slice(0, 32));
};

const addEdwards = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
  const a = ((y1 - x1 + P) * (y2 - x2 + P)) % P;
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((2n * D * t1) % P) * t2) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a + P, d - c + P, d + c, b + a];
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
};

const written = ([x, y, z]) => {
  const scale = inverse(z, P);
  const odd = ((x * scale) % P) & 1n;
  return octetsOf(((y * scale) % P) | (odd << 255n), 32).reverse();
};

const pointOf = (octets) => {
  const number = numberOf(octets.toReversed());
  const [odd, y] = [number >> 255n, number & (2n ** 255n - 1n)];
  if (y >= P) return null;
  const [above, below] = [rest(y * y - 1n, P), rest(D * y * y + 1n, P)];
  let x = (above * power(below, 3n, P) * power((above * power(below, 7n, P)) % P, (P - 5n) / 8n, P)) % P;
  if (rest(below * x * x - above, P)) x = (x * power(2n, (P - 1n) / 4n, P)) % P;
  if (rest(below * x * x - above, P) || (!x && odd)) return null;
  if ((x & 1n) !== odd) x = P - x;
  return [x, y, 1n, (x * y) % P];
};

// --- ECDSA on secp256k1 (SEC 1, 4.1.4; SEC 2, 2.4.1) ----------------------------------------------------------------

const Q = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const G = [
  0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
  1n,
];

// `key` is a point as `accountPoint` gives it; `digest` octets, `r` and `s` numbers.
export const isEcdsa = (key, digest, r, s) => {
  if (r < 1n || r >= N || s < 1n || s >= N) return false;
  const scale = inverse(s, N);
  const one = times(addWeierstrass, [0n, 1n, 0n], G, (numberOf(digest) * scale) % N);
  const [x, , z] = addWeierstrass(one, times(addWeierstrass, [0n, 1n, 0n], key, (r * scale) % N));
  return z !== 0n && ((x * inverse(z, Q)) % Q) % N === r;
};

// The point of a compressed key of 33 octets.
export const accountPoint = (octets) => {
  const x = numberOf(octets.slice(1));
  const square = rest(x * x * x + 7n, Q);
  const y = power(square, (Q + 1n) / 4n, Q);
  if (octets.length !== 33 || octets[0] >> 1 !== 1 || x >= Q || (y * y) % Q !== square) {
    throw new TypeError("this is no key of an account");
  }
  return [x, (y & 1n) === BigInt(octets[0] & 1) ? y : Q - y, 1n];
};

// Complete for every two points (Renes, Costello and Batina 2016, algorithm 7).
const addWeierstrass = ([x1, y1, z1], [x2, y2, z2]) => {
  const [x, y, z] = [x1 * x2, y1 * y2, 21n * z1 * z2];
  const xy = (x1 + y1) * (x2 + y2) - x - y;
  const yz = (y1 + z1) * (y2 + z2) - y - z1 * z2;
  const xz = rest(21n * ((x1 + z1) * (x2 + z2) - x - z1 * z2), Q);
  const [a, b, c, d] = [rest(xy, Q), rest(yz, Q), rest(y - z, Q), rest(y + z, Q)];
  const x3 = (3n * x) % Q;
  return [rest(a * c - b * xz, Q), rest(xz * x3 + c * d, Q), rest(d * b + x3 * a, Q)];
};
