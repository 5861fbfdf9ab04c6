"""Every list of the admin names each of its columns once."""

from collections import Counter

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field

ADMINS = list(admin.site._registry.values())


@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda model_admin: model_admin.opts.label_lower)
def test_columns_of_a_list_have_different_names(model_admin):
    labels = [
        str(label_for_field(column, model_admin.model, model_admin)).lower() for column in model_admin.list_display
    ]
    assert [label for label, count in Counter(labels).items() if count > 1] == []


def test_every_admin_is_looked_at():
    assert len(ADMINS) > 50
