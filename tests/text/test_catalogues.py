from __future__ import annotations

from core.text import catalogue, placeholders


def test_both_languages_have_the_same_keys():
    assert set(catalogue("zh")) == set(catalogue("en"))


def test_both_languages_have_the_same_placeholders():
    differing = [
        key for key, zh in catalogue("zh").items() if placeholders(zh) != placeholders(catalogue("en")[key])
    ]
    assert differing == []
