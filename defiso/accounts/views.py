"""Log-in and log-out, the password, and one's own sessions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from defiso.accounts import authentication, sessions
from defiso.accounts.access import open_to_anyone, requires, safe_next
from defiso.accounts.cookies import clear_cookie, read_device_cookie, set_cookie, set_device_cookie
from defiso.accounts.forms import NOT_RIGHT, ChangePasswordForm, LogInForm
from defiso.accounts.presentation import present_sessions
from defiso.accounts.requests import LogInRequest, StaffRequest
from defiso.core.permissions import Permission


@open_to_anyone
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def log_in(request: LogInRequest) -> HttpResponse:
    if request.method != "POST":
        back = safe_next(request.GET.get("next", ""))
        if request.staff:
            return redirect(back)
        return render(request, "accounts/login.html", {"form": LogInForm(initial={"next": back})})
    form = LogInForm(request.POST)
    begun = form.is_valid() and authentication.log_in(
        tenant=request.tenant,
        actor=request.actor,
        email=form.cleaned_data["email"],
        password=form.cleaned_data["password"],
        device=read_device_cookie(request),
        replaces=request.session_record,
    )
    if not begun:
        if not form.errors:
            form.add_error(None, NOT_RIGHT)
        return render(request, "accounts/login.html", {"form": form}, status=422)
    return _go_on(request, begun, safe_next(form.cleaned_data["next"]))


@require_POST
@requires(Permission.VIEW)
def log_out(request: StaffRequest) -> HttpResponse:
    authentication.log_out(tenant=request.tenant, actor=request.actor, session=request.session_record)
    response = redirect("accounts:login")
    clear_cookie(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW)
@sensitive_post_parameters("current", "new", "repeated")
def change_password(request: StaffRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, email=request.staff.email)
    if not form.is_bound:
        return render(request, "accounts/password.html", {"form": form})
    begun = form.is_valid() and authentication.change_password(
        tenant=request.tenant,
        actor=request.actor,
        user=request.staff,
        current=form.cleaned_data["current"],
        new=form.cleaned_data["new"],
        device=read_device_cookie(request),
        replaces=request.session_record,
    )
    if not begun:
        if not form.errors:
            form.add_error("current", "This is not your current password.")
        return render(request, "accounts/password.html", {"form": form}, status=422)
    messages.success(request, "Your password is changed. All your other sessions have ended.")
    return _go_on(request, begun, "accounts:sessions")


@require_safe
@requires(Permission.VIEW)
def list_sessions(request: StaffRequest) -> HttpResponse:
    rows = sessions.list_sessions(tenant=request.tenant, user=request.staff)
    return render(request, "accounts/sessions.html", {"sessions": present_sessions(rows, request.session_record.key)})


@require_POST
@requires(Permission.VIEW)
def revoke_session(request: StaffRequest, key: str) -> HttpResponse:
    sessions.revoke_session(tenant=request.tenant, user=request.staff, actor=request.actor, key=key)
    messages.success(request, "That session has ended.")
    return redirect("accounts:sessions")


@require_POST
@requires(Permission.VIEW)
def revoke_others(request: StaffRequest) -> HttpResponse:
    begun = authentication.end_other_sessions(
        tenant=request.tenant, actor=request.actor, user=request.staff, replaces=request.session_record
    )
    messages.success(request, "All your other sessions have ended.")
    return _go_on(request, begun, "accounts:sessions")


def _go_on(request: HttpRequest, begun: authentication.Begun, where: str) -> HttpResponse:
    """On with the new session; the CSRF secret is new too, so that nobody who planted the old one can use it."""
    rotate_token(request)
    response = redirect(where)
    set_cookie(response, begun.cookie)
    if begun.device:
        set_device_cookie(response, begun.device)
    return response
