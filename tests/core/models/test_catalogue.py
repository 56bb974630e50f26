"""The models that can be fetched."""

import re

import pytest

from skaldcast.core.errors import ModelError
from skaldcast.core.models.catalogue import MODELS, Model, find_model


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_each_file_has_a_plausible_size_and_checksum(model: Model):
    names = [file.name for file in model.files]
    assert len(set(names)) == len(names)
    for file in model.files:
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert file.size > 0
        assert "/" not in file.name
    assert model.licence.url.startswith("https://")
    assert all(source.startswith("https://") for source in model.sources)


def test_a_model_is_found_by_its_name_in_any_case():
    assert find_model(" XTTS-v2 ") is MODELS["xtts-v2"]


def test_an_unknown_model_is_told_with_those_there_are():
    with pytest.raises(ModelError, match="no model 'bark' to fetch; there are: xtts-v2"):
        find_model("bark")
