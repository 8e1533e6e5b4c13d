"""What somebody tries who can write any row, but has no key: changes of the rows of a world, each from its own seed."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from defiso.audit.services import PENDING_SHARDS
from defiso.core.ids import new_id
from defiso.store.items import TABLES, Item
from tests.verification.world import Key, Row, World

Value = dict[str, Any]
LEFT_ALONE = ("defiso-sessions", "defiso-jobs")
KEYS = {"PK", "SK"}
RESTED_ON = ["status", "since", "reason", "confidential", "expires_on", "credential_digest", "revision"]
VALUES: list[Value] = [
    {"NULL": True},
    {"S": "~junk~"},
    {"S": ""},
    {"S": "active"},
    {"S": "2020-01-01T00:00:00.000Z"},
    {"S": "2099-01-01"},
    {"S": "PENDING#0"},
    {"S": "QUARANTINE"},
    {"S": "[1]"},
    {"N": "-1"},
    {"N": "0"},
    {"N": "1.5"},
    {"N": "9E99"},
    {"N": "1000000"},
    {"BOOL": True},
    {"BOOL": False},
    {"B": b"\x00\xff"},
    {"L": [{"N": "1"}]},
    {"M": {}},
]


@dataclass(frozen=True)
class Try:
    """The rows as they are after it, None for one that is taken away."""

    name: str
    rows: dict[Key, Row | None]

    def __str__(self) -> str:
        return f"{self.name}: {', '.join('/'.join(key[1:]) for key in sorted(self.rows)[:6])} ({len(self.rows)} rows)"


def kind_of(key: Key) -> str:
    """``CERT``, ``MAP``, ``LOG#CHECKPOINT#…`` …: rows of one kind are interchangeable."""
    table, pk, sk = key
    if sk.startswith("LOG#"):
        return f"{table} {'#'.join(sk.split('#')[:2])} {sk.count('#')}"
    return f"{table} {pk.split('#')[0]} {sk.split('#')[0]}"


class Adversary:
    """``tries(n)`` is always the same try for the same seed and world."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed = world, seed
        self.versions = [*world.past, world.rows]
        self.kinds: defaultdict[str, list[Key]] = defaultdict(list)
        for key in sorted({key for rows in self.versions for key in rows}):
            if key[0] not in LEFT_ALONE:
                self.kinds[kind_of(key)].append(key)
        self.names = sorted(self.kinds)
        self.attributes = {kind: sorted(self._attributes(kind)) for kind in self.names}

    def attempt(self, number: int) -> Try:
        chance = random.Random(f"{self.seed} {number}")
        rounds = list(WAYS)
        way = rounds[number % len(rounds)]
        # The kinds of rows take turns too, so that a short run meets each of them.
        self.kind = self.names[(number // len(rounds)) % len(self.names)]
        return WAYS[way](self, chance)

    def _attributes(self, kind: str) -> set[str]:
        """Those that rows of the kind have, and those that they might have."""
        present = {name for key in self.kinds[kind] for rows in self.versions for name in rows.get(key, {})}
        table = self.kinds[kind][0][0]
        models = [model for model in _models() if model.Meta.table_name == table]
        fitting = [model for model in models if len(_columns(model) & present) >= len(present) - 3]
        return (present | {name for model in fitting for name in _columns(model)}) - KEYS

    # What is picked

    def _key(self, chance: random.Random, kind: str = "") -> Key:
        return chance.choice(self.kinds[kind or self.kind])

    def _some_row(self, chance: random.Random, key: Key) -> Row:
        rows = [rows[key] for rows in self.versions[::-1] if key in rows]
        return rows[0] if chance.random() < 0.8 else chance.choice(rows)

    def _value(self, chance: random.Random, kind: str, name: str, old: Value | None) -> Value:
        """Of another row of the kind, or a little changed, or anything."""
        others = [row[name] for rows in self.versions for key in self.kinds[kind] if name in (row := rows.get(key, {}))]
        others = [other for other in others if other != old]
        die = chance.random()
        if others and die < 0.4:
            return chance.choice(others)
        if old and die < 0.7:
            return _nudged(chance, old)
        return chance.choice(VALUES)

    # The ways

    def one_attribute(self, chance: random.Random) -> Try:
        key = self._key(chance)
        return self._with_attributes("an attribute", chance, key, 1)

    def two_attributes(self, chance: random.Random) -> Try:
        return self._with_attributes("two attributes", chance, self._key(chance), 2)

    def _with_attributes(self, name: str, chance: random.Random, key: Key, count: int) -> Try:
        kind, row = kind_of(key), dict(self._some_row(chance, key))
        changed = []
        for attribute in chance.sample(self.attributes[kind], min(count, len(self.attributes[kind]))):
            changed.append(attribute)
            if attribute in row and chance.random() < 0.15:
                del row[attribute]
            else:
                row[attribute] = self._value(chance, kind, attribute, row.get(attribute))
        return Try(f"{name} {changed} = {[row.get(one) for one in changed]}", {key: row})

    def taken_away(self, chance: random.Random) -> Try:
        key = self._key(chance)
        return Try("a row taken away", {key: None})

    def an_old_version(self, chance: random.Random) -> Try:
        changed = [key for key in self.kinds[self.kind] if self._older(key)]
        key = chance.choice(changed) if changed else self._key(chance)
        versions = self._older(key) or [None]
        return Try("an old version", {key: chance.choice(versions)})

    def _older(self, key: Key) -> list[Row | None]:
        now = self.world.rows.get(key)
        return [rows.get(key) for rows in self.world.past if rows.get(key) != now]

    def another_in_its_place(self, chance: random.Random) -> Try:
        key, other = self._key(chance), self._key(chance)
        return Try(f"the row of {other[1:]} in the place", {key: self._some_row(chance, other)})

    def two_exchanged(self, chance: random.Random) -> Try:
        one, other = self._key(chance), self._key(chance)
        rows = {one: self._some_row(chance, other), other: self._some_row(chance, one)}
        return Try("two rows exchanged", rows)

    def a_copy_under_a_new_key(self, chance: random.Random) -> Try:
        """A number, event, key, generation or batch that there never was."""
        table, pk, sk = key = self._key(chance)
        row = dict(self._some_row(chance, key))
        last = sk.rpartition("#")[2]
        new = str(int(last) + chance.choice([1, 7])).zfill(len(last)) if last.isdecimal() else new_id()
        sk = sk.removesuffix(last) + new if "#" in sk else sk
        pk = chance.choice([pk, "TENANT#globex", f"BATCH#{new_id()}"]) if "#" not in sk else pk
        if "GSI1SK" in row and table == "defiso-audit-logs":
            row["GSI1SK"] = {"S": new}
            if chance.random() < 0.7:
                row |= {"GSI2PK": {"S": f"PENDING#{chance.choice([0, 1, 2, 3, 'platform'])}"}, "GSI2SK": {"S": new}}
        return Try("a copy planted", {(table, pk, sk): row})

    def an_event_brought_again(self, chance: random.Random) -> Try:
        """As if it waited, was set aside or stood elsewhere in the log; with an old head beside it or not."""
        key = self._key(chance, "defiso-audit-logs TENANT EVENT")
        row = dict(self._some_row(chance, key))
        shard = chance.choice([*PENDING_SHARDS, "QUARANTINE", ""])
        if shard:
            row |= {"GSI2PK": {"S": shard}, "GSI2SK": {"S": key[2].removeprefix("EVENT#")}}
        row["position"] = {"N": str(chance.choice([0, 3, 99_999]))}
        if chance.random() < 0.3:
            row["leader"] = {"S": chance.choice(self.kinds[kind_of(key)])[2].removeprefix("EVENT#")}
        rows: dict[Key, Row | None] = {key: row}
        _start, _mark, target = row.get("GSI1PK", {}).get("S", "").partition("#TARGET#CERT#")
        head = ("defiso-certificates", key[1], f"CERT#{target}")
        if target and (old := self._older(head)):
            rows[head] = chance.choice(old)
        return Try(f"an event brought again ({shard}, {row['position']})", rows)

    def a_consistent_lie(self, chance: random.Random) -> Try:
        """The same word in the head, the event and wherever else it stands."""
        certified = chance.choice([one for one in self.world.certificates if one.head in self.world.rows])
        name = chance.choice(
            ["status", "since", "reason", "confidential", "expires_on", "credential_digest", "revision"]
        )
        kind = kind_of(certified.head)
        head = dict(self.world.rows[certified.head])
        value = self._value(chance, kind, name, head.get(name))
        rows: dict[Key, Row | None] = {certified.head: {**head, name: value}}
        target = f"TENANT#{certified.tenant}#TARGET#CERT#{certified.number}"
        for key, row in self.world.rows.items():
            if row.get("GSI1PK") == {"S": target} and key[0] == "defiso-audit-logs":
                rows[key] = {**row, "reason": value, "occurred_at": value} if name in ("reason", "since") else row
        if name == "credential_digest":
            revision = ("defiso-certificates", f"TENANT#{certified.tenant}", f"REV#{certified.number}#0001")
            rows[revision] = {**self.world.rows[revision], "digest": value} if revision in self.world.rows else None
        return Try(f"{name} = {value} wherever it stands", rows)

    def an_old_set(self, chance: random.Random) -> Try:
        name = chance.choice(list(SETS))
        old = chance.choice(self.world.past)
        certified = chance.choice(self.world.certificates)
        subject = chance.choice([certified.tenant, certified.tenant, "platform"])
        left_out = chance.choice(sorted({key[0] for key in self.world.rows}))

        def is_in(key: Key) -> bool:
            return SETS[name](key, certified.tenant, certified.number, subject, left_out)

        keys = [key for key in {*old, *self.world.rows} if is_in(key) and key[0] not in LEFT_ALONE]
        rows = {key: old.get(key) for key in keys if old.get(key) != self.world.rows.get(key)}
        return Try(f"{name} of {certified.tenant} {certified.number} {subject}, but {left_out}, put back", rows)

    def several(self, chance: random.Random) -> Try:
        ways = [Adversary.one_attribute, Adversary.an_old_version, Adversary.taken_away, Adversary.an_old_set]
        found = []
        for _ in range(chance.choice([2, 3])):
            self.kind = chance.choice(self.names)
            found.append(chance.choice(ways)(self, chance))
        return Try(" + ".join(one.name for one in found), {key: row for one in found for key, row in one.rows.items()})


def _is_of(key: Key, number: str) -> bool:
    return key[2] == f"CERT#{number}" or key[2].startswith((f"REV#{number}#", f"PROOF#{number}#"))


def _is_log(key: Key, *starts: str) -> bool:
    return key[0] == "defiso-audit-logs" and key[2].startswith(starts)


# name -> whether a row is in it, of (key, tenant, number, tenant or platform, a table)
SETS: dict[str, Callable[[Key, str, str, str, str], bool]] = {
    "head, document and place": lambda key, tenant, number, _s, _t: (
        key[1] == f"TENANT#{tenant}" and _is_of(key, number)
    ),
    "head and map": lambda key, tenant, number, _s, _t: (
        key[1] == f"TENANT#{tenant}" and (_is_of(key, number) or _is_log(key, "MAP#"))
    ),
    "head and newest checkpoint": lambda key, tenant, number, _s, _t: (
        key[1] == f"TENANT#{tenant}" and (_is_of(key, number) or key[2] == "LOG#CHECKPOINT")
    ),
    "head, map and newest checkpoint": lambda key, tenant, number, _s, _t: (
        key[1] == f"TENANT#{tenant}" and (_is_of(key, number) or _is_log(key, "MAP#") or key[2] == "LOG#CHECKPOINT")
    ),
    "head, map and all checkpoints": lambda key, tenant, number, _s, _t: (
        key[1] == f"TENANT#{tenant}" and (_is_of(key, number) or _is_log(key, "MAP#", "LOG#CHECKPOINT"))
    ),
    "head, log and map": lambda key, tenant, number, _s, _t: (
        key[1] == f"TENANT#{tenant}" and (_is_of(key, number) or _is_log(key, "MAP#", "LOG#"))
    ),
    "head, log, map and events": lambda key, tenant, number, _s, _t: (
        key[1] == f"TENANT#{tenant}" and (_is_of(key, number) or _is_log(key, ""))
    ),
    "heads and events": lambda key, tenant, _n, _s, _t: (
        key[1] == f"TENANT#{tenant}" and key[2].startswith(("CERT#", "EVENT#"))
    ),
    "the body": lambda key, _tenant, _n, subject, _t: key[1] == f"TENANT#{subject}",
    "the body and the platform": lambda key, tenant, _n, _s, _t: key[1] in (f"TENANT#{tenant}", "TENANT#platform"),
    "both bodies and the platform": lambda key, *_others: key[1].startswith("TENANT#"),
    "its log and map": lambda key, _tenant, _n, subject, _t: (
        key[1] == f"TENANT#{subject}" and _is_log(key, "MAP#", "LOG#")
    ),
    "all batches": lambda key, *_others: key[0] == "defiso-blockchain-transactions",
    "all but one table": lambda key, _tenant, _n, _s, table: key[0] != table,
    "all but the ledger and batches": lambda key, *_others: key[1].split("#")[0] not in ("ACCOUNT", "BATCH", "BATCHES"),
    "everything": lambda *_others: True,
}
WAYS: dict[str, Callable[[Adversary, random.Random], Try]] = {
    "one attribute": Adversary.one_attribute,
    "two attributes": Adversary.two_attributes,
    "taken away": Adversary.taken_away,
    "an old version": Adversary.an_old_version,
    "another in its place": Adversary.another_in_its_place,
    "two exchanged": Adversary.two_exchanged,
    "a copy planted": Adversary.a_copy_under_a_new_key,
    "an event brought again": Adversary.an_event_brought_again,
    "a consistent lie": Adversary.a_consistent_lie,
    "an old set": Adversary.an_old_set,
    "several": Adversary.several,
}


def _nudged(chance: random.Random, value: Value) -> Value:
    [(kind, held)] = value.items()
    if kind == "S" and held:
        at = chance.randrange(len(held))
        return {"S": held[:at] + chance.choice("0a9~") + held[at + 1 :]}
    if kind == "B" and held:
        at = chance.randrange(len(held))
        cut = chance.random() < 0.2
        return {"B": held[:at] if cut else held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :]}
    if kind == "N":
        return {"N": str(int(float(held)) + chance.choice([-1, 1]))}
    if kind == "BOOL":
        return {"BOOL": not held}
    return chance.choice(VALUES)


def _models() -> list[type[Item]]:
    found, waiting = [], list(TABLES)
    while waiting:
        model = waiting.pop()
        found.append(model)
        waiting += model.__subclasses__()
    return found


def _columns(model: type[Item]) -> set[str]:
    return {attribute.attr_name for attribute in model.get_attributes().values()}
