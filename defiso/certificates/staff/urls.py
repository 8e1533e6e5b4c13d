"""The staff's certificate pages, under ``/staff/certificates/``. Links name a certificate by its slug."""

from django.urls import path

from defiso.certificates.staff import views

app_name = "certificates"

# A path, as numbers may be written with slashes; the page itself comes last, since it matches all the others.
urlpatterns = [
    path("", views.list_page, name="list"),
    path("new", views.new, name="new"),
    path("<path:number>/edit", views.edit, name="edit"),
    path("<path:number>/issue", views.issue, name="issue"),
    path("<path:number>/suspend", views.suspend, name="suspend"),
    path("<path:number>/restore", views.restore, name="restore"),
    path("<path:number>/withdraw", views.withdraw, name="withdraw"),
    path("<path:number>", views.detail, name="detail"),
]
