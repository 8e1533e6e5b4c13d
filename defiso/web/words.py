"""The words, tone and icon of every state a person can see, as tables read in one screen.

Sentences about one certificate are made by ``verification``; nothing here looks at data.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """What a badge or verdict shows; ``tone`` is ok, warn, stop, wait or neutral and picks the colour."""

    word: str
    tone: str
    icon: str


# Amber is "not valid now, may be again"; red is "ended, or never was".
STATES = {
    "draft": Words("Draft", "neutral", "pencil"),
    "under_review": Words("Under review", "neutral", "eye"),
    "refused": Words("Refused", "neutral", "cross"),
    "active": Words("Active", "ok", "check"),
    "suspended": Words("Suspended", "warn", "pause"),
    "expired": Words("Expired", "warn", "clock"),
    "withdrawn": Words("Withdrawn", "stop", "cross"),
    "cancelled": Words("Cancelled", "stop", "cross"),
    "void": Words("Void", "stop", "cross"),
    "transferred_out": Words("Transferred out", "neutral", "arrow"),
    "valid": Words("Valid", "ok", "check"),
    "pending_anchor": Words("Valid, anchoring", "wait", "hourglass"),
    "could_not_check": Words("Could not check", "warn", "question"),
    "not_genuine": Words("Not genuine", "stop", "cross"),
}

RESULTS = {
    "pass": Words("Passed", "ok", "check"),
    "fail": Words("Failed", "stop", "cross"),
    "unknown": Words("Could not check", "warn", "question"),
    "pending": Words("In progress", "wait", "hourglass"),
}

# Never green: nobody but the body itself has said so.
ACCREDITATION_LEVELS = {
    "claimed": Words("Claimed by the body", "neutral", "info"),
    "none": Words("None known", "neutral", "dash"),
}

BATCH_STATES = {
    "collecting": Words("Collecting", "wait", "hourglass"),
    "sealed": Words("Sealed", "wait", "hourglass"),
    "signed": Words("Signed", "wait", "hourglass"),
    "sent": Words("Sent", "wait", "hourglass"),
    "mined": Words("Mined", "wait", "hourglass"),
    "final": Words("Final", "ok", "check"),
    "proofs_written": Words("Anchored", "ok", "check"),
    "proven": Words("Anchored", "ok", "check"),
    "anchored": Words("Anchored", "ok", "check"),
    "failed": Words("Failed", "stop", "cross"),
}

MESSAGE_LEVELS = {
    "success": Words("Done", "ok", "check"),
    "info": Words("Note", "neutral", "info"),
    "warning": Words("Take care", "warn", "warning"),
    "error": Words("Problem", "stop", "cross"),
    "debug": Words("Debug", "neutral", "info"),
}


class Refusal(NamedTuple):
    """The title of an error page, its sentence when the refusal brings none, and what to do next."""

    title: str
    sentence: str
    advice: str


REFUSALS = {
    400: Refusal(
        "We did not understand that",
        "Your browser sent something we could not read.",
        "Go back and try again. If you typed the address, check it.",
    ),
    403: Refusal(
        "You may not do that",
        "Your account does not have the permission this page needs.",
        "If you think it should, ask an owner of your registry to change your role.",
    ),
    404: Refusal(
        "There is nothing here",
        "The address may be mistyped, or the page may have moved.",
        "Check the address, or start again from the home page.",
    ),
    405: Refusal(
        "That address works differently",
        "The page was asked for in a way it does not accept.",
        "Go back and use the button on the page.",
    ),
    409: Refusal(
        "That cannot be done now",
        "The record is in a state that does not allow it, or somebody changed it meanwhile.",
        "Go back, look at the record as it is now, and decide again. Nothing was changed.",
    ),
    413: Refusal(
        "That is too large",
        "What was sent has more in it than this registry reads at once.",
        "Go back and send less of it. Nothing was changed.",
    ),
    422: Refusal(
        "Something needs correcting",
        "Some of what was sent is missing or not possible.",
        "Go back, correct it and send it again. Nothing was changed.",
    ),
    429: Refusal(
        "Too many attempts",
        "There were too many attempts in a short time.",
        "Wait a little and try again.",
    ),
    500: Refusal(
        "Something went wrong on our side",
        "This is our mistake, not yours, and it has been recorded.",
        "Try again in a minute. If it happens again, tell us the reference below.",
    ),
    503: Refusal(
        "Not available just now",
        "A part of the service we need is not answering.",
        "Certificates are not affected. Try again in a minute.",
    ),
}


def refusal_of(status: int) -> Refusal:
    """The words for an HTTP status; an unlisted one is described as the nearest round one."""
    return REFUSALS.get(status) or REFUSALS[500 if status >= 500 else 400]
