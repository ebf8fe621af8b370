"""Find where a test of the browser reads a page at once after an act that may bring another.

A click returns before the page it leads to has come: what is read then, without waiting for something of the new
state (`expect`, `wait_for…`), is read of the page before, or not, as the machine pleases.
"""

import ast
from collections.abc import Iterator

_ACTS = {
    "check", "click", "dblclick", "dispatch_event", "fill", "go_back", "press", "press_sequentially", "select_option",
    "set_checked", "set_offline", "type", "uncheck",
}  # fmt: skip
_READS = {
    "all", "all_inner_texts", "all_text_contents", "bounding_box", "count", "evaluate", "evaluate_all",
    "get_attribute", "inner_html", "inner_text", "input_value", "is_at", "is_checked", "is_hidden", "is_visible",
    "problems", "problems_as_it_stands", "text_content", "title", "too_long", "too_small",
}  # fmt: skip
_WAITS = {"enter", "expect", "find", "go", "goto", "open", "reload", "tab_to"}


class _Reader(ast.NodeVisitor):
    """Follow one function, and note the reads that nothing waits before.

    Attributes:
        found: line and code of each.
        acted: an act was done since the last wait.
        first: what the function does first to a page, "act", "wait" or "read"; empty where it does nothing.
    """

    def __init__(self, helpers: dict[str, ast.FunctionDef]) -> None:
        self.helpers = helpers
        self.found: list[tuple[int, str]] = []
        self.acted = False
        self.first = ""

    def _does(self, what: str, node: ast.AST) -> None:
        self.first = self.first or what
        if what == "read" and self.acted:
            self.found.append((node.lineno, ast.unparse(node)))
        if what != "read":
            self.acted = what == "act"

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Leave out what is only defined here: the browser calls it later."""

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Leave it out as well."""

    def visit_With(self, node: ast.With) -> None:
        for item in node.items:
            self.visit(item.context_expr)
        for statement in node.body:
            self.visit(statement)
        if any(".expect_" in ast.unparse(item.context_expr) for item in node.items):
            self._does("wait", node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.generic_visit(node)
        if node.attr == "url" and ast.unparse(node.value).endswith(("page", "tab")):
            self._does("read", node)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in self.helpers:
            self._calls(self.helpers[name], node)
        elif name.startswith("wait_for") or name in _WAITS:
            self._does("wait", node)
        elif isinstance(node.func, ast.Attribute) and name in _ACTS | _READS:
            self._does("act" if _is_an_act(node) else "read", node)

    def _calls(self, helper: ast.FunctionDef, node: ast.Call) -> None:
        inside = _Reader({name: each for name, each in self.helpers.items() if each is not helper})
        for statement in _body(helper):
            inside.visit(statement)
        if inside.first == "read":
            self._does("read", node)
        if inside.first:
            self._does("act" if inside.acted else "wait", node)


def _body(helper: ast.FunctionDef) -> list[ast.stmt]:
    """Return what a call of the helper runs: of a fixture, the function that it returns."""
    end = helper.body[-1]
    returned = getattr(end.value, "id", "") if isinstance(end, ast.Return) else ""
    made = [node for node in helper.body if isinstance(node, ast.FunctionDef) and node.name == returned]
    return made[0].body if made else helper.body


def _is_an_act(call: ast.Call) -> bool:
    """False for ``agent.check()``, which measures the page with axe; true for a script that acts."""
    script = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
    if call.func.attr == "evaluate":
        return any(act in script for act in ("submit()", "dispatchEvent(", ".click()"))
    return call.func.attr in _ACTS and not (
        call.func.attr == "check" and isinstance(call.func.value, ast.Name)
    )


def reads_at_once(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and code of each read of a page that follows an act without a wait between them."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for function in functions.values():
        reader = _Reader({name: each for name, each in functions.items() if each is not function})
        for statement in function.body:
            reader.visit(statement)
        yield from reader.found
