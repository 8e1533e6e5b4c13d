"""Printed certificates, under ``/staff/certificates/``."""

from django.urls import path

from defiso.staff import paper_views

app_name = "paper"
urlpatterns = [
    path("documents.zip", paper_views.archive, name="archive"),
    path("<path:number>/preview.pdf", paper_views.preview_pdf, name="preview"),
    path("<path:number>/preview.svg", paper_views.preview_page, name="page"),
]
