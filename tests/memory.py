"""What a process keeps in memory for a minute, forgotten: between tests, and in one that changes what is stored."""

from defiso.credentials.services import forget_cached_keys
from defiso.tenants.services import forget_cached_tenants
from defiso.verification.evidence import forget_checked_evidence
from defiso.verification.history import forget_history


def forget_everything() -> None:
    forget_cached_tenants()
    forget_cached_keys()
    forget_checked_evidence()
    forget_history()
