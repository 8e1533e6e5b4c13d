"""``python -m tests.independent.making``: what the verifiers are shown, made through the services."""

import django

BODY, STRANGER = "acme", "globex"
GENUINE, NEIGHBOUR, RESTORED, SUSPENDED, WITHDRAWN = (
    "GENUINE-1",
    "NEIGHBOUR-1",
    "RESTORED-1",
    "SUSPENDED-1",
    "WITHDRAWN-1",
)
NUMBERS = (GENUINE, NEIGHBOUR, RESTORED, SUSPENDED, WITHDRAWN)


def make() -> None:
    from defiso.certificates.acts.restore import restore_certificate
    from defiso.certificates.states import Status
    from tests.certificates.making import ISSUER, make_certificate
    from tests.staff import make_tenant

    body = make_tenant(BODY)
    make_certificate(make_tenant(STRANGER), number=GENUINE)
    statuses = dict.fromkeys(NUMBERS, Status.ACTIVE)
    statuses |= {RESTORED: Status.SUSPENDED, SUSPENDED: Status.SUSPENDED, WITHDRAWN: Status.WITHDRAWN}
    for number, status in statuses.items():
        make_certificate(body, number=number, status=status)
    restore_certificate(tenant=body, actor=ISSUER, number=RESTORED, reason="The audit took place.")


if __name__ == "__main__":
    django.setup()
    make()
