"""A body's public pages: ``/certificates/<number>`` and the evidence beside it."""

from django.urls import path

from defiso.verification import paper_views, views
from defiso.verification.pack import views as pack

app_name = "verification"
urlpatterns = [
    path("", views.look_up, name="lookup"),
    path("<path:number>/verdict.json", views.verdict, name="verdict"),
    path("<path:number>/credential.json", views.credential, name="credential"),
    path("<path:number>/proof.json", views.proof, name="proof"),
    path("<path:number>/never-issued.json", views.never_issued, name="never_issued"),
    path("<path:number>/proof-pack.zip", pack.archive, name="pack"),
    path("<path:number>/proof-pack.json", pack.as_json, name="pack_json"),
    path("<path:number>/check", pack.check, name="check"),
    path("<path:number>/statement.json", views.statement, name="statement"),
    path("<path:number>/revisions/<int:revision>/certificate.pdf", paper_views.certificate_pdf, name="revision_pdf"),
    path("<path:number>/certificate.pdf", paper_views.certificate_pdf, name="pdf"),
    path("<path:number>/revisions/<int:revision>", views.past_revision, name="revision"),
    path("<path:number>/qr.svg", views.qr, name="qr"),
    path("<path:number>", views.certificate, name="certificate"),
]
