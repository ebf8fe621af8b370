"""Move through a page by Tab, and check at each step that the focus is visible."""

from playwright.sync_api import Locator, Page

# What shows the focus may be the element, what stands for it beside (a drawn radio), or the title of the page.
_SHOWN = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return "nowhere";
  const stand_ins = [here, here.nextElementSibling, here.matches("main") && here.querySelector("h1")];
  const shows = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  if (stand_ins.some((one) => one && shows(one))) return "";
  return here.outerHTML.slice(0, 200);
}"""
_IS_AT = "wanted => document.activeElement === wanted"
_STEP = f"wanted => [({_SHOWN})(), ({_IS_AT})(wanted)]"
_MOST = 150


class Keyboard:
    """Presses keys on a page and fails where the focus does not show."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def sees_where(self) -> None:
        """Fail unless the element with the focus shows that it has it."""
        self._assert_shown(self.page.evaluate(_SHOWN))

    def is_at(self, wanted: Locator) -> bool:
        return wanted.evaluate(_IS_AT)

    def tab_to(self, wanted: Locator, key: str = "Tab") -> None:
        """Tab until the element has the focus, looking at each step."""
        wanted.wait_for(state="attached")
        for _step in range(_MOST):
            self.press(key)
            hidden, there = wanted.evaluate(_STEP)
            self._assert_shown(hidden)
            if there:
                return
        message = f"{self.page.url}: {wanted} is out of the keyboard's reach"
        raise AssertionError(message)

    def _assert_shown(self, hidden: str) -> None:
        assert hidden == "", f"{self.page.url}: the focus does not show on {hidden}"
