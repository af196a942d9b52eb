// As regras com que o eslint confere o JavaScript da página.

import js from "@eslint/js";

const browser = [
  "Blob",
  "URL",
  "cancelAnimationFrame",
  "clearInterval",
  "document",
  "getComputedStyle",
  "history",
  "location",
  "matchMedia",
  "performance",
  "requestAnimationFrame",
  "setInterval",
  "window",
];
const written = ["PICKS", "RULES"]; // as regras, que o Python escreve

export default [
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2023,
      sourceType: "module",
      globals: Object.fromEntries([...browser, ...written].map((name) => [name, "readonly"])),
    },
    rules: {
      "consistent-return": "error",
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
