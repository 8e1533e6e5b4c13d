// The check of a proof pack: the steps of verify.py, which comes with every pack, in the same order with the same answers.
// What is said of the blockchain itself is in nodes.js.

import { accountPoint, isEcdsa, isEd25519 } from "./curves.js";
import { from0x, fromRlp, hashOfHeader, keccak, rlp } from "./ethereum.js";
import { askNodes } from "./nodes.js";
import {
  Unsure, Wrong, canonicalJson, equal, fromBase58, hashOf, hex, inOrder, isSame, joined, numberOf, octetsOf,
  parsed, sha256, utf8,
} from "./octets.js";
import { Statements, contextsOf, proofStatements } from "./statements.js";
import { Checkpoint, batchRoot, consistencyHolds, inclusionHolds, mapValue, merkleProof, pathOf } from "./trees.js";

const ALWAYS = (
  "credential.json credential.nq proof.json did.json key.json state.json batch.json transaction.json README.txt " +
  "verify.py"
).split(" ");
const NOTES = ["checkpoint.txt", "anchored-checkpoint.txt", "consistency.json"]; // what a young or a quiet log lacks
const SOMETIMES = ["", "platform-"].flatMap((side) => NOTES.map((name) => side + name));
const TYPES = ["VerifiableCredential", "BlockcertsCredential", "ManagementSystemCertificate"];
const MEMBERS = "@context type id issuer name validFrom credentialStatus credentialSubject proof".split(" ");

// What each step is called, the file that it reads most of, and the method that does it.
const STEPS = [
  ["The platform vouches for the body’s keys", "key.json", "keys"],
  ["The files are those that the body put together", "manifest.json", "manifest"],
  ["The certificate carries the body’s signature", "credential.json", "credential"],
  ["Its statements are the same", "credential.nq", "quads"],
  ["The body publishes the key", "did.json", "did"],
  ["The platform’s log is signed", "platform-checkpoint.txt", "platformCheckpoint"],
  ["The keys are recorded", "key.json", "recordedKeys"],
  ["The body sealed the status", "state.json", "state"],
  ["The body’s log is signed", "checkpoint.txt", "checkpoint"],
  ["The status is in the log", "state.json", "log"],
  ["It is the newest status", "state.json", "map"],
  ["The account signed the transactions", "transaction.json", "transactions"],
  ["The blocks are what they are called", "transaction.json", "blocks"],
  ["The certificate leads to its transaction", "proof.json", "proof"],
  ["The body’s log leads to a transaction", "batch.json", "bodyAnchored"],
  ["The platform’s log leads to a transaction", "batch.json", "platformAnchored"],
  ["The batches follow on each other", "batch.json", "batches"],
];
const ASKED = ["The blockchain has the transactions", "transaction.json", "chain"];

const lacks = (names, whole) => names.filter((name) => !whole.includes(name));

export class Check {
  kids = new Map();
  platform = null;
  platformName = "";
  platformMap = null;
  leaf = new Uint8Array();
  newest = null;
  at = 0n;
  results = [];

  // `files`: texts by name; `told`: platformKey and account as somebody knows them, and nodes, addresses of nodes.
  constructor(files, { platformKey = "", account = "", nodes = [] } = {}) {
    Object.assign(this, { files, platformKey, account: account.toLowerCase(), nodes });
  }

  // Calls `show` with each step's result. Its own: 0 genuine, 1 not, 2 could not be checked.
  async run(show = () => {}) {
    for (const [title, file, method] of this.nodes.length ? [...STEPS, ASKED] : STEPS) {
      const step = { title, file, computed: [] };
      this.computed = step.computed;
      try {
        step.found = await this[method]();
        step.result = "pass";
      } catch (error) {
        step.result = error instanceof Unsure ? "unknown" : "fail";
        const isSaid = error instanceof Unsure || error instanceof Wrong;
        step.found = isSaid ? error.message : "It is not what the registry wrote: " + error.message.slice(0, 200);
      }
      this.results.push(step.result);
      await show(step);
    }
    return this.results.includes("fail") ? 1 : this.results.includes("unknown") ? 2 : 0;
  }

  async keys() {
    const stated = this.#json("key.json");
    if (this.platformKey && stated.platform_key !== this.platformKey) {
      throw new Wrong("The platform’s key is not the one that you named.");
    }
    this.platform = publicOctets(stated.platform_key);
    for (const { statement, endorsement } of stated.keys) {
      const message = utf8("defiso key statement v1\n" + canonicalJson(statement));
      if (!(await isEd25519(this.platform, fromBase58(endorsement), message))) {
        throw new Wrong(`The platform did not endorse the key ${statement.kid}.`);
      }
      this.kids.set(statement.kid, statement);
    }
    if (!this.kids.size || [...this.kids.values()].some(({ tenant }) => tenant !== stated.tenant)) {
      throw new Wrong("The keys are not those of one body.");
    }
    return `The platform’s key ${stated.platform_key} endorsed each of the body’s keys: ${[...this.kids.keys()].join(", ")}.`;
  }

  async manifest() {
    const text = this.#text("manifest.json");
    const { signature, ...statement } = parsed(text);
    if (canonicalJson({ ...statement, signature }) + "\n" !== text) {
      throw new Wrong("It is not written as the registry writes it: it was changed.");
    }
    if (statement.type !== "proof pack" || !(await this.#isStated(statement, signature))) {
      throw new Wrong("No key of the body signed it.");
    }
    const listed = Object.keys(statement.files);
    if (lacks(ALWAYS, listed).length || lacks(listed, [...ALWAYS, ...SOMETIMES]).length) {
      throw new Wrong("It lists other files than a pack has.");
    }
    const there = lacks(Object.keys(this.files), ["manifest.json"]);
    const named = lacks(there, listed).map((name) => name + " is not of this pack");
    for (const name of listed.filter((one) => there.includes(one)).sort()) {
      const digest = hex(await sha256(utf8(this.files[name])));
      this.computed.push(["SHA-256 of " + name, digest]);
      if (digest !== statement.files[name]) named.push(name + " was changed");
    }
    if (named.length) throw new Wrong(named.join("; ") + ".");
    const missing = lacks(listed, there).map((name) => name + " is missing");
    if (missing.length) throw new Unsure(missing.join("; ") + ".");
    return `All ${listed.length} files are as the body signed them.`;
  }

  async credential() {
    const document = this.#json("credential.json");
    const members = lacks(Object.keys(document), ["validUntil"]);
    if (members.length !== MEMBERS.length || lacks(MEMBERS, members).length) {
      throw new Wrong("It lacks a part, or has one too many.");
    }
    const contexts = contextsOf(Object.keys(document.credentialSubject));
    if (!equal(document["@context"], contexts) || !equal(document.type, TYPES)) {
      throw new Wrong("It is no certificate of a management system.");
    }
    const proof = this.#signature(document);
    const [did, kid] = atMark(proof.verificationMethod, "#");
    const key = this.kids.get(kid);
    if (!key || did !== document.issuer) throw new Wrong("No key of the body signed it.");
    if (key.retired_at && proof.created.slice(0, 19) > key.retired_at.slice(0, 19)) {
      throw new Wrong("It was signed with a key that was retired by then.");
    }
    const statements = await Statements.of(document);
    const { proofValue, ...options } = proof;
    const says = inOrder(proofStatements(options).map((one) => `_:c14n0${one} .\n`));
    const hashed = joined(await sha256(utf8(says)), await sha256(utf8(statements.canonical())));
    this.computed.push(["What was signed", hex(hashed)]);
    if (!(await isEd25519(publicOctets(kid), fromBase58(proofValue), hashed))) {
      throw new Wrong("It was changed after it was signed.");
    }
    this.leaf = await sha256(utf8(await statements.canonicalWithProof(proofStatements(proof))));
    this.computed.push(["Digest", hex(this.leaf)]);
    return `Signed by ${kid} (eddsa-rdfc-2022).`;
  }

  async quads() {
    if (!isSame(await sha256(utf8(this.#text("credential.nq"))), this.leaf)) {
      throw new Wrong("It is not what credential.json says.");
    }
    return "It is what credential.json says, statement by statement.";
  }

  did() {
    const [document, credential] = [this.#json("did.json"), this.#json("credential.json")];
    const kid = atMark(this.#signature(credential).verificationMethod, "#")[1];
    if (![document.id, this.kids.get(kid).did].includes(credential.issuer)) {
      throw new Wrong("It is another body’s than the issuer of the credential.");
    }
    const method = document.id + "#" + kid;
    const found = document.verificationMethod.filter(({ id }) => id === method);
    const isThere = found.length === 1 && found[0].publicKeyMultibase === kid;
    if (!isThere || !document.assertionMethod.includes(method)) {
      throw new Wrong("It does not have the key that signed the credential.");
    }
    return document.id + " has the key that signed the credential.";
  }

  async platformCheckpoint() {
    const found = await this.#checkpoint("platform-checkpoint.txt", "platform");
    this.platformMap = found.mapRoot;
    return `The platform’s log has ${found.size} entries, signed by its key.`;
  }

  async recordedKeys() {
    if (!this.platformMap) {
      throw new Unsure("Whether the platform’s log has these keys is not known without its checkpoint.");
    }
    for (const { statement, map_proof: proof } of this.#json("key.json").keys) {
      const name = await sha256(utf8(`key\n${statement.tenant} ${statement.kid}`));
      const value = hex(await sha256(utf8(canonicalJson(statement))));
      if ((await mapValue(proof, name, this.platformMap)) !== value) {
        throw new Unsure(`The platform’s log does not have the key ${statement.kid} as it stands.`);
      }
    }
    return "The platform’s log has each of the body’s keys as it stands.";
  }

  async state() {
    const [{ statement, seal }, credential] = [this.#json("state.json"), this.#json("credential.json")];
    const subject = credential.credentialSubject;
    if (statement.type !== "state" || !(await this.#isStated(statement, seal))) {
      throw new Wrong("No key of the body sealed it.");
    }
    if ([...this.kids.values()].some(({ tenant }) => tenant !== statement.tenant)) {
      throw new Wrong("It is about another body’s certificate.");
    }
    const expires = "expiryDate" in subject ? subject.expiryDate : "";
    if (statement.digest !== hex(this.leaf) || statement.expires !== expires) {
      throw new Wrong("It is about another credential than credential.json.");
    }
    if (!credential.id.split("#")[0].endsWith("/certificates/" + quoted(statement.number))) {
      throw new Wrong("It is about another number.");
    }
    return `The body sealed the status ${statement.status}, since ${statement.since}.`;
  }

  async checkpoint() {
    this.newest = await this.#checkpoint("checkpoint.txt", "body");
    this.at = await this.newest.cosignedAt(this.platformName, this.platform);
    await this.#requireNamed(this.newest);
    return `The log of the body has ${this.newest.size} entries; signed by it and, at ${this.when}, by the platform.`;
  }

  // That the platform's map has this checkpoint as the body's newest in a batch, or the one it goes on from.
  async #requireNamed(newest) {
    const stated = this.#json("key.json");
    if (!this.platformMap) {
      throw new Unsure("Whether the platform knows a newer one is not known without its checkpoint.");
    }
    const name = await sha256(utf8("checkpoint\n" + stated.tenant));
    const found = await mapValue(stated.checkpoint_proof, name, this.platformMap);
    const known = [newest.digest];
    if ("anchored-checkpoint.txt" in this.files) {
      known.push((await this.#checkpoint("anchored-checkpoint.txt", "body")).digest);
    }
    if (!found) throw new Unsure("The platform’s map has no checkpoint of this body yet.");
    if (!known.map(hex).includes(found)) {
      throw new Wrong("The platform’s map has another checkpoint as the newest of this body.");
    }
  }

  async log() {
    const [state, newest] = [this.#json("state.json"), this.#newest()];
    if (state.position === null) throw new Unsure("The event that brought this status is not in the log yet.");
    const leaf = await sha256(joined([0], utf8(state.entry)));
    this.computed.push(["Hash of the entry", hex(leaf)]);
    if (!(await inclusionHolds(leaf, whole(state.position), newest.size, pathOf(state.path), newest.root))) {
      throw new Wrong("The event that brought this status is not in the log that was signed.");
    }
    if (!equal(parsed(state.entry).state, state.statement)) {
      throw new Wrong("The entry of the log is about another status.");
    }
    this.computed.push(["Root of the log", hex(newest.root)]);
    return `The event that brought this status is entry ${state.position} of the log.`;
  }

  async map() {
    const [{ statement, position, map_proof: proof }, newest] = [this.#json("state.json"), this.#newest()];
    const key = await sha256(utf8(`certificate\n${statement.tenant}\n${statement.number}`));
    const value = hex(await sha256(utf8(canonicalJson(statement))));
    const found = await mapValue(proof, key, newest.mapRoot);
    this.computed.push(["Value of the map", found], ["Root of the map", hex(newest.mapRoot)]);
    if (found !== value) {
      if (found === statement.previous && position === null) {
        throw new Unsure("The map still has the state before this one, whose event is on its way into the log.");
      }
      throw new Wrong("The map has another status as the newest.");
    }
    return `It is the newest of this certificate, as of ${this.when}, by the platform.`;
  }

  async proof() {
    const proof = this.#json("proof.json");
    if (proof.anchored !== true) throw new Unsure("It is not written to the blockchain yet.");
    const transaction = this.#transaction(proof.batch);
    if (["root", "tx_hash", "sender", "chain_id"].some((name) => !equal(proof[name], transaction[name]))) {
      throw new Wrong("transaction.json has another transaction.");
    }
    if (proof.block !== transaction.block.number) {
      throw new Wrong("transaction.json has the transaction in another block.");
    }
    const found = await this.#leads(this.leaf, proof);
    const credential = this.#json("credential.json");
    const told = {
      type: "MerkleProof2019",
      created: proof.confirmed_at.slice(0, 19) + "Z",
      proofPurpose: "assertionMethod",
      proofValue: merkleProof(proof, this.leaf),
      verificationMethod: credential.issuer + "#" + proof.sender,
    };
    if (!equal(credential.proof[1], told)) {
      throw new Wrong("The MerkleProof2019 in credential.json says something else.");
    }
    const { number, revision } = credential.credentialSubject;
    if (proof.number !== number || proof.revision !== revision) {
      throw new Wrong("It is about another certificate or revision.");
    }
    return found;
  }

  // Each as signed: of its hash, by an account of did.json to itself, and with a batch's root alone in it.
  transactions() {
    const stated = this.#json("transaction.json").transactions;
    if (!stated.length) throw new Unsure("Nothing is written to the blockchain yet.");
    const accounts = this.#accounts();
    for (const one of stated) {
      const raw = from0x(one.raw);
      const hash = "0x" + hex(keccak(raw));
      this.computed.push(["Keccak-256 of the transaction", hash]);
      if (hash !== one.tx_hash) throw new Wrong("A signed transaction has another hash than is said.");
      const fields = fromRlp(raw.slice(1));
      const isKind = raw[0] === 2 && fields.length === 12 && fields.every((one, at) => Array.isArray(one) === (at === 8));
      if (!isKind) throw new Wrong("A transaction is not of the kind that anchors.");
      const plain = [Number(numberOf(fields[0])), "0x" + hex(fields[5]), hex(fields[6]), hex(fields[7])];
      if (!equal(plain, [one.chain_id, one.sender, "", one.root])) {
        throw new Wrong("A signed transaction says something else: chain, account or root.");
      }
      this.#requireSentBy(accounts, one.sender, fields);
    }
    return `The account ${stated[0].sender} signed each transaction, with a batch’s root alone in it.`;
  }

  #requireSentBy(accounts, sender, fields) {
    if (this.account && sender !== this.account) throw new Wrong(`The account ${sender} is not the one that you named.`);
    if (!accounts.has(sender)) throw new Wrong(`The account ${sender} is none of the body’s DID document.`);
    const digest = keccak(joined([2], rlp(fields.slice(0, 9))));
    if (!isEcdsa(accounts.get(sender), digest, numberOf(fields[10]), numberOf(fields[11]))) {
      throw new Wrong(`The account ${sender} did not sign the transaction.`);
    }
  }

  // The accounts of the DID document by address, which is made from the key.
  #accounts() {
    const found = new Map();
    for (const { id, publicKeyMultibase } of this.#json("did.json").verificationMethod) {
      const octets = fromBase58(publicKeyMultibase);
      if (hex(octets.slice(0, 2)) !== "e701") continue;
      const point = accountPoint(octets.slice(2));
      const address = "0x" + hex(keccak(joined(octetsOf(point[0], 32), octetsOf(point[1], 32))).slice(12));
      if (id.split("#").pop() !== address) throw new Wrong("did.json names an account by another address than its key’s.");
      found.set(address, point);
    }
    return found;
  }

  // The headers make the blocks' hashes. That a transaction is in a block is a node's to say.
  blocks() {
    let without = 0;
    for (const { header, block } of this.#json("transaction.json").transactions) {
      if (header === null) {
        without += 1;
        continue;
      }
      if (hashOfHeader(header) !== block.hash || Number(header.number) !== block.number) {
        throw new Wrong("The header of a block is another block’s.");
      }
      this.computed.push([`Hash of block ${block.number}`, block.hash]);
    }
    if (without) return `The header of ${without} blocks is not in the pack; a node has it.`;
    return "The header of each block makes its hash.";
  }

  bodyAnchored() {
    return this.#anchored("", "body");
  }

  platformAnchored() {
    return this.#anchored("platform-", "platform");
  }

  // That a checkpoint is a leaf of a batch on the chain, and that the log goes on from it.
  async #anchored(prefix, side) {
    const newest = await this.#checkpoint(prefix + "checkpoint.txt", side);
    const place = this.#json("batch.json")[prefix + "checkpoint"];
    if (place === null) throw new Unsure("No checkpoint of this log is on the blockchain yet.");
    let older = newest;
    if (prefix + "anchored-checkpoint.txt" in this.files) {
      older = await this.#checkpoint(prefix + "anchored-checkpoint.txt", side);
      const path = pathOf(this.#json(prefix + "consistency.json").path);
      if (older.generation > newest.generation) {
        throw new Wrong(`A newer checkpoint than the one in ${prefix}checkpoint.txt is on the blockchain.`);
      }
      if (!(await consistencyHolds(older, newest, path))) {
        throw new Wrong("The log is not the one that is on the blockchain.");
      }
    }
    const found = await this.#leads(older.digest, place);
    return `The log has, as its beginning, the ${older.size} entries on the blockchain. ${found}`;
  }

  // Each batch has the root of the one before as a leaf, from the checkpoints' back to the credential's.
  async batches() {
    const [stated, proof] = [this.#json("batch.json"), this.#json("proof.json")];
    const { chain, chain_note: note } = stated;
    if (!chain.length) throw new Unsure("There is no batch on the blockchain yet.");
    for (const [at, older] of chain.slice(1).entries()) {
      const newer = chain[at];
      if (newer.previous_root !== older.root) throw new Wrong("A batch goes on from another than the one before it.");
      if (!isSame(await batchRoot(hashOf(newer.previous_root), newer.path), hashOf(newer.root))) {
        throw new Wrong("A batch does not have the root of the one before it.");
      }
    }
    const roots = new Map(chain.map(({ batch, root }) => [batch, root]));
    const places = [stated.checkpoint, stated["platform-checkpoint"], proof.anchored === true ? proof : null];
    for (const place of places.filter(Boolean)) {
      if (!roots.has(place.batch) && note) continue;
      if (roots.get(place.batch) !== place.root) {
        throw new Wrong(`The batch ${place.batch} is not in the chain of batches.`);
      }
    }
    const said = chain.length === 1 ? "It is one batch." : `${chain.length} batches follow on each other.`;
    return said + (note ? " " + note : "");
  }

  chain() {
    const stated = this.#json("transaction.json").transactions;
    if (!stated.length) throw new Unsure("There is no transaction to ask for.");
    return askNodes(this.nodes, stated);
  }

  // From a leaf to the root in the transaction of its batch, by an account that the body's document has.
  async #leads(leaf, place) {
    const transaction = this.#transaction(place.batch);
    const root = await batchRoot(leaf, place.path);
    this.computed.push(["Leaf", hex(leaf)], ["Root", hex(root)]);
    if (!isSame(root, hashOf(place.root)) || place.root !== transaction.root) {
      throw new Wrong("It does not lead to the root that was written to the blockchain.");
    }
    hashOf(transaction.tx_hash.replace("0x", ""));
    const accounts = this.#json("did.json").verificationMethod.map(({ id }) => id.split("#").pop().toLowerCase());
    if (!accounts.includes(transaction.sender.toLowerCase())) {
      throw new Wrong("It was written by an account that the body’s DID document does not have.");
    }
    const { tx_hash: hash, chain_id: id, sender } = transaction;
    return `It leads to the root in transaction ${hash} of chain ${id}, by ${sender}.`;
  }

  #transaction(batch) {
    const found = this.#json("transaction.json").transactions.filter((one) => one.batch === batch);
    if (found.length !== 1) throw new Wrong("transaction.json does not have its transaction.");
    return found[0];
  }

  // The Data Integrity proof, beside which a MerkleProof2019 may stand.
  #signature(document) {
    const proofs = [document.proof].flat(1);
    const others = proofs.slice(1).map(({ type }) => type);
    if (others.length && !equal(others, ["MerkleProof2019"])) throw new Wrong("It has other proofs than it may.");
    return proofs[0];
  }

  async #checkpoint(name, side) {
    const found = await Checkpoint.of(this.#text(name));
    if (side === "platform") this.platformName ||= found.origin;
    const origin = side === "platform" ? this.platformName : this.#origin();
    const publics = side === "platform" ? [this.platform] : [...this.kids.keys()].map(publicOctets);
    const hold = await Promise.all(publics.map((octets) => found.isSignedBy(origin, octets)));
    if (found.origin !== origin || !hold.some(Boolean)) throw new Wrong("The checkpoint is not signed by its log.");
    if (!(await found.cosignedAt(this.platformName, this.platform))) {
      throw new Wrong("The platform did not sign the checkpoint.");
    }
    return found;
  }

  // Whether `<key>:<signature>` is that of one of the body's keys over a statement.
  #isStated(statement, signature) {
    const [kid, value] = atMark(signature, ":");
    const message = utf8("defiso statement v1\n" + canonicalJson(statement));
    return this.kids.has(kid) && isEd25519(publicOctets(kid), fromBase58(value), message);
  }

  #newest() {
    if (!this.newest) throw new Unsure("There is no checkpoint to compare it with.");
    return this.newest;
  }

  // The name of the body's log: its host's.
  #origin() {
    return decodeURIComponent(this.#json("did.json").id.replace("did:web:", "")).split(":")[0] + "/log";
  }

  get when() {
    const seconds = this.at < 2n ** 36n ? Number(this.at) : 2 ** 36;
    return new Date(1000 * seconds).toISOString().slice(0, 19) + "Z";
  }

  // As of the checkpoint: the status, "expired" if its time was over by the end of a day.
  statusOn(day) {
    const { status, expires } = this.#json("state.json").statement;
    return expires && expires < day && ["active", "suspended"].includes(status) ? "expired" : status;
  }

  #text(name) {
    if (!Object.hasOwn(this.files, name)) throw new Unsure("The file is not in the pack.");
    return this.files[name];
  }

  #json(name) {
    const value = parsed(this.#text(name));
    if (canonicalJson(value)[0] !== "{") throw new Wrong("It is not what the registry writes.");
    return value;
  }
}

const publicOctets = (multikey) => {
  const octets = fromBase58(multikey);
  if (hex(octets.slice(0, 2)) !== "ed01" || octets.length !== 34) throw new TypeError("this is no Ed25519 key");
  return octets.slice(2);
};

const whole = (number) => {
  if (!Number.isSafeInteger(number)) throw new TypeError("this is no number");
  return BigInt(number);
};

const atMark = (text, mark) => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + mark.length)];
};

const quoted = (text) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (letter) => "%" + letter.charCodeAt(0).toString(16).toUpperCase())
    .replaceAll("%2F", "/");
