// Nodes of the blockchain, asked for the transactions of a pack. Only what the chain positively says counts against it:
// a node of another chain, one that is behind or contradicts itself, a block that is not deep yet, say nothing.

import { ask } from "./ethereum.js";
import { Unsure, Wrong } from "./octets.js";

const ODD = "The node answers with something else than a node does.";

export const askNodes = async (urls, transactions) => {
  const told = await Promise.all(urls.map((url) => askNode(url, transactions)));
  const asked = new Set(told.map(({ chain }) => chain));
  const left = transactions.find(({ chain_id: chain }) => !asked.has(chain));
  const wrong = told.filter(({ error }) => error instanceof Wrong);
  const well = told.filter(({ error }) => !error);
  const said = told.map(({ url, error }) => `${url}: ${error?.message ?? "It has each, deep enough, with its root."}`).join(" ");
  if (wrong.length && well.length) throw new Unsure("The nodes do not agree. " + said);
  if (wrong.length) throw new Wrong(said);
  if (!well.length) throw new Unsure(said);
  if (left) throw new Unsure(`No node of chain ${left.chain_id} has answered. ${said}`);
  return said;
};

const askNode = async (url, transactions) => {
  try {
    const chain = whole(await ask(url, "eth_chainId", []));
    const mine = transactions.filter((one) => one.chain_id === chain);
    if (!mine.length) throw new Unsure("The node is of another chain.");
    const head = whole(await ask(url, "eth_blockNumber", []));
    for (const one of mine) await askOne((method, ...given) => ask(url, method, given), one, head);
    return { url, chain };
  } catch (error) {
    return { url, error: error instanceof Wrong || error instanceof Unsure ? error : new Unsure(ODD) };
  }
};

const askOne = async (node, stated, head) => {
  const { tx_hash: hash, block } = stated;
  const transaction = await node("eth_getTransactionByHash", hash);
  const canonical = await node("eth_getBlockByNumber", "0x" + block.number.toString(16), false);
  if (transaction === null) return requireAbsence(stated, head, canonical);
  if (lower(transaction.hash) !== hash || lower(transaction.input) !== "0x" + stated.root) {
    throw new Wrong("The transaction on the chain has another root.");
  }
  if (lower(transaction.from) !== stated.sender || lower(transaction.to) !== stated.sender) {
    throw new Wrong("The transaction on the chain is another account’s.");
  }
  const receipt = await node("eth_getTransactionReceipt", hash);
  if (receipt === null) throw new Unsure("The transaction is not in a block yet.");
  if (lower(receipt.transactionHash) !== hash || whole(receipt.status) !== 1) {
    throw new Wrong("The transaction on the chain failed.");
  }
  const isThere = lower(receipt.blockHash) === block.hash && whole(receipt.blockNumber) === block.number;
  if (!isThere || canonical === null || lower(canonical.hash) !== block.hash) {
    throw new Unsure("The transaction is in another block than the pack says, as after a fork: fetch a new pack.");
  }
  await requireFinal(node, stated, head);
};

// Of a transaction that the node does not have.
const requireAbsence = ({ tx_hash: hash, block, confirmations }, head, canonical) => {
  if (head < block.number || canonical === null) throw new Unsure("The node does not have the block of the transaction.");
  const isDeep = head - block.number + 1 >= confirmations;
  if (!isDeep) throw new Unsure("The chain has no such transaction now, but its newest blocks may still change.");
  if (lower(canonical.hash) !== block.hash) throw new Wrong("The chain has another block there, and no such transaction.");
  if (!canonical.transactions.map(lower).includes(hash)) throw new Wrong("The block of the pack has no such transaction.");
  throw new Unsure("The node does not have the transaction, though its block has.");
};

const requireFinal = async (node, { block, confirmations, finality }, head) => {
  const depth = head - block.number + 1;
  if (depth < confirmations) throw new Unsure(`The block of the transaction is ${depth} deep, and ${confirmations} are needed.`);
  const final = finality ? await node("eth_getBlockByNumber", finality, false) : null;
  if (finality && !(final && whole(final.number) >= block.number)) {
    throw new Unsure("The block of the transaction is not final yet.");
  }
};

const lower = (text) => text.toLowerCase();

const whole = (text) => {
  if (!/^0x[0-9a-f]{1,13}$/i.test(text)) throw new Unsure(ODD);
  return Number(text);
};
