// As frases da página, nas duas línguas.

let sentences = {};
let current = "pt";

export function loadSentences(all, lang) {
  sentences = all;
  current = lang;
}

export function language() {
  return current;
}

/** A frase com esse nome, com os valores nas lacunas; a de uma época ou de um caminho só, se ela tem singular. */
export function say(key, values = {}) {
  const counted = values.epochs ?? values.paths;
  const ending = { 0: ".none", 1: ".one" }[counted] ?? "";
  const sentence = sentences[current][key + ending] ?? sentences[current][key];
  return sentence.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

/** Verdadeiro se há frase com esse nome. */
export function hasSentence(key) {
  return key in sentences[current];
}

/** Põe na língua de agora tudo o que tem `data-t` (o texto), `data-t-label` (o nome) e `data-t-title`. */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = say(element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", say(element.dataset.tLabel));
  }
}

/** Muda a língua da página. */
export function speak(lang) {
  current = lang;
  document.documentElement.lang = lang === "pt" ? "pt-BR" : lang;
  translate(document);
}
