"""A log as files for whoever follows it, and as pages for people: of the host's body, on the apex the platform's."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from defiso.core.canonical import sha256
from defiso.verification.log.files import name_of, read_file
from defiso.verification.log.forms import CheckpointsForm, EntryForm
from defiso.verification.log.presentation import present_checkpoint, present_entry, present_log
from defiso.verification.log.proofs import (
    prove_consistency,
    prove_inclusion,
    require_entry,
    write_consistency,
    write_inclusion,
)
from defiso.verification.log.signed import Log, Signed, find_checkpoint, newest_checkpoint
from defiso.verification.log.steps import walk_consistency, walk_inclusion
from defiso.web.compression import compress
from defiso.web.open_to_all import IMMUTABLE, open_to_all

TEXT = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint as a signed note (c2sp.org/tlog-checkpoint)."""
    return _file(request, newest_checkpoint(_log(request)).note.encode(), TEXT, cache_control="no-cache")


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The verifier keys (c2sp.org/signed-note), one a line: the log's own, and last the one that cosigns."""
    lines = "".join(f"{key.text}\n" for key in _log(request).keys)
    return _file(request, lines.encode(), TEXT, cache_control="no-cache")


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or a bundle of entries (c2sp.org/tlog-tiles); what is answered once never changes."""
    name = name_of(path)
    octets = read_file(_log(request), name)
    return _file(request, octets, OCTETS, cache_control=IMMUTABLE, worth_packing=name.level is None)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint in plain words, those that were kept, and the way to a check of either kind."""
    entry = EntryForm(request.GET if "position" in request.GET else None)
    pair = CheckpointsForm(request.GET if {"older", "newer"} & request.GET.keys() else None)
    if entry.is_valid():
        return redirect("log:inclusion", entry.cleaned_data["position"])
    if pair.is_valid():
        return redirect("log:consistency", pair.cleaned_data["older"], pair.cleaned_data["newer"])
    status = 422 if entry.is_bound or pair.is_bound else 200
    log = _log(request)
    shown = present_log(log, cursor=request.GET.get("cursor"))
    return render(request, "log/page.html", shown | {"entry_form": entry, "pair_form": pair}, status=status)


@require_safe
def inclusion(request: HttpRequest, position: int) -> HttpResponse:
    """The check of one entry; ``?event=`` is the digest of the event that is thought to be there."""
    log = _log(request)
    newest = newest_checkpoint(log)
    require_entry(newest, position)
    walked = walk_inclusion(log, newest, position, event_digest=request.GET.get("event", "")[:64])
    entry = present_entry(walked.inclusion.entry) if walked.inclusion else None
    context = {"log": log, "position": position, "newest": present_checkpoint(newest), "walked": walked, "entry": entry}
    return render(request, "log/inclusion.html", context)


@require_safe
def inclusion_json(request: HttpRequest, position: int) -> HttpResponse:
    log = _log(request)
    return _json(write_inclusion(log, prove_inclusion(log, newest_checkpoint(log), position)))


@require_safe
def consistency(request: HttpRequest, one: int, another: int) -> HttpResponse:
    """The check of two checkpoints, whichever is named first."""
    log = _log(request)
    older, newer = _pair(log, one, another)
    context = {"log": log, "walked": walk_consistency(log, older, newer)}
    checkpoints = {"older": present_checkpoint(older), "newer": present_checkpoint(newer)}
    return render(request, "log/consistency.html", context | checkpoints)


@require_safe
def consistency_json(request: HttpRequest, one: int, another: int) -> HttpResponse:
    log = _log(request)
    return _json(write_consistency(log, prove_consistency(log, *_pair(log, one, another))))


def _pair(log: Log, one: int, another: int) -> tuple[Signed, Signed]:
    older, newer = sorted((one, another))
    return find_checkpoint(log, older), find_checkpoint(log, newer)


def _log(request: HttpRequest) -> Log:
    return Log(request.tenant)  # type: ignore[attr-defined]  # the tenant's middleware gives every request one, or None


def _file(
    request: HttpRequest, octets: bytes, content_type: str, *, cache_control: str, worth_packing: bool = False
) -> HttpResponse:
    """Any page may read it; whoever has it already is told so."""
    etag = f'"{sha256(octets).hex()[:32]}"'
    response = HttpResponse(octets, content_type=content_type, headers={"ETag": etag})
    open_to_all(response, cache_control=cache_control)
    if worth_packing:
        compress(request, response)
    return get_conditional_response(request, etag=etag, response=response) or response


def _json(proof: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(proof, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{proof["type"]}.json"'
    return open_to_all(response, cache_control="no-cache")
