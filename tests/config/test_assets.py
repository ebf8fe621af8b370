"""Test the static files that pages load."""

import re

from django.contrib.staticfiles.finders import get_finders

from config.apps import Assets
from config.database import ROOT


def test_every_asset_that_a_template_names_is_collected():
    templates = [file.read_text(encoding="utf-8") for file in (ROOT / "templates").rglob("*.html")]
    named = {path for text in templates for path in re.findall(r"{% static '([^']+)' %}", text)}
    collected = {
        f"{storage.prefix}/{path}" if getattr(storage, "prefix", None) else path
        for finder in get_finders()
        for path, storage in finder.list(Assets.ignore_patterns)
    }
    assert len(named) > 30
    assert named - collected == set()
