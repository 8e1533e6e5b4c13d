"""What a process keeps in memory for a minute, forgotten: between tests, and in one that changes what is stored."""

from defiso.anchoring.proofs import forget_anchored_rows
from defiso.anchoring.witness import forget_witness
from defiso.auditing.daily import forget_last_checks
from defiso.certificates.standards import forget_standards
from defiso.credentials.notes import forget_checked_notes
from defiso.credentials.platform_map import forget_platform_map
from defiso.credentials.services import forget_cached_keys, forget_checked_contents
from defiso.credentials.status_entries import forget_claimed_entries
from defiso.tenants.services import forget_cached_tenants
from defiso.transparency.appending import forget_appended
from defiso.transparency.covered import forget_covered_tiles
from defiso.transparency.map_rows import forget_map_nodes
from defiso.verification.answers import forget_answers
from defiso.verification.evidence import forget_checked_evidence
from defiso.verification.history import forget_history
from defiso.verification.log.files import forget_bundles
from defiso.verification.newest import forget_floors
from defiso.verification.pack.contents import forget_packs
from defiso.verification.statements import forget_statements
from defiso.verification.status_lists import forget_status_lists


def forget_everything() -> None:
    forget_standards()
    forget_packs()
    forget_anchored_rows()
    forget_last_checks()
    forget_cached_tenants()
    forget_cached_keys()
    forget_checked_contents()
    forget_claimed_entries()
    forget_status_lists()
    forget_checked_evidence()
    forget_history()
    forget_appended()
    forget_checked_notes()
    forget_floors()
    forget_witness()
    forget_platform_map()
    forget_map_nodes()
    forget_covered_tiles()
    forget_bundles()
    forget_answers()
    forget_statements()
