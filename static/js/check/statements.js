// What a credential says, as canonical N-Quads (RDF Dataset Canonicalization), with or without its proof.

import { fromBase58, hex, inOrder, isObject, matching, sha256, utf8 } from "./octets.js";

const CONTEXTS = [
  "https://www.w3.org/ns/credentials/v2",
  "https://w3id.org/blockcerts/v3.2",
  "https://defiso.com/terms/v1",
];
const LATER = "https://defiso.com/terms/v2"; // named by a credential that uses one of its words
const PROOF = { type: "DataIntegrityProof", cryptosuite: "eddsa-rdfc-2022", proofPurpose: "assertionMethod" };
const XSD = "http://www.w3.org/2001/XMLSchema#";
const SECURITY = "https://w3id.org/security#";
const RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
const VC = "https://www.w3.org/2018/credentials#";
const STATUS = "https://www.w3.org/ns/credentials/status#";
const OURS = CONTEXTS[2] + "#";

// What the words of a credential mean under its contexts: an address, and of some the type of their values.
const WORDS = {
  [VC]: "credentialSubject credentialStatus issuer validFrom validUntil VerifiableCredential",
  [STATUS]: "statusPurpose statusListIndex statusListCredential BitstringStatusListEntry",
  [OURS]:
    "ManagementSystemCertificate number revision replaces organisation legalName englishName clientId legalIds " +
    "scheme value address country sites main standard code edition title scope scopeLanguage iafCodes naceCodes " +
    "certificationType accreditation accredited arrangement originalCertificationDate decisionDate effectiveDate " +
    "issueDate expiryDate audits auditors decidedBy confidential confidentialityReason",
  [LATER + "#"]:
    "scopes language text transferredFrom certificationBody previousExpiryDate recertificationDate integratedWith",
};
export const MEANINGS = new Map([
  ...Object.entries(WORDS).flatMap(([base, words]) => words.split(" ").map((word) => [word, base + word])),
  ["name", "https://schema.org/name"],
  ["BlockcertsCredential", "https://w3id.org/blockcerts#BlockcertsCredential"],
  ["body", OURS + "accreditationBody"],
  ["date", OURS + "auditDate"],
  ["initial", OURS + "InitialAudit"],
  ["surveillance", OURS + "SurveillanceAudit"],
  ["recertification", OURS + "RecertificationAudit"],
  ["special", OURS + "SpecialAudit"],
]);
export const ADDRESSES = ["credentialSubject", "credentialStatus", "issuer", "statusListCredential"];
const DATES =
  "originalCertificationDate decisionDate effectiveDate issueDate expiryDate date previousExpiryDate recertificationDate";
export const TYPED = new Map([
  ...["validFrom", "validUntil"].map((word) => [word, XSD + "dateTime"]),
  ...DATES.split(" ").map((word) => [word, XSD + "date"]),
]);

// Those of a credential whose subject has these words.
export const contextsOf = (words) => {
  const isLater = words.some((word) => WORDS[LATER + "#"].split(" ").includes(word));
  return isLater ? [...CONTEXTS, LATER] : CONTEXTS;
};

const UNSAFE = /[\x00-\x09\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]/u;
const ADDRESS = /^[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-[\]_a-z~]+$/;

const meaning = (word) => {
  if (!MEANINGS.has(word)) throw new TypeError(`the word ${word} means nothing here`);
  return MEANINGS.get(word);
};

const address = (text) => matching(ADDRESS, text)[0];

const objectOf = (word, value) => {
  if (word === "type") return `<${meaning(value)}>`;
  if (typeof value === "boolean") return `"${value}"^^<${XSD}boolean>`;
  if (typeof value === "number") return `"${value}"^^<${XSD}integer>`;
  if (ADDRESSES.includes(word)) return `<${address(value)}>`;
  if (typeof value !== "string" || UNSAFE.test(value)) throw new TypeError("a text has a control character");
  const escaped = value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
  return TYPED.has(word) ? `"${escaped}"^^<${TYPED.get(word)}>` : `"${escaped}"`;
};

const hashed = async (lines) => hex(await sha256(utf8(inOrder(lines))));

// Blank nodes, those that say the same last, each with its label. Ones that say the same stay in the order of the document.
const labels = (nodes) => {
  const shared = (node) => nodes.filter((other) => other.hash === node.hash).length > 1;
  const key = (node) => (shared(node) ? "1" : "0") + node.hash;
  const ordered = [...nodes].sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
  return new Map(ordered.map((node, number) => [node, "_:c14n" + number]));
};

export class Statements {
  named = [];
  blank = [];

  static async of(document) {
    const statements = new Statements();
    const words = Object.keys(document).filter((word) => word !== "@context" && word !== "proof");
    statements.root = await statements.#read(document, words);
    return statements;
  }

  canonical() {
    return inOrder(this.#lines(labels(this.blank)));
  }

  async canonicalWithProof(says) {
    const link = `${this.root.name} <${SECURITY}proof>`;
    const around = new Set([`${link} _:a .\n`, ...says.map((one) => `_:z${one} _:a .\n`)]);
    const graph = { hash: await hashed(around) };
    const proof = { hash: await hashed(new Set(says.map((one) => `_:a${one} _:z .\n`))) };
    const named = labels([...this.blank, graph, proof]);
    const inside = says.map((one) => `${named.get(proof)}${one} ${named.get(graph)} .\n`);
    return inOrder(new Set([...this.#lines(named), ...inside, `${link} ${named.get(graph)} .\n`]));
  }

  async #read(members, words, link = "") {
    const node = { name: words.includes("id") ? `<${address(members.id)}>` : "", says: new Set(), children: [] };
    for (const word of words.filter((one) => one !== "id")) {
      const predicate = word === "type" ? RDF_TYPE : `<${meaning(word)}>`;
      for (const part of [members[word]].flat(1)) {
        if (isObject(part)) {
          const child = await this.#read(part, Object.keys(part), `${node.name || "_:z"} ${predicate}`);
          node.children.push([predicate, child]);
        } else node.says.add(` ${predicate} ${objectOf(word, part)}`);
      }
    }
    (node.name ? this.named : this.blank).push(node);
    if (!node.name) {
      // A line for each statement, two the same for two children that have no name (RDFC-1.0, 4.6).
      const lines = [...node.says].map((one) => `_:a${one} .\n`);
      lines.push(...node.children.map(([predicate, child]) => `_:a ${predicate} ${child.name || "_:z"} .\n`));
      node.hash = await hashed([...lines, `${link} _:a .\n`]);
    }
    return node;
  }

  #lines(named) {
    const lines = new Set();
    for (const node of [...this.named, ...this.blank]) {
      const label = node.name || named.get(node);
      for (const one of node.says) lines.add(`${label}${one} .\n`);
      for (const [predicate, child] of node.children) {
        lines.add(`${label} ${predicate} ${child.name || named.get(child)} .\n`);
      }
    }
    return lines;
  }
}

// The statements of a Data Integrity proof, each without its subject.
export const proofStatements = (proof) => {
  const names = Object.keys(proof).filter((name) => name !== "proofValue");
  if (names.sort().join() !== [...Object.keys(PROOF), "created", "verificationMethod"].sort().join()) {
    throw new TypeError("a proof has other members");
  }
  if (Object.entries(PROOF).some(([name, value]) => proof[name] !== value)) {
    throw new TypeError("a proof of another kind");
  }
  matching(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/, proof.created);
  const says = [
    ` ${RDF_TYPE} <${SECURITY}DataIntegrityProof>`,
    ` <http://purl.org/dc/terms/created> "${proof.created}"^^<${XSD}dateTime>`,
    ` <${SECURITY}cryptosuite> "${proof.cryptosuite}"^^<${SECURITY}cryptosuiteString>`,
    ` <${SECURITY}proofPurpose> <${SECURITY}assertionMethod>`,
    ` <${SECURITY}verificationMethod> <${address(proof.verificationMethod)}>`,
  ];
  if ("proofValue" in proof) {
    fromBase58(proof.proofValue);
    says.push(` <${SECURITY}proofValue> "${proof.proofValue}"^^<${SECURITY}multibase>`);
  }
  return says;
};
