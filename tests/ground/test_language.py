"""The language can be chosen before anybody has signed in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_whoever_has_not_signed_in_chooses_a_language(client: Client) -> None:
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/health/live"})
    assert answer.status_code == 302
    assert answer["Location"] == "/health/live"
    assert client.get("/health/live")["Content-Language"] == "en"


@pytest.mark.django_db
def test_the_language_does_not_lead_to_another_place(client: Client) -> None:
    answer = client.post(reverse("set_language"), {"language": "en", "next": "https://example.org/"})
    assert answer["Location"] == "/"
