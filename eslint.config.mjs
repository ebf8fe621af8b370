// Rules for the scripts that pages load: no modules, no build step, so each runs in one common scope.
import js from "@eslint/js";
import globals from "globals";

const rules = {
  ...js.configs.recommended.rules,
  eqeqeq: "error",
  "no-alert": "error",
  "no-console": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-redeclare": "off", // by the compiler, which also knows the other scripts
  "no-script-url": "error",
  "no-shadow": "error",
  "no-undef": "off", // by the compiler, from types/browser.d.ts
  "no-unused-vars": ["error", { argsIgnorePattern: "^_", vars: "local" }],
  "no-useless-return": "error",
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
  radix: "error",
  "require-atomic-updates": "error",
  strict: ["error", "global"],
  // A text that became markup would run whatever somebody typed.
  "no-restricted-properties": [
    "error",
    ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
      property,
      message: "Build elements, or parse an answer of our own server with DOMParser.",
    })),
    { object: "document", property: "write", message: "Build elements." },
    { object: "document", property: "cookie", message: "The session is the server's business." },
  ],
};

export default [
  {
    ignores: ["**/*", "!static/", "!static/**", "!templates/", "!templates/worker.js"],
  },
  {
    files: ["static/**/*.js"],
    languageOptions: { sourceType: "script", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules,
  },
  {
    files: ["templates/worker.js"],
    languageOptions: { sourceType: "script", globals: globals.serviceworker },
    rules: { ...rules, "no-undef": "error" },
  },
];
