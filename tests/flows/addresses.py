"""Every address of the portal by URL name: who may go there, with what in it, and what a form there looks like.

A new view needs an entry here, or the walk in ``test_tenant_isolation`` fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from defiso.core.clock import today
from defiso.core.permissions import Permission
from defiso.organisations.models import name_slug
from tests.flows.world import Place
from tests.staff import PASSWORD

Form = dict[str, str]


@dataclass(frozen=True)
class Address:
    """``permission`` None is public. ``arguments`` takes a place and the role of whoever asks; ``form`` is a valid one.

    ``get`` and ``post`` are what a person with the permission is answered for objects of their own; None where the
    method is refused with 405. Objects of another tenant are always answered 404; where ``each_has_one``, the same
    arguments name an object of each tenant's own.
    """

    permission: Permission | None = None
    arguments: Callable[[Place, str], list[str]] = lambda place, role: []
    get: int | None = 200
    post: int | None = None
    form: Callable[[Place], Form] = lambda place: {}
    each_has_one: bool = False


def certificate(part: str, *more: str) -> Callable[[Place, str], list[str]]:
    return lambda place, role: [place.number(part), *more]


def client(part: str) -> Callable[[Place, str], list[str]]:
    return lambda place, role: [place.client(part)]


def client_form(name: str, **fields: str) -> Form:
    rows = {f"{rows}-{count}_FORMS": "0" for rows in ("legal_ids", "contacts") for count in ("TOTAL", "INITIAL")}
    return {"name": name, "country": "GB", **rows, **fields}


def act(part: str, **fields: str) -> Callable[[Place], Form]:
    """The form of an act on the certificate that plays this part, at the version it has now."""
    return lambda place: {"version": place.version(part), "reason": "Walked through by a test.", **fields}


def confirmed(part: str) -> Callable[[Place], Form]:
    """The same of an act that wants the number typed again."""
    return lambda place: act(part)(place) | {"confirmation": place.number(part)}


def draft(**fields: str) -> Callable[[Place], Form]:
    """A page of the draft that is edited in the walk, at the version it has now."""
    return lambda place: {"legal_name": place.name, "version": place.version("edited"), **fields}


def new_password(place: Place) -> Form:
    return {"current": PASSWORD, "new": "a different set of words", "repeated": "a different set of words"}


AUDIT = {"audit_date": (today() - timedelta(days=1)).isoformat(), "audit_team": "Anna Bergstrøm"}
NEXT_MONTH = (today() + timedelta(days=30)).isoformat()
P = Permission

# Later entries may rest on earlier ones having been sent: forms are sent in this order.
ADDRESSES: dict[str, Address] = {
    "healthz": Address(get=503),  # no worker runs in this test
    "theme": Address(),
    "portal:home": Address(),
    "portal:organisation": Address(arguments=lambda place, role: [name_slug(place.name)]),
    "credentials:did": Address(),
    "credentials:profile": Address(),
    "status:list": Address(arguments=lambda place, role: ["revocation", "1"], each_has_one=True),
    "log:page": Address(),
    "log:inclusion": Address(arguments=lambda place, role: ["0"], each_has_one=True),
    "log:inclusion_json": Address(arguments=lambda place, role: ["0"], each_has_one=True),
    "log:consistency": Address(arguments=lambda place, role: ["1", "1"], each_has_one=True),
    "log:consistency_json": Address(arguments=lambda place, role: ["1", "1"], each_has_one=True),
    "log:checkpoint": Address(),
    "log:keys": Address(),
    "log:tile": Address(arguments=lambda place, role: ["entries/000.p/1"], each_has_one=True),
    "verification:lookup": Address(),
    "verification:certificate": Address(arguments=certificate("shown")),
    "verification:verdict": Address(arguments=certificate("shown")),
    "verification:credential": Address(arguments=certificate("shown")),
    "verification:proof": Address(arguments=certificate("shown")),
    "verification:never_issued": Address(arguments=lambda place, role: ["NEVER-1"], each_has_one=True),
    "verification:pack": Address(arguments=certificate("shown")),
    "verification:pack_json": Address(arguments=certificate("shown")),
    "verification:check": Address(arguments=certificate("shown")),
    "chain": Address(get=422),  # nothing was asked of it
    "verification:statement": Address(arguments=certificate("shown")),
    "verification:pdf": Address(arguments=certificate("shown")),
    "verification:revision_pdf": Address(arguments=lambda place, role: [place.number("shown"), "1"]),
    "verification:revision": Address(arguments=lambda place, role: [place.number("shown"), "1"], get=302),
    "verification:qr": Address(arguments=certificate("shown")),
    "staff": Address(get=302),
    "staff:dashboard": Address(P.VIEW),
    "transitions:list": Address(P.VIEW),
    "transitions:one": Address(P.VIEW, arguments=lambda place, role: ["9001", "2015"], each_has_one=True),
    "audit:list": Address(P.READ_AUDIT),
    "paper:preview": Address(P.VIEW, arguments=certificate("edited")),
    "paper:archive": Address(P.VIEW, get=None, post=200),
    "paper:page": Address(P.VIEW, arguments=certificate("edited")),
    "certificates:list": Address(P.VIEW),
    "certificates:detail": Address(P.VIEW, arguments=certificate("shown")),
    "certificates:new": Address(P.PREPARE, post=302, form=draft(standard="9001:2015", number="WALK-1")),
    "certificates:edit": Address(P.PREPARE, arguments=certificate("edited"), get=302),
    "certificates:write": Address(P.PREPARE, arguments=certificate("edited", "organisation"), post=302, form=draft()),
    "certificates:sites": Address(P.PREPARE, arguments=certificate("edited")),
    "certificates:site": Address(
        P.PREPARE, arguments=certificate("edited", "1"), post=302, form=draft(address="Wharf 2", country="GB")
    ),
    "certificates:paste_sites": Address(
        P.PREPARE, arguments=certificate("edited"), post=302, form=draft(pasted="A\tWharf 3\tGB", accept="add")
    ),
    "certificates:submit": Address(P.PREPARE, arguments=certificate("submitted"), post=302, form=act("submitted")),
    "certificates:return": Address(P.DECIDE, arguments=certificate("returned"), post=302, form=act("returned")),
    "certificates:refuse": Address(P.DECIDE, arguments=certificate("refused"), post=302, form=act("refused")),
    "certificates:revise": Address(
        P.DECIDE,
        arguments=certificate("revised"),
        post=302,
        form=act("revised", legal_name="New Name Ltd", address="Here 1", scope="Casting", sites=""),
    ),
    "certificates:renew": Address(P.DECIDE, arguments=certificate("renewed"), post=302, form=act("renewed", **AUDIT)),
    "certificates:reduce": Address(
        P.DECIDE, arguments=certificate("reduced"), post=302, form=act("reduced", scope="Less", sites="")
    ),
    "certificates:restore-expired": Address(
        P.DECIDE, arguments=certificate("restored-expired"), post=302, form=act("restored-expired", **AUDIT)
    ),
    "certificates:certify-again": Address(
        P.DECIDE, arguments=certificate("certified-again"), post=302, form=act("certified-again", **AUDIT)
    ),
    "certificates:cancel": Address(
        P.WITHDRAW, arguments=certificate("cancelled"), post=302, form=confirmed("cancelled")
    ),
    "certificates:transfer-out": Address(
        P.WITHDRAW, arguments=certificate("transferred-out"), post=302, form=confirmed("transferred-out")
    ),
    "certificates:void": Address(P.DECIDE, arguments=certificate("void"), post=302, form=confirmed("void")),
    "certificates:issue": Address(P.DECIDE, arguments=certificate("issued"), post=302, form=act("issued")),
    "certificates:suspend": Address(
        P.SUSPEND, arguments=certificate("suspended"), post=302, form=act("suspended", review_on=NEXT_MONTH)
    ),
    "certificates:restore": Address(P.DECIDE, arguments=certificate("restored"), post=302, form=act("restored")),
    "certificates:withdraw": Address(
        P.WITHDRAW,
        arguments=certificate("withdrawn"),
        post=302,
        form=confirmed("withdrawn"),
    ),
    "organisations:list": Address(P.VIEW),
    "organisations:pick": Address(P.VIEW),
    "certificates:record_audit": Address(
        P.PREPARE,
        arguments=certificate("shown"),
        post=302,
        form=lambda place: {
            "version": place.version("shown"),
            "kind": "surveillance",
            "audit_date": today().isoformat(),
            "audit_team": "Ana Vale",
        },
    ),
    "certificates:verify_findings": Address(P.PREPARE, arguments=certificate("shown"), post=422),
    "certificates:confirm-withdraw": Address(
        P.WITHDRAW,
        arguments=certificate("proposed"),
        post=302,
        form=lambda place: {"proposed_at": place.proposed_at("proposed")},
    ),
    "certificates:confirm-void": Address(
        P.DECIDE,
        arguments=certificate("void-proposed"),
        post=302,
        form=lambda place: {"proposed_at": place.proposed_at("void-proposed")},
    ),
    "certificates:decline-void": Address(
        P.DECIDE,
        arguments=certificate("void-declined"),
        get=None,
        post=302,
        form=lambda place: {"proposed_at": place.proposed_at("void-declined"), "reason": "Walked through by a test."},
    ),
    "certificates:decline-withdraw": Address(
        P.WITHDRAW,
        arguments=certificate("declined"),
        get=None,
        post=302,
        form=lambda place: {"proposed_at": place.proposed_at("declined"), "reason": "Walked through by a test."},
    ),
    "organisations:detail": Address(P.VIEW, arguments=client("edited")),
    "organisations:to_revise": Address(P.VIEW, arguments=client("edited")),
    "organisations:new": Address(P.PREPARE, post=302, form=lambda place: client_form(f"{place.name} walked")),
    "organisations:edit": Address(
        P.PREPARE,
        arguments=client("edited"),
        post=302,
        form=lambda place: client_form(f"{place.name} edited", version="1", notes=""),
    ),
    "organisations:merge": Address(P.PREPARE, arguments=client("merged")),
    "organisations:merge_into": Address(
        P.PREPARE,
        arguments=lambda place, role: [place.client("merged"), place.client("kept")],
        post=302,
        form=lambda place: {"source_version": "1", "target_version": "1"},
    ),
    "organisations:part": Address(P.PREPARE, arguments=client("merged"), get=None, post=302),
    "anchoring:batches": Address(P.READ_CHAIN),
    "anchoring:batch": Address(P.READ_CHAIN, arguments=lambda place, role: [place.batch_id]),
    "accounts:login": Address(
        post=302, form=lambda place: {"email": place.staff["viewer"].email, "password": PASSWORD}
    ),
    "accounts:sessions": Address(P.VIEW),
    "accounts:revoke": Address(P.VIEW, arguments=lambda place, role: [place.another_session(role)], get=None, post=302),
    "accounts:revoke_others": Address(P.VIEW, get=None, post=302),
    "accounts:password": Address(P.VIEW, post=302, form=new_password),
    "accounts:logout": Address(P.VIEW, get=None, post=302),
}
