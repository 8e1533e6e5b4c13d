"""The staff's certificate pages, under ``/staff/certificates/``. Links name a certificate by its slug."""

from django.urls import path

from defiso.certificates.acts.table import ACTS, EDIT
from defiso.certificates.staff import audit_views, sites, views, writing
from defiso.certificates.staff.proposal_views import confirming, declining

app_name = "certificates"
BY_TWO = [act for act in ACTS if act.second_person]

# A path, as numbers may be written with slashes; the page itself comes last, since it matches all the others.
urlpatterns = [
    path("", views.list_page, name="list"),
    path("new", writing.new, name="new"),
    path("<path:number>/edit", writing.edit, name="edit"),
    path("<path:number>/edit/sites", sites.list_page, name="sites"),
    path("<path:number>/edit/sites/paste", sites.paste, name="paste_sites"),
    path("<path:number>/edit/sites/<int:position>", sites.site, name="site"),
    path("<path:number>/edit/<str:section>", writing.write, name="write"),
    *(path(f"<path:number>/{act.verb}", views.view_of(act), name=act.verb) for act in ACTS if act is not EDIT),
    *(path(f"<path:number>/{act.verb}/confirm", confirming(act), name=f"confirm-{act.verb}") for act in BY_TWO),
    *(path(f"<path:number>/{act.verb}/decline", declining(act), name=f"decline-{act.verb}") for act in BY_TWO),
    path("<path:number>/record-audit", audit_views.record, name="record_audit"),
    path("<path:number>/verify-findings", audit_views.verify, name="verify_findings"),
    path("<path:number>", views.detail, name="detail"),
]
