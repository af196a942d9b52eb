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
 * Uma fórmula pronta.
 * @param {string} text o modelo.
 * @param {{values: number[], gradients: number[], digits: number}} [state] os números das lacunas.
 * @param {number} [local] a derivada local de que a fórmula fala.
 */
export function formula(text, state, local) {
  const math = model(text);
  const fill = (hole, value) => {
    const signs = numeral(value, state.digits);
    if (signs.length === 1) hole.textContent = signs[0].textContent;
    else hole.replaceWith(element("mrow", ...signs));
  };
  for (const group of math.querySelectorAll("[data-p]")) {
    const hole = group.querySelector("mn");
    const { v, d } = hole.dataset;
    const value = v !== undefined ? state.values[v] : d !== undefined ? state.gradients[d] : local;
    if (!(value < 0)) group.replaceChildren(...[...group.children].slice(1, -1));
  }
  for (const hole of math.querySelectorAll("[data-v]")) fill(hole, state.values[hole.dataset.v]);
  for (const hole of math.querySelectorAll("[data-d]")) fill(hole, state.gradients[hole.dataset.d]);
  for (const hole of math.querySelectorAll("[data-l]")) fill(hole, local);
  translate(math);
  return math;
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

/** Uma soma cortada antes de cada sinal, para que a linha possa quebrar ali. */
export function pieces(math) {
  const whole = math.childElementCount === 1 && math.firstElementChild.localName === "mrow" ? math.firstElementChild : math;
  const isSign = (child) => child.localName === "mo" && ["+", "−"].includes(child.textContent);
  const children = [...whole.children];
  if (!children.slice(1).some(isSign)) return [math];
  const cut = [];
  for (const [place, child] of children.entries()) {
    if (place === 0 || isSign(child)) cut.push(element("math"));
    if (isSign(child) && place > 0) {
      child.setAttribute("form", "infix");
      child.setAttribute("lspace", "0.2em");
      child.setAttribute("rspace", "0.25em");
    }
    cut.at(-1).append(child);
  }
  return cut;
}

/** As parcelas de uma soma, cada uma uma fórmula, com o sinal de mais entre elas. */
export function summed(terms) {
  return terms.flatMap((term, place) => {
    if (place === 0) return [withoutFirstParentheses(term)];
    const inner = term.childElementCount === 1 && term.firstElementChild.localName === "mrow" ? term.firstElementChild : term;
    const first = inner.firstElementChild;
    const negative = first?.localName === "mo" && first.textContent === "−";
    if (negative) {
      first.setAttribute("form", "infix");
      return [term];
    }
    const plus = element("mo", "+");
    plus.setAttribute("form", "infix");
    plus.setAttribute("lspace", "0.2em");
    plus.setAttribute("rspace", "0.25em");
    term.prepend(plus);
    return [term];
  });
}
