"""``manage.py create_tenant``: a certification body's space, with its first signing key, in one transaction."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from defiso.audit.actors import OPERATOR
from defiso.credentials.services import create_signing_key
from defiso.management.refusals import saying_why
from defiso.tenants.services import create_tenant, origin_of

OPTIONAL = {
    "accent": "its colour, such as #0f5f63",
    "introduction": "a few sentences for its portal",
    "website": "its own web address",
    "contact_email": "where the public can ask it",
    "accreditation_body": "who accredits it",
    "accreditation_number": "under which number",
    "print_name": "its name as printed on certificates, where that is another",
    "postal_address": "its address as printed on certificates",
    "paper_size": "what its certificates are printed on: a4 (the default) or letter",
}


class Command(BaseCommand):
    help = "Create a tenant. Asks for the slug and the name if they are not given."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", default="", help="its part of the address: acme for acme.<BASE_DOMAIN>")
        parser.add_argument("--name", default="", help="its name as printed on certificates")
        for option, meaning in OPTIONAL.items():
            parser.add_argument(f"--{option.replace('_', '-')}", default="", help=meaning)

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"] or input("Slug, its part of the address: ").strip()
        name = options["name"] or input("Name, as printed on certificates: ").strip()
        with saying_why():
            tenant = create_tenant(
                actor=OPERATOR,
                slug=slug,
                name=name,
                **{option: options[option] for option in OPTIONAL},
                also=lambda writes, tenant: create_signing_key(tenant=tenant, writes=writes, actor=OPERATOR),
            )
        self.stdout.write(f"{tenant.name} is at {origin_of(tenant)}/ and its staff at {origin_of(tenant)}/staff/")
