// Os passos: o começo, cada nó para frente, cada gradiente para trás, a atualização; e o que cada um tem a dizer.

import { derivativeText, formula, numberFormula, pieces, summed } from "./formulas.js";
import { say } from "./language.js";
import { format } from "./numbers.js";

/**
 * @typedef {{kind: "start" | "forward" | "backward" | "update", node: number | null}} Step
 * @typedef {{left: Element | null, sign: string, right: Element[], isResult?: boolean}} Line
 */

/** @returns {Step[]} os passos de um grafo, na ordem. */
export function listSteps(state) {
  const forward = state.nodes.flatMap((node, index) => (node.rule === null ? [] : [{ kind: "forward", node: index }]));
  const backward = state.data.backward.map((index) => ({ kind: "backward", node: index }));
  const update = state.trainable.size > 0 ? [{ kind: "update", node: null }] : [];
  return [{ kind: "start", node: null }, ...forward, ...backward, ...update];
}

/** As derivadas locais de um nó por extenso, na variante que vale com os números de agora. */
export function writtenSlopes(state, user, picks) {
  const node = state.nodes[user];
  if (node.pick === null || node.pick === undefined) return node.slopes[0];
  const chosen = picks[node.pick](state.values[user], state.graph.numbers(user, state.values));
  return node.slopes[chosen];
}

/** As linhas de uma conta para frente: em símbolos, em números, o resultado. */
export function forwardLines(state, index) {
  const node = state.nodes[index];
  const [symbols, numbers] = node.formula;
  return [
    { left: formula(node.math), sign: "=", right: pieces(formula(symbols)) },
    { left: null, sign: "=", right: pieces(formula(numbers, state)) },
    { left: null, sign: "=", right: [numberFormula(state.values[index], state.digits)], isResult: true },
  ];
}

/** O gradiente de um nó em símbolos, ∂E/∂w. */
export function gradientName(state, index) {
  return formula(derivativeText(state, index));
}

/** As parcelas por onde passa gradiente. */
export function openParts(state, index) {
  return state.parts[index].filter((part) => part.local !== null);
}

/** As linhas de um gradiente: a soma sobre os usos em símbolos, em números, as parcelas, o resultado. */
export function backwardLines(state, index, picks) {
  const result = {
    left: null,
    sign: "=",
    right: [numberFormula(state.gradients[index], state.digits)],
    isResult: true,
  };
  const parts = openParts(state, index);
  if (parts.length === 0) return [{ ...result, left: gradientName(state, index) }];
  const written = parts.map((part) => {
    const slope = state.values[part.user] === undefined ? null : writtenSlopes(state, part.user, picks)[part.position];
    return slope ?? state.nodes[part.user].slopes[0][part.position];
  });
  const lines = [
    { left: gradientName(state, index), sign: "=", right: summed(written.map(([symbols]) => formula(symbols))) },
    {
      left: null,
      sign: "=",
      right: summed(written.map(([, numbers], place) => formula(numbers, state, parts[place].local))),
    },
  ];
  if (parts.length > 1 && parts.every(({ user }) => state.seen.gradient(user))) {
    const products = parts.map((part) => grouped(part.product, state.digits));
    lines.push({ left: null, sign: "=", right: summed(products) });
  }
  lines.push(result);
  return lines.filter((line, place) => place < 2 || line.isResult || text(line) !== text(lines[place - 1]));
}

/** Um número como parcela: entre parênteses se é negativo e não é o primeiro. */
function grouped(value, digits) {
  const math = numberFormula(value, digits);
  if (!(value < 0)) return math;
  const group = document.createElementNS(math.namespaceURI, "mrow");
  group.dataset.p = "";
  const [open, close] = ["(", ")"].map((sign) => {
    const mo = document.createElementNS(math.namespaceURI, "mo");
    mo.textContent = sign;
    return mo;
  });
  const inner = document.createElementNS(math.namespaceURI, "mrow");
  inner.append(...math.childNodes);
  group.append(open, inner, close);
  math.append(group);
  return math;
}

function text(line) {
  return line.right.map((math) => math.textContent).join("");
}

/** O que um leitor de tela ouve. */
export function spoken(state, steps, place) {
  const { kind, node } = steps[place];
  const values = { step: place, total: steps.length - 1 };
  if (node === null) return say(`page.say.${kind}`, values);
  const number = kind === "forward" ? state.values[node] : state.gradients[node];
  return say(`page.say.${kind}`, {
    ...values,
    name: state.nodes[node].name,
    output: state.nodes[state.root].name,
    paths: openParts(state, node).length,
    value: format(number, state.digits),
  });
}

/** O título de um passo. */
export function titled(state, step) {
  if (step.node === null) return say(`page.step.${step.kind}`);
  return say(`page.step.${step.kind}`, { name: state.nodes[step.node].name });
}
