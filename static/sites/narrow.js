// Narrow a long list of boxes to what is typed: the words begin words of the box or of its group. What is ticked stays.
"use strict";

const FEW = 10;
const simple = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .toLowerCase();
const around = document.querySelector("[data-narrow]");
const boxes = around.querySelector(`#${around.dataset.narrow}`);
const narrow = around.querySelector("[data-narrow-box]");
const rows = [...boxes.querySelectorAll(".form-check")];

if (rows.length > FEW) {
  boxes.querySelector("legend").after(narrow);
  narrow.hidden = false;
  const none = narrow.querySelector("[data-narrow-none]");
  const input = narrow.querySelector("input");
  const known = [];
  const heads = [];
  for (const node of boxes.querySelectorAll("strong, .form-check")) {
    const group = heads.at(-1);
    if (node.tagName === "STRONG") heads.push(node);
    else known.push({ row: node, group, text: ` ${simple(`${group?.textContent ?? ""} ${node.textContent}`)}` });
  }
  input.addEventListener("input", () => {
    const words = simple(input.value).split(" ").filter(Boolean);
    const shown = new Set();
    for (const { row, group: its, text } of known) {
      row.hidden = !words.every((word) => text.includes(` ${word}`));
      if (!row.hidden) shown.add(its).add(row);
    }
    for (const { group: its } of known) if (its) its.hidden = !shown.has(its);
    none.textContent = shown.size ? "" : none.dataset.narrowSaid;
  });
}
