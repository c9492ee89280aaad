"""Addresses: the case page and what its holder does there."""

from __future__ import annotations

from django.urls import path

from coordination.web.cases import basis, ending, references, views

urlpatterns = [
    path("forloeb/<code:code>/", views.show_case, name="case"),
    path("forloeb/<code:code>/hvem-har-set/", views.show_looks, name="case_looks"),
    path("forloeb/<code:code>/afslut/", ending.close, name="case_close"),
    path("forloeb/<code:code>/genaabn/", ending.reopen, name="case_reopen"),
    path("forloeb/<code:code>/reference/", references.add, name="reference_add"),
    path("forloeb/<code:code>/grundlag/", basis.record, name="basis_record"),
    path("referencer/<int:pk>/", references.open_, name="reference_open"),
    path("grundlag/<int:pk>/traek-tilbage/", basis.withdraw, name="basis_withdraw"),
]
