"""Every event there is, by name. What a page calls it is said beside the screens."""

from enum import StrEnum


class Action(StrEnum):
    CERTIFICATE_DRAFTED = "certificate.drafted"
    CERTIFICATE_EDITED = "certificate.edited"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_IMPORTED = "certificate.imported"
    CERTIFICATE_SUSPENDED = "certificate.suspended"
    CERTIFICATE_RESTORED = "certificate.restored"
    CERTIFICATE_WITHDRAWN = "certificate.withdrawn"
    DEVICE_LOCKED_OUT = "device.locked_out"
    DOCUMENTS_DOWNLOADED = "documents.downloaded"
    KEY_CREATED = "key.created"
    KEY_ENDORSED = "key.endorsed"
    KEY_RETIRED = "key.retired"
    NETWORK_LOCKED_OUT = "network.locked_out"
    ORGANISATION_CHANGED = "organisation.changed"
    ORGANISATION_CREATED = "organisation.created"
    ORGANISATION_MERGED = "organisation.merged"
    ORGANISATION_PARTED = "organisation.parted"
    PLATFORM_RESTORE_ACCEPTED = "platform.restore_accepted"
    PLATFORM_STANDARDS_LOADED = "platform.standards_loaded"
    SESSION_OTHERS_REVOKED = "session.others_revoked"
    SESSION_REVOKED = "session.revoked"
    TENANT_CREATED = "tenant.created"
    TENANT_MARK_SET = "tenant.mark_set"
    TENANT_REINSTATED = "tenant.reinstated"
    TENANT_SUSPENDED = "tenant.suspended"
    USER_CREATED = "user.created"
    USER_DEACTIVATED = "user.deactivated"
    USER_LOCKED_OUT = "user.locked_out"
    USER_LOG_IN_FAILED = "user.log_in_failed"
    USER_LOGGED_IN = "user.logged_in"
    USER_LOGGED_OUT = "user.logged_out"
    USER_PASSWORD_CHANGE_FAILED = "user.password_change_failed"  # noqa: S105  an event
    USER_PASSWORD_CHANGED = "user.password_changed"  # noqa: S105  an event
    USER_PASSWORD_RESET = "user.password_reset"  # noqa: S105  an event
    USER_REACTIVATED = "user.reactivated"
    USER_RENAMED = "user.renamed"
    USER_ROLE_CHANGED = "user.role_changed"
