"""A day at a certification body: every act on certificates of a made-up client, over HTTP, as the demo staff.

After each step the public verdict is asked, and must be what a buyer should read then.
"""

import csv
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.core.management import call_command

from defiso.core.clock import today
from defiso.core.dates import months_after, years_after
from defiso.core.ids import new_id
from defiso.core.permissions import Role
from defiso.management.demo import STAFF
from defiso.management.demo_day.visitor import Page, SurpriseError, Visitor

TENANT = "acme"
SITES = (
    "Foundry\t1 Example Street, Sheffield\tGB\tMelting and casting",
    "Machine shop\t2 Example Street, Sheffield\tGB\tMachining",
    "Yard\t3 Example Street, Leeds\tGB\tStorage",
)
SCOPE = "Design and manufacture of castings and their machining."
WAIT_SECONDS = 90  # for the anchor, and for a policy to reach every process
LOOK_AGAIN_SECONDS = 0.5

ReadCode = Callable[[bytes], str]  # the text of the QR code in a PDF


@dataclass
class Day:
    """``host`` such as acme.localhost:8000; ``password`` is that of all demo staff; ``read_code`` None to skip it."""

    host: str
    password: str
    read_code: ReadCode | None
    run: str = field(default_factory=lambda: new_id()[-8:])

    def __post_init__(self) -> None:
        self.public = Visitor(self.host)
        self.client = f"Demo Day {self.run} Ltd"
        self.quality, self.environment = self._numbers("Q"), self._numbers("E")

    def steps(self) -> Iterator[str]:
        """Each step as it is done, in a sentence. Raises SurpriseError at the first that is not as it should be."""
        call_command("set_policy", TENANT, "--two-persons", "withdraw", verbosity=0, stdout=_Nowhere())
        self.issuer, self.decider, self.owner = (
            self._log_in(role) for role in (Role.ISSUER, Role.DECISION_MAKER, Role.OWNER)
        )
        yield "Issuer, decision-maker and owner are logged in."
        for step in (
            *(self.make_client, self.draft_a_set, self.refuse_the_auditor, self.decide, self.print_and_follow),
            *(self.change_scope, self.suspend, self.restore_reduced, self.withdraw_by_two, self.renew_early),
            *(self.restore_after_expiry, self.void_by_two, self.transfer_out),
        ):
            yield step()

    def make_client(self) -> str:
        values = {"name": self.client, "country": "United Kingdom", "address": "1 Example Street, Sheffield"}
        self.issuer.send("/staff/organisations/new", values, having="name")
        found = self.issuer.get(f"/staff/organisations/?q={quote(self.client)}")
        self._expect(self.client in found.said, f"the list of clients has no {self.client}")
        return f"{self.client} is a client."

    def draft_a_set(self) -> str:
        self._draft(self.quality, "9001:2015")
        values = {"number": self.environment, "standard": "14001:2015", "integrated": "on"}
        self.issuer.send(f"/staff/certificates/new?copy={self.quality}", values, having="draft_key")
        self._write_dates(self.environment, expires=years_after(today(), 1))
        for number in (self.quality, self.environment):
            self.issuer.send(f"/staff/certificates/{number}/submit", {}, having="version")
            self._expect_nothing_public(number)
        return f"{self.quality} and {self.environment} are a set, drafted by paste, and submitted."

    def refuse_the_auditor(self) -> str:
        page = self.owner.send_anyway(f"/staff/certificates/{self.quality}/issue", {}, having="version")
        self._expect(page.status == 422 and "9.5.1" in page.said, f"the auditor may decide: {page.said[:300]}")
        self._expect_nothing_public(self.quality)
        return "The owner was in the audit team and is refused as decider, by ISO/IEC 17021-1, 9.5.1."

    def decide(self) -> str:
        for number in (self.quality, self.environment):
            self._act(self.decider, number, "issue", {})
            self._expect_verdict(number, "valid", revision=1)
        return "The decision-maker has decided; both are valid, signed and anchored."

    def print_and_follow(self) -> str:
        pdf = self.public.get(f"/certificates/{self.quality}/certificate.pdf").body
        self._expect(pdf.startswith(b"%PDF-"), "the printed certificate is no PDF")
        if self.read_code is None:
            return "The certificate is printed. Its code was not read: that needs the packages of requirements-dev.txt."
        address = urlsplit(self.read_code(pdf))
        self._expect(address.netloc == self.host, f"the code on the paper leads to {address.netloc}")
        self._expect(self.quality in self.public.get(address.path).said, "the code leads to another page")
        return f"The certificate is printed, and its code leads to {address.path}."

    def change_scope(self) -> str:
        self._act(self.decider, self.quality, "revise", {"scope": f"{SCOPE} Repair.", "reason": "Repair was added."})
        self._expect_verdict(self.quality, "valid", revision=2)
        older = self.public.get(f"/certificates/{self.quality}/revisions/1")
        self._expect("replaced by revision 2" in older.said, "the first revision does not say that it was replaced")
        return "The scope was changed: revision 2 is valid, revision 1 says that it was replaced."

    def suspend(self) -> str:
        values = {"reason": "Surveillance is overdue.", "review_on": months_after(today(), 3).isoformat()}
        self._act(self.issuer, self.quality, "suspend", values)
        self._expect_verdict(self.quality, "suspended")
        return "It is suspended, and reads so at once."

    def restore_reduced(self) -> str:
        self._act(self.decider, self.quality, "reduce", {"scope": SCOPE, "reason": "Repair has ended."})
        self._expect_verdict(self.quality, "valid", revision=3)
        return "It is restored with a reduced scope: revision 3."

    def withdraw_by_two(self) -> str:
        self._by_two(self.quality, "withdraw", "The client no longer keeps its records.")
        self._expect_verdict(self.quality, "withdrawn")
        return "The decision-maker proposed to withdraw it, the owner confirmed: withdrawn for good."

    def renew_early(self) -> str:
        values = {"audit_date": today().isoformat(), "audit_team": "An auditor for the demonstration", "findings": ""}
        self._act(self.decider, self.environment, "renew", values)
        self._expect_verdict(self.environment, "valid", revision=2)
        return f"{self.environment} is renewed early: revision 2, with a later expiry."

    def restore_after_expiry(self) -> str:
        number = self._numbers("X")
        self._load_expired(number, today() - timedelta(days=30))
        self._expect_verdict(number, "expired")
        values = {"audit_date": today().isoformat(), "audit_team": "An auditor for the demonstration", "findings": ""}
        self._act(self.decider, number, "restore-expired", values)
        self._expect_verdict(number, "valid")
        return f"{number} had run out a month ago, and is restored after its expiry."

    def void_by_two(self) -> str:
        number = self._issued("V")
        self._by_two(number, "void", "Issued to the wrong company.")
        self._expect_verdict(number, "void")
        return f"{number} was issued in error: two people have declared it void."

    def transfer_out(self) -> str:
        number = self._issued("T")
        values = {"reason": "Taken over by Globex Assurance.", "confirmation": number}
        self._act(self.decider, number, "transfer-out", values)
        self._expect_verdict(number, "cancelled")
        return f"{number} is transferred to another body."

    def _log_in(self, role: Role) -> Visitor:
        visitor = Visitor(self.host)
        email = f"{STAFF[role].lower()}@{TENANT}.example"
        page = visitor.send("/staff/login", {"email": email, "password": self.password}, having="password")
        self._expect("Dashboard" in page.text, f"{email} cannot log in")
        return visitor

    def _numbers(self, letter: str) -> str:
        return f"DAY-{self.run}-{letter}"

    def _draft(self, number: str, standard: str) -> None:
        values = {"legal_name": self.client, "standard": standard, "number": number}
        self.issuer.send("/staff/certificates/new", values, having="draft_key")
        edit = f"/staff/certificates/{number}/edit"
        place = {"address": "1 Example Street, Sheffield", "country": "United Kingdom"}
        self.issuer.send(f"{edit}/organisation", place, having="legal_name")
        self.issuer.send(f"{edit}/standard", {"scope": SCOPE, "iaf_codes": "17"}, having="scope")
        pasted = {"pasted": "\n".join(SITES)}
        self.issuer.send(f"{edit}/sites/paste", pasted, having="pasted")
        self.issuer.send(f"{edit}/sites/paste", pasted | {"accept": "add"}, having="pasted")
        audit = {"type": "initial", "date": today().isoformat(), "auditors": "Owner at Acme"}
        rows = {"audits-count": "1", **{f"audits-0-{name}": value for name, value in audit.items()}}
        self.issuer.send(f"{edit}/audits", rows, having="audits-count")
        self._write_dates(number, expires=months_after(today(), 30))

    def _write_dates(self, number: str, *, expires: date) -> None:
        names = ("original_certification_date", "decision_date", "effective_date", "issue_date")
        values = dict.fromkeys(names, today().isoformat()) | {"expiry_date": expires.isoformat()}
        self.issuer.send(f"/staff/certificates/{number}/edit/dates", values, having="expiry_date")

    def _issued(self, letter: str) -> str:
        number = self._numbers(letter)
        self._draft(number, "9001:2015")
        self.issuer.send(f"/staff/certificates/{number}/submit", {}, having="version")
        self._act(self.decider, number, "issue", {})
        self._expect_verdict(number, "valid")
        return number

    def _act(self, visitor: Visitor, number: str, verb: str, values: dict[str, str]) -> Page:
        return visitor.send(f"/staff/certificates/{number}/{verb}", values, having="version")

    def _by_two(self, number: str, verb: str, reason: str) -> None:
        """Proposed by the decision-maker, who cannot confirm it, and confirmed by the owner."""
        before = self._verdict(number)["overall"]
        act = f"/staff/certificates/{number}/{verb}"
        self._wait(lambda: "Propose to" in self.decider.get(act).said, f"two people are not asked to {verb}")
        self._act(self.decider, number, verb, {"reason": reason, "confirmation": number})
        self._expect_verdict(number, str(before))
        page = self.decider.get(f"{act}/confirm")
        self._expect("You proposed this" in page.said, "who proposed may confirm")
        self.owner.send(f"{act}/confirm", {}, having=f"{verb}/confirm")

    def _load_expired(self, number: str, expired_on: date) -> None:
        """One row of a register: the only way to a certificate that has run out already."""
        began = years_after(expired_on, -3)
        row = {
            "Certification Identity Number": f"UID-{number}",
            "Certificate Number": number,
            "Certification Status": "Active",
            "Accreditation Status": "Accredited",
            "Accreditation Body Acronym": "UKAS",
            "Certification Type": "Management System",
            "Standard/Scheme": "ISO 9001:2015",
            "Certification Scope": SCOPE,
            "IAF Code": "17",
            "Certification Original Issue Date": f"{began:%Y%m%d}",
            "Certification Issue Date": f"{began:%Y%m%d}",
            "Certification Expiry Date": f"{expired_on:%Y%m%d}",
            "Certified Entity Identity Number": f"CL-{self.run}",
            "Certified Entity Name": self.client,
            "Certified Entity English Name": "",
            "Certified Entity VAT": "",
            "Street": "1 Example Street",
            "City": "Sheffield",
            "Post Code": "S1 1AA",
            "Country": "United Kingdom",
            "Additional Sites": "",
        }
        with tempfile.TemporaryDirectory(prefix="defiso-demo-day-") as folder:
            path = Path(folder) / "register.csv"
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, row)
                writer.writeheader()
                writer.writerow(row)
            call_command("load_register", path, tenant=TENANT, stdout=_Nowhere(), stderr=_Nowhere())

    def _verdict(self, number: str) -> dict[str, object]:
        return self.public.get_json(f"/certificates/{number}/verdict.json")

    def _expect_verdict(self, number: str, overall: str, *, revision: int = 0) -> None:
        """What the public reads; a certificate whose record is on its way to the chain is waited for."""
        self._wait(lambda: self._verdict(number)["overall"] != "pending_anchor", f"{number} is not anchored")
        told = self._verdict(number)
        self._expect(told["overall"] == overall, f"{number} reads {told['overall']} instead of {overall}: {told}")
        self._expect(revision in (0, told["revision"]), f"{number} is at revision {told['revision']}, not {revision}")

    def _expect_nothing_public(self, number: str) -> None:
        try:
            self._verdict(number)
        except SurpriseError:
            return
        raise SurpriseError(f"{number} is public before anybody decided")

    @staticmethod
    def _expect(holds: bool, otherwise: str) -> None:
        if not holds:
            raise SurpriseError(otherwise[:1000])

    @staticmethod
    def _wait(is_so: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while not is_so():
            if time.monotonic() > until:
                raise SurpriseError(f"{otherwise} within {WAIT_SECONDS} seconds")
            time.sleep(LOOK_AGAIN_SECONDS)


class _Nowhere:
    """For what a command says that this one says itself."""

    def write(self, text: str) -> None:
        pass

    def flush(self) -> None:
        pass
