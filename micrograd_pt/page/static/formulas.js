// Fórmulas na página: os modelos em MathML que o Python escreveu, com as lacunas preenchidas pelos números de agora.

import { translate } from "./language.js";
import { typeset } from "./numbers.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";
const parsed = new Map();

/** Um modelo como elementos; o texto vem sempre do Python, nunca de um rótulo ou de quem usa a página. */
function model(text) {
  if (!parsed.has(text)) {
    const holder = document.createElement("template");
    holder.innerHTML = `<math>${text}</math>`;
    parsed.set(text, holder.content.firstChild);
  }
  return parsed.get(text).cloneNode(true);
}

function element(name, ...children) {
  const made = document.createElementNS(MATHML, name);
  made.append(...children);
  return made;
}

/** Um número em MathML; 1.2e-05 é 1.2 · 10⁻⁵. */
function numeral(value, digits) {
  const [mantissa, exponent] = typeset(value, digits).split("e");
  if (exponent === undefined) return [element("mn", mantissa)];
  const power = element("msup", element("mn", "10"), element("mn", exponent.replace("+", "").replace(/(−?)0+/, "$1")));
  return [element("mn", mantissa), element("mo", "·"), power];
}

/**
 * Uma fórmula pronta; o que ainda não se pode ver fica com o nome em vez do número.
 * @param {string} text o modelo.
 * @param {import("./state.js").State} [state] os números das lacunas.
 * @param {number} [local] a derivada local de que a fórmula fala.
 */
export function formula(text, state, local) {
  const math = model(text);
  const fill = (hole, value, symbol) => {
    if (symbol !== null) return hole.replaceWith(symbol);
    const signs = numeral(value, state.digits);
    if (signs.length === 1) hole.textContent = signs[0].textContent;
    else hole.replaceWith(element("mrow", ...signs));
    return undefined;
  };
  const unseen = (kind, index) => !state.seen[kind](index);
  for (const group of math.querySelectorAll("[data-p]")) {
    const hole = group.querySelector("mn");
    const { v, d } = hole.dataset;
    const value = v !== undefined ? state.values[v] : d !== undefined ? state.gradients[d] : local;
    const named = v !== undefined ? unseen("value", Number(v)) : d !== undefined && unseen("gradient", Number(d));
    if (named || !(value < 0)) group.replaceChildren(...[...group.children].slice(1, -1));
  }
  for (const hole of math.querySelectorAll("[data-v]")) {
    const index = Number(hole.dataset.v);
    fill(hole, state.values[index], unseen("value", index) ? nameOf(state.nodes[index].math) : null);
  }
  for (const hole of math.querySelectorAll("[data-d]")) {
    const index = Number(hole.dataset.d);
    fill(hole, state.gradients[index], unseen("gradient", index) ? nameOf(derivativeText(state, index)) : null);
  }
  for (const hole of math.querySelectorAll("[data-l]")) fill(hole, local, null);
  translate(math);
  return math;
}

/** O modelo da derivada da saída em relação a um nó. */
export function derivativeText(state, index) {
  const [top, bottom] = [state.root, index].map((node) => `<mrow><mo>∂</mo>${state.nodes[node].math}</mrow>`);
  return `<mfrac>${top}${bottom}</mfrac>`;
}

function nameOf(text) {
  return element("mrow", ...model(text).childNodes);
}

/** Um número sozinho como fórmula. */
export function numberFormula(value, digits) {
  const math = element("math");
  math.append(...numeral(value, digits));
  return math;
}

/** Tira os parênteses do primeiro número, se a fórmula começa por eles. */
export function withoutFirstParentheses(math) {
  let first = math;
  while (first.firstElementChild !== null && first.dataset.p === undefined) first = first.firstElementChild;
  if (first.dataset.p !== undefined && first.childElementCount === 3) {
    first.replaceChildren(...[...first.children].slice(1, -1));
  }
  return math;
}

/** Uma soma cortada antes de cada sinal, e cada parcela antes de cada ponto de vezes, para que a linha quebre ali. */
export function pieces(math) {
  return cut(math, isSign).map(factors);
}

/** Um produto cortado antes de cada ponto: os pedaços ficam juntos enquanto cabem numa linha. */
function factors(math) {
  const found = cut(math, isTimes);
  if (found.length === 1) return math;
  const product = document.createElement("span");
  product.className = "product";
  for (const factor of found) product.append(factor, " ");
  return product;
}

/** Uma fórmula cortada antes de cada um dos sinais que vêm depois do começo. */
function cut(math, isCut) {
  const parts = flat(math);
  if (!parts.some((part, place) => place > 0 && isCut(part))) return [math];
  const found = [];
  for (const [place, part] of parts.entries()) {
    if (place === 0 || isCut(part)) found.push(element("math"));
    if (place > 0 && isCut(part)) infix(part);
    found.at(-1).append(part);
  }
  return found;
}

/** As partes de uma fórmula: as de um grupo que só as junta, também. */
function flat(math) {
  return [...math.children].flatMap((part) => (part.localName === "mrow" && !isKept(part) ? flat(part) : [part]));
}

/** Verdadeiro se um grupo não se corta: está entre sinais que o fecham, ou é uma chamada ou um número com 10ⁿ. */
function isKept(group) {
  const [first, second, third] = group.children;
  const closed = first?.localName === "mo" && !isSign(first);
  const called = second?.firstElementChild?.textContent === "(" && first.localName !== "mrow" && group.childElementCount === 2;
  const scaled = isTimes(second) && third?.localName === "msup" && third.firstElementChild.textContent === "10";
  return closed || called || scaled;
}

function isSign(part) {
  return part.localName === "mo" && ["+", "−"].includes(part.textContent);
}

function isTimes(part) {
  return part?.localName === "mo" && part.textContent === "·";
}

function infix(sign) {
  sign.setAttribute("form", "infix");
  sign.setAttribute("lspace", "0.2em");
  sign.setAttribute("rspace", "0.25em");
}

/** As parcelas de uma soma, cada uma uma fórmula, com o sinal de mais entre elas. */
export function summed(terms) {
  return terms.flatMap((term, place) => {
    if (place === 0) return [factors(withoutFirstParentheses(term))];
    const inner = term.childElementCount === 1 && term.firstElementChild.localName === "mrow" ? term.firstElementChild : term;
    const first = inner.firstElementChild;
    const negative = first?.localName === "mo" && first.textContent === "−";
    if (negative) {
      first.setAttribute("form", "infix");
      return [factors(term)];
    }
    const plus = element("mo", "+");
    infix(plus);
    term.prepend(plus);
    return [factors(term)];
  });
}
