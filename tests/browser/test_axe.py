"""Test that the measure of accessibility notices what it is there for."""

from tests.browser import axe

_PAGE = """<!doctype html><html lang="fr" data-bs-theme="light"><title>Essai</title>
<script>document.documentElement.dataset.bsTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
</script><main><h1>Essai</h1>%s</main></html>"""
_DARK = "<style>[data-bs-theme=dark] p { color: #333; background: #222 }</style><p>Illisible de nuit</p>"


_ONE_HALF, _OTHER_HALF = axe.MATRICES


def _found(page, body: str, looks: tuple[axe.Look, ...] = _ONE_HALF) -> list[str]:
    page.emulate_media(color_scheme="dark")
    page.goto("about:blank")
    page.set_content(_PAGE % body)
    # The script above runs once, a page of ours follows the system.
    page.evaluate("""matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (now) => {
      document.documentElement.dataset.bsTheme = now.matches ? "dark" : "light"; })""")
    return [" ".join(problem.split()[:3]).rstrip(":") for problem in axe.problems(page, looks)]


def test_nothing_is_wrong_with_a_plain_page(page):
    assert _found(page, "<p>Tout va bien.</p>") == []


def test_colours_are_measured_in_each_theme(page):
    assert _found(page, _DARK) == ["1440 dark color-contrast"]
    assert _found(page, _DARK, _OTHER_HALF) == ["320 dark color-contrast"]


def test_every_width_is_measured_in_every_theme_on_one_page_or_another():
    looks = {(look.width, look.theme) for view in ("home", "incidents:list") for look in axe.matrix_of(view)}
    assert looks == {(width, theme) for width in axe.WIDTHS for theme in ("light", "dark")}


def test_a_page_wider_than_a_phone_and_a_tablet_is_noticed(page):
    assert _found(page, '<div style="width: 900px">Trop large</div>') == [
        "320 light wider",
        "768 light wider",
    ]


def test_a_picture_without_words_is_noticed_at_both_ends(page):
    assert _found(page, '<img src="data:,">') == ["320 light image-alt", "1440 dark image-alt"]


def test_a_level_told_by_its_colour_alone_is_noticed(page):
    assert _found(page, '<span class="level-4">grave</span>') == ["told by its"]


def test_the_tests_of_a_file_are_kept_in_one_worker(request):
    """What is measured in full is noted in its process, and a file's territory is made anew in each."""
    spread = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith("@test_axe") == spread
