"""What may be said of each certificate after somebody wrote to the database, and whether it is what is said.

| rows that were changed | of a certificate with these rows | of any other |
|---|---|---|
| none of its own | what is true, or could_not_check | the same |
| head, document, place or batch it is in | also not_genuine | what is true, or could_not_check |
| head, while a change waits in the outbox | also as before that change: nothing signed has it yet | - |
| head, while its issuing waits in the outbox | also no such certificate | - |
| the body itself (METADATA) | also no such host, or that its record is damaged | the same |
| a key, log, map, checkpoint, event, ledger or anything else | what is true, or could_not_check | the same |

``pending_anchor`` is what is said of one that is valid, or will be in a moment; it is never said of another.
"""

import random

from tests.staff import browser_at
from tests.verification.adversary import Try
from tests.verification.world import HIDDEN, SECRET, Certified, World

LOOKED_AT = 4  # certificates a try, beside those whose rows were changed
MOST = 4
EVIDENCE = ("", "/credential.json", "/proof.json")
LOG = (
    "/log",
    "/log/checkpoint",
    "/log/keys",
    "/log/tile/0/000.p/5",
    "/log/tile/entries/000.p/5",
    "/log/inclusion/0",
    "/log/inclusion/3.json",
    "/log/consistency/1/2",
    "/log/consistency/1/3.json",
    "/status/revocation/1",
    "/status/suspension/1",
    "/.well-known/did.json",
    "/issuer.json",
)


class Judge:
    """``wrong`` has a line for everything that is said and must not be.

    ``number`` is that of the try; ``worked``: the worker has been there.
    """

    def __init__(self, world: World, change: Try, number: int, *, worked: bool = False) -> None:
        self.world, self.change, self.worked = world, change, worked
        self.changed = set(change.rows)
        self.chance = random.Random(number)
        self.wrong: list[str] = []

    def judge(self) -> list[str]:
        concerned = self._concerned()
        for certified in concerned:
            said = self._overall(certified)
            if said not in self._allowed(certified):
                self.wrong.append(f"{certified} is {certified.overall} and said to be {said}")
        self._judge_evidence(concerned[0])
        self._judge_past_days(self.chance.choice(concerned))
        self._judge_log()
        return self.wrong

    def _concerned(self) -> list[Certified]:
        """Those of whose own rows some changed, and some others."""
        own = [one for one in self.world.certificates if self.changed & self.world.shown[one]]
        others = [one for one in self.world.certificates if one not in own]
        self.chance.shuffle(own)
        return [*own, *self.chance.sample(others, min(LOOKED_AT, len(others)))][:MOST]

    def _allowed(self, certified: Certified) -> set[str]:
        truth, is_own = certified.overall, bool(self.changed & self.world.shown[certified])
        allowed = {truth, "could_not_check"}
        if truth in ("valid", "pending_anchor") or certified.unrecorded:
            allowed.add("pending_anchor")
        if is_own:
            allowed.add("not_genuine")
        if certified.head in self.changed:
            allowed |= {certified.unrecorded, HIDDEN if truth == "pending_anchor" else ""}
        if ("defiso-tenants", f"TENANT#{certified.tenant}", "METADATA") in self.changed:
            allowed |= {HIDDEN, "an answer 409"}
        if self.worked and truth == "pending_anchor":
            allowed.add("valid")
        return allowed

    def _judge_past_days(self, certified: Certified) -> None:
        allowed = self._allowed(certified) - {certified.overall, "valid"}
        for back, day in self.world.days.items():
            truth = certified.on.get(back, HIDDEN if certified.overall == HIDDEN else "could_not_check")
            said = self._overall(certified, f"?on={day}")
            if said not in allowed | {truth, "pending_anchor"}:
                self.wrong.append(f"{certified} was {truth} on {day} and is said to have been {said}")
            self._get(certified, f"?on={day}")

    def _judge_evidence(self, certified: Certified) -> None:
        for end in EVIDENCE:
            self._get(certified, end)

    def _judge_log(self) -> None:
        is_of_it = any(key[0] in ("defiso-audit-logs", "defiso-tenants") for key in self.changed)
        slug = self.chance.choice(list(self.world.tenants))
        for address in LOG if is_of_it and self.chance.random() < 0.5 else self.chance.sample(LOG, 2):
            self._read(slug, address)

    def _overall(self, certified: Certified, asked: str = "") -> str:
        status, text = self._get(certified, f"/verdict.json{asked}")
        if status != 200:
            return HIDDEN if status == 404 else f"an answer {status}"
        return text.partition('"overall": "')[2].partition('"')[0]

    def _get(self, certified: Certified, end: str) -> tuple[int, str]:
        return self._read(certified.tenant, f"/certificates/{certified.number}{end}")

    def _read(self, slug: str, address: str) -> tuple[int, str]:
        """Whatever is asked, the answer is one, and has nothing that is confidential."""
        answer = browser_at(self.world.tenants[slug], raise_request_exception=False).get(address)
        text = answer.content.decode(errors="replace")
        if answer.status_code == 500:
            self.wrong.append(f"{slug} {address} fails")
        if SECRET in text:
            self.wrong.append(f"{slug} {address} says what is confidential")
        return answer.status_code, text
