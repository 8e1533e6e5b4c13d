// Octets and texts: hexadecimal, base58, base64, SHA-256, and JSON read as strictly as verify.py reads it.

export class Wrong extends Error {} // what a step found to be wrong, as a sentence
export class Unsure extends Error {} // why a step could not be done, as a sentence

const DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

export const utf8 = (text) => {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError("a text is malformed");
  return new TextEncoder().encode(text);
};

export const sha256 = async (octets) => new Uint8Array(await crypto.subtle.digest("SHA-256", octets));

export const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const hex = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");

export const fromHex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export const isSame = (one, other) => hex(one) === hex(other);

export const numberOf = (octets) => BigInt("0x0" + hex(octets));

// Without a length, the fewest octets: none for zero.
export const octetsOf = (number, length) => {
  const digits = number ? number.toString(16) : "";
  return fromHex(digits.padStart(length === undefined ? digits.length + (digits.length % 2) : 2 * length, "0"));
};

// The match of a whole text, which has to be one.
export const matching = (pattern, text) => {
  const found = typeof text === "string" && pattern.exec(text);
  if (!found) throw new TypeError("it does not read like what should be there");
  return found;
};

export const hashOf = (text) => fromHex(matching(/^[0-9a-f]{64}$/, text)[0]);

export const fromBase58 = (text) => {
  const digits = matching(/^z([1-9A-HJ-NP-Za-km-z]{0,99})$/, text)[1];
  let number = 0n;
  for (const digit of digits) number = number * 58n + BigInt(DIGITS.indexOf(digit));
  return joined(new Uint8Array(digits.match(/^1*/)[0].length), octetsOf(number));
};

export const base58 = (octets) => {
  let digits = "";
  for (let number = numberOf(octets); number; number /= 58n) digits = DIGITS[number % 58n] + digits;
  return "z" + digits;
};

export const fromBase64 = (text) => {
  const octets = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (btoa(String.fromCharCode(...octets)) !== text) throw new TypeError("this is not base64");
  return octets;
};

// A member that is asked for and not there is an error, never just undefined.
const STRICT = {
  get(members, name) {
    if (typeof name === "string" && !Object.hasOwn(members, name)) throw new TypeError("it lacks " + name);
    return members[name];
  },
};

// No member twice, whole numbers that are exact alone. Raises an error for anything else.
export const parsed = (text) => {
  JSON.parse(text); // the grammar
  const tokens = text.match(TOKEN);
  let at = 0;
  const list = (end, read) => {
    while (tokens[at] !== end) {
      read();
      if (tokens[at] === ",") at += 1;
    }
    at += 1;
  };
  const value = () => {
    const token = tokens[at++];
    if (token === "[") {
      const parts = [];
      list("]", () => parts.push(value()));
      return parts;
    }
    if (token === "{") return object();
    const found = JSON.parse(token);
    if (typeof found === "number" && (!/^-?[0-9]+$/.test(token) || !Number.isSafeInteger(found))) {
      throw new TypeError("no such number may be here");
    }
    return found;
  };
  const object = () => {
    const members = Object.create(null);
    list("}", () => {
      const name = JSON.parse(tokens[at]);
      at += 2;
      if (Object.hasOwn(members, name)) throw new TypeError("a member stands twice");
      members[name] = value();
    });
    return new Proxy(members, STRICT);
  };
  return value();
};

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// RFC 8785, for what `parsed` gives.
export const canonicalJson = (value) => {
  if (Array.isArray(value)) return "[" + value.map(canonicalJson).join() + "]";
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort(); // by UTF-16 units
  return "{" + names.map((name) => JSON.stringify(name) + ":" + canonicalJson(value[name])).join() + "}";
};

export const equal = (one, other) => canonicalJson(one) === canonicalJson(other);

// Texts in the order of their code points, which sort() alone does not give.
export const inOrder = (lines) =>
  [...lines]
    .map((line) => [hex(utf8(line)), line])
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([, line]) => line)
    .join("");
