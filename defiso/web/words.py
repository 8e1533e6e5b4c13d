"""The words, tone and icon of every state a person can see, as tables read in one screen.

Sentences about one certificate are made by ``verification``; nothing here looks at data.
"""

from typing import NamedTuple


class Look(NamedTuple):
    """What a badge or verdict shows; ``tone`` is ok, warn, stop, wait or neutral and picks the colour."""

    word: str
    tone: str
    icon: str


# Amber is "not valid now, may be again"; red is "ended, or never was".
STATES = {
    "draft": Look("Draft", "neutral", "pencil"),
    "under_review": Look("Under review", "neutral", "eye"),
    "refused": Look("Refused", "neutral", "cross"),
    "active": Look("Active", "ok", "check"),
    "suspended": Look("Suspended", "warn", "pause"),
    "expired": Look("Expired", "warn", "clock"),
    "withdrawn": Look("Withdrawn", "stop", "cross"),
    "cancelled": Look("Cancelled", "stop", "cross"),
    "void": Look("Void", "stop", "cross"),
    "transferred_out": Look("Transferred out", "neutral", "arrow"),
    "valid": Look("Valid", "ok", "check"),
    "pending_anchor": Look("Valid, anchoring", "wait", "hourglass"),
    "could_not_check": Look("Could not check", "warn", "question"),
    "not_genuine": Look("Not genuine", "stop", "cross"),
}

RESULTS = {
    "pass": Look("Passed", "ok", "check"),
    "fail": Look("Failed", "stop", "cross"),
    "unknown": Look("Could not check", "warn", "question"),
    "pending": Look("In progress", "wait", "hourglass"),
}

# Never green: nobody but the body itself has said so.
ACCREDITATION_LEVELS = {
    "claimed": Look("Claimed by the body", "neutral", "info"),
    "none": Look("None known", "neutral", "dash"),
}

BATCH_STATES = {
    "collecting": Look("Collecting", "wait", "hourglass"),
    "sealed": Look("Sealed", "wait", "hourglass"),
    "signed": Look("Signed", "wait", "hourglass"),
    "sent": Look("Sent", "wait", "hourglass"),
    "mined": Look("Mined", "wait", "hourglass"),
    "final": Look("Final", "ok", "check"),
    "proofs_written": Look("Anchored", "ok", "check"),
    "proven": Look("Anchored", "ok", "check"),
    "anchored": Look("Anchored", "ok", "check"),
    "failed": Look("Failed", "stop", "cross"),
}

MESSAGE_LEVELS = {
    "success": Look("Done", "ok", "check"),
    "info": Look("Note", "neutral", "info"),
    "warning": Look("Take care", "warn", "warning"),
    "error": Look("Problem", "stop", "cross"),
    "debug": Look("Debug", "neutral", "info"),
}


class ErrorWords(NamedTuple):
    """The title of an error page, its sentence when the refusal brings none, and what to do next."""

    title: str
    sentence: str
    advice: str


REFUSALS = {
    400: ErrorWords(
        "We did not understand that",
        "Your browser sent something we could not read.",
        "Go back and try again. If you typed the address, check it.",
    ),
    403: ErrorWords(
        "You may not do that",
        "Your account does not have the permission this page needs.",
        "If you think it should, ask an owner of your registry to change your role.",
    ),
    404: ErrorWords(
        "There is nothing here",
        "The address may be mistyped, or the page may have moved.",
        "Check the address, or start again from the home page.",
    ),
    405: ErrorWords(
        "That address works differently",
        "The page was asked for in a way it does not accept.",
        "Go back and use the button on the page.",
    ),
    409: ErrorWords(
        "That cannot be done now",
        "The record is in a state that does not allow it, or somebody changed it meanwhile.",
        "Go back, look at the record as it is now, and decide again. Nothing was changed.",
    ),
    413: ErrorWords(
        "That is too large",
        "What was sent has more in it than this registry reads at once.",
        "Go back and send less of it. Nothing was changed.",
    ),
    422: ErrorWords(
        "Something needs correcting",
        "Some of what was sent is missing or not possible.",
        "Go back, correct it and send it again. Nothing was changed.",
    ),
    429: ErrorWords(
        "Too many attempts",
        "There were too many attempts in a short time.",
        "Wait a little and try again.",
    ),
    500: ErrorWords(
        "Something went wrong on our side",
        "This is our mistake, not yours, and it has been recorded.",
        "Try again in a minute. If it happens again, tell us the reference below.",
    ),
    503: ErrorWords(
        "Not available just now",
        "A part of the service we need is not answering.",
        "Certificates are not affected. Try again in a minute.",
    ),
}


def refusal_of(status: int) -> ErrorWords:
    """The words for an HTTP status; an unlisted one is described as the nearest round one."""
    return REFUSALS.get(status) or REFUSALS[500 if status >= 500 else 400]
