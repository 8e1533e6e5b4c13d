"""``manage.py set_policy SLUG …``: what a body has chosen for its own registry."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from defiso.audit.actors import OPERATOR
from defiso.certificates.acts.table import ACTS
from defiso.certificates.second_person import BY_POLICY
from defiso.documents.sheet import PAPERS
from defiso.management.refusals import saying_why
from defiso.tenants.policy import POLICIES, set_policy

BY_TWO = [act.verb for act in ACTS if act.second_person == BY_POLICY]
YES_OR_NO = {"yes": True, "no": False}


class Command(BaseCommand):
    help = "Set what a body has chosen. What is not named stays as it is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument(
            "--two-persons",
            nargs="*",
            choices=BY_TWO,
            metavar="ACT",
            help=f"acts that one person proposes and another confirms, of: {', '.join(BY_TWO)}; none named: none",
        )
        parser.add_argument(
            "--browsable",
            choices=YES_OR_NO,
            help="whether its certificates are in lists by organisation; if not, an exact number alone finds one",
        )
        parser.add_argument("--paper", dest="paper_size", choices=PAPERS, help="of its printed certificates")
        parser.add_argument("--print-name", help="its name as printed on certificates; empty: its own")
        parser.add_argument("--postal-address", help="its address as printed on certificates; empty: none")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        chosen = {name: options[name] for name in POLICIES if options[name] is not None}
        if "browsable" in chosen:
            chosen["browsable"] = YES_OR_NO[chosen["browsable"]]
        if not chosen:
            raise CommandError("Say what to set, such as --two-persons withdraw.")
        with saying_why():
            tenant = set_policy(actor=OPERATOR, slug=slug, chosen=chosen)
        for name in chosen:
            value = getattr(tenant, name)
            said = ", ".join(value) or "none" if isinstance(value, list) else value
            said = {True: "yes", False: "no"}.get(value, said) if isinstance(value, bool) else said
            self.stdout.write(f"{tenant.name}: {name.replace('_', ' ')}: {said or 'none'}")
        if "browsable" in chosen:
            self.stdout.write(f"Every process knows within a minute. Then run: manage.py relist_certificates {slug}")
