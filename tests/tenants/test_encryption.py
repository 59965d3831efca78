"""Sealing: keys can be rotated, and a wrong one opens nothing."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from tenants.encryption import CannotUnseal, reseal, seal, unseal

TEXT = "SELECT naïve FROM «Newsletter Signups»"
OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def test_what_is_sealed_comes_back_and_never_looks_the_same_twice(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    first, second = seal(TEXT), seal(TEXT)
    assert first != second
    assert TEXT.encode() not in first
    assert (unseal(first), unseal(memoryview(second)), unseal(seal(""))) == (TEXT, TEXT, "")


def test_a_new_key_seals_while_the_old_one_still_unseals(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    old = seal(TEXT)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    new = seal(TEXT)
    assert (unseal(old), unseal(new)) == (TEXT, TEXT)
    settings.ENCRYPTION_KEYS = [NEW]
    assert unseal(new) == TEXT
    with pytest.raises(CannotUnseal):
        unseal(old)


def test_what_was_resealed_needs_the_old_key_no_more(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = seal(TEXT)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    resealed = reseal(sealed)
    settings.ENCRYPTION_KEYS = [NEW]
    assert unseal(resealed) == TEXT
    with pytest.raises(CannotUnseal):
        reseal(sealed)


def test_a_wrong_key_or_a_damaged_value_opens_nothing_and_tells_nothing(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = seal(TEXT)
    for damaged in (sealed[:-1], b"x" + sealed[1:], sealed[:40] + b"AAAA" + sealed[44:], b""):
        with pytest.raises(CannotUnseal) as caught:
            unseal(damaged)
        assert str(caught.value) == "Something went wrong"
    settings.ENCRYPTION_KEYS = [OTHER]
    with pytest.raises(CannotUnseal):
        unseal(sealed)
