"""What this registry refuses and why: each rule with its clause, its sentence, and an example of both sides.

The public page ``/rules`` shows it, and whatever refuses an act names its rule from here. The judgements are in
``guards`` and ``cycles``; which acts lead where is in ``acts.table``.
"""

from dataclasses import dataclass

ISO = "ISO/IEC 17021-1:2015"


@dataclass(frozen=True)
class Rule:
    """``refused`` and ``allowed`` are an example of each side, as a person would tell them."""

    code: str
    clause: str
    sentence: str
    refused: str
    allowed: str

    def says(self, sentence: str) -> str:
        """A refusal under this rule: the sentence with its clause."""
        return f"{sentence.rstrip('.')} ({self.clause})."


ARROWS = Rule(
    "arrows",
    f"{ISO}, 9.5 and 9.6",
    "An act is possible only from the statuses that it starts from.",
    "A certificate that was never suspended is restored.",
    "A suspended certificate is restored.",
)
FINAL = Rule(
    "final",
    f"{ISO}, 9.6.5",
    "Withdrawn, cancelled, void and transferred out are final: nothing leads out of them.",
    "A withdrawn certificate is restored.",
    "The client applies again and is given a certificate with a new number.",
)
COMPLETE = Rule(
    "complete",
    f"{ISO}, 8.2.2",
    "Nothing is submitted or issued before it says everything that a certificate has to say.",
    "A draft without a scope is submitted.",
    "A draft with name, address, standard, scope and dates is submitted.",
)
IMPARTIAL = Rule(
    "impartial",
    f"{ISO}, 9.5.1",
    "Whoever took part in an audit of a certificate takes no decision on it: by account, and by name however written.",
    "The lead auditor is logged in and issues the certificate.",
    "A decision-maker who was in no audit of it issues the certificate.",
)
EFFECTIVE = Rule(
    "effective",
    f"{ISO}, 8.2.2",
    "A certificate takes effect on the day of the decision or later, and is issued on that day or later.",
    "Decided on 2 March, effective from 1 March.",
    "Decided on 2 March, effective from 2 March.",
)
FIRST_CYCLE = Rule(
    "first_cycle",
    f"{ISO}, 9.1.3.2",
    "A cycle lasts three years at most; of a recertification whose last expiry is unknown up to half a year longer.",
    "Effective from 2 March 2026, expiring on 3 March 2029.",
    "Effective from 2 March 2026, expiring on 2 March 2029.",
)
MAJOR_OPEN = Rule(
    "major_open",
    f"{ISO}, 9.5.2",
    "Nothing is decided while a major nonconformity is open.",
    "A major finding of stage 2 has no date on which its correction was verified.",
    "The correction of the major finding was verified on 1 April; minor ones may be open.",
)
STAGE_2_ANEW = Rule(
    "stage_2_anew",
    f"{ISO}, 9.5.3.2",
    "If a major of a stage 2 is not verified within six months of its last day, another stage 2 comes first.",
    "Stage 2 ended on 10 February; its major was verified on 11 August.",
    "Stage 2 ended on 10 February; its major was verified on 10 August.",
)
REASON = Rule(
    "reason",
    f"{ISO}, 9.9.2",
    "What takes a certificate back, pauses it, changes it or gives it up says why, and the reason is kept.",
    "A suspension without a reason.",
    "A suspension because the surveillance audit is overdue.",
)
REVIEW = Rule(
    "review",
    f"{ISO}, 9.6.5",
    "A suspension names a day after today to look at it again; over six months away only with a written justification.",
    "Suspended for eight months without a justification.",
    "Suspended for six months.",
)
CHANGED = Rule(
    "changed",
    f"{ISO}, 9.6.4",
    "A revision says something else than the one it replaces; its period stays as it is.",
    "A revision with the same name, address, scope and sites.",
    "A revision with a site more.",
)
REDUCED = Rule(
    "reduced",
    f"{ISO}, 9.6.5",
    "A certificate restored with a reduced scope says another scope or fewer sites, and no site that it had not.",
    "Restored with reduced scope, and with a new site.",
    "Restored with reduced scope, without the site that failed.",
)
RECERTIFICATION = Rule(
    "recertification",
    f"{ISO}, 9.6.3.1",
    "A cycle is renewed or restored on a recertification audit that ended within that cycle or since, by today.",
    "Renewed on an audit of four years ago.",
    "Renewed on a recertification audit of last month.",
)
RENEWED = Rule(
    "renewed",
    f"{ISO}, 9.6.3.2.3",
    "A renewed certificate expires at most three years after the expiry before.",
    "Expiring on 1 March 2027, renewed until 2 March 2030.",
    "Expiring on 1 March 2027, renewed in January 2027 until 1 March 2030.",
)
NO_EXTENSION = Rule(
    "no_extension",
    f"{ISO}, 9.6.3.2.4",
    "Where the recertification is not finished in time, the certificate expires: its validity is never extended.",
    "A revision of the scope with a later expiry.",
    "A recertification decided on before the certificate expires.",
)
RESTORED = Rule(
    "restored",
    f"{ISO}, 9.6.3.2.5",
    "Within six months of its expiry a certificate can be restored: it takes effect on the day of the decision or "
    "later, and expires by the cycle before.",
    "Expired on 1 March; restored on 2 September.",
    "Expired on 1 March; restored on 1 September, expiring three years after 1 March.",
)
LAPSED = Rule(
    "lapsed",
    f"{ISO}, 9.6.3.2.5",
    "Later than that it takes at least a stage 2 after the expiry, and a new cycle of three years from the decision.",
    "Expired a year ago; certified again on a surveillance audit.",
    "Expired a year ago; certified again on a stage 2 of last month.",
)
LAPSE_SHOWN = Rule(
    "lapse_shown",
    f"{ISO}, 8.2.2",
    "A certificate that had lapsed prints the last expiry beside the date on which it was certified again.",
    "Certified again, and only the original certification date on the document.",
    "Certified again, with the last expiry and the date of the recertification on the document.",
)
TRANSFER_OUT = Rule(
    "transfer_out",
    "IAF MD 2:2023, 2.1",
    "Only a certificate in force is transferred to another body, not a suspended one.",
    "A suspended certificate is transferred out.",
    "An active certificate is transferred out.",
)
TRANSFER_IN = Rule(
    "transfer_in",
    "IAF MD 2:2023, 2.2",
    "A certificate taken over names the body it comes from, its number there, and the review before the transfer.",
    "A transfer without a date of its review.",
    "A transfer reviewed before the decision.",
)

RULES = (
    *(ARROWS, FINAL, COMPLETE, IMPARTIAL, EFFECTIVE, FIRST_CYCLE, MAJOR_OPEN, STAGE_2_ANEW, REASON, REVIEW),
    *(CHANGED, REDUCED, RECERTIFICATION, RENEWED, NO_EXTENSION, RESTORED, LAPSED, LAPSE_SHOWN),
    *(TRANSFER_OUT, TRANSFER_IN),
)
