"""The staff's pages of clients, under ``/staff/organisations/``."""

from django.urls import path

from defiso.staff.organisations import merge_views, views

app_name = "organisations"

# An organisation may be called New or Pick: its own pages are behind a slash.
urlpatterns = [
    path("", views.list_page, name="list"),
    path("new", views.new, name="new"),
    path("pick", views.pick, name="pick"),
    path("<str:slug>/edit", views.edit, name="edit"),
    path("<str:slug>/certificates-to-revise", views.to_revise, name="to_revise"),
    path("<str:slug>/merge", merge_views.choose, name="merge"),
    path("<str:slug>/merge/<str:target>", merge_views.confirm, name="merge_into"),
    path("<str:slug>/part", merge_views.part, name="part"),
    path("<str:slug>/", views.detail, name="detail"),
]
