"""What the last full check of a log said, for people. Nothing rests on it: whoever can write rows can write it."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from defiso.store.items import AuditItem, WholeNumber

LAST_CHECK = "LOG#LAST-CHECK"


class LastCheck(AuditItem):
    """``PK TENANT#<slug>, SK LOG#LAST-CHECK``. ``told`` are the first sentences; ``everywhere`` counts what was found
    in all logs together and is on the platform's row alone, which ends a round.
    """

    finished_at = UnicodeAttribute()
    events = WholeNumber()
    findings = WholeNumber()
    told = JSONAttribute(null=True)
    everywhere = WholeNumber(null=True)
