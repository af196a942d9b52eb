// Os enganos de sempre: o que cada um teria dado neste nó, para dizer ao aluno qual deles o número dele é.

import { agrees, unitInLastPlace } from "./numbers.js";
import { openParts } from "./steps.js";

/**
 * Uma pergunta: o valor de um nó, a derivada local de um uso dele, ou o gradiente dele.
 * @typedef {{kind: "value" | "local" | "gradient", node: number, part?: import("./graph.js").Part}} Question
 */

/** O número que se espera. */
export function truth(state, { kind, node, part }) {
  if (kind === "value") return state.values[node];
  return kind === "local" ? part.local : state.gradients[node];
}

/**
 * Os enganos que dariam o número que o aluno escreveu.
 * @param {{value: number, digits: number}} answer
 * @returns {string[]} os nomes deles, na ordem em que se dizem.
 */
export function recognized(state, question, answer) {
  const expected = truth(state, question);
  const names = candidates(state, question)
    .filter(({ value }) => Number.isFinite(value) && !agrees({ value, digits: Infinity }, expected, state.digits))
    .filter(({ value }) => agrees(answer, value, state.digits))
    .map(({ name }) => name);
  if (isTruncated(answer, expected)) names.push("truncated");
  return [...new Set(names)];
}

function isTruncated({ value, digits }, expected) {
  if (digits < 2 || !Number.isFinite(digits) || expected === 0) return false;
  const unit = unitInLastPlace(expected, digits);
  const missing = (Math.abs(expected) - Math.abs(value)) / unit;
  return Math.sign(value) === Math.sign(expected) && missing > 0.5 && missing < 1;
}

/** O que cada engano daria; um que não existe neste nó não aparece, ou dá undefined. */
export function candidates(state, question) {
  const made = { value: valueMistakes, local: localMistakes, gradient: gradientMistakes }[question.kind];
  const expected = truth(state, question);
  return [
    ...made(state, question),
    { name: "sign", value: -expected },
    { name: "factor_half", value: expected / 2 },
    { name: "factor_two", value: expected * 2 },
  ];
}

function valueMistakes(state, { node }) {
  const { graph, values } = state;
  const [name] = graph.nodes[node].rule.split("/");
  const numbers = graph.numbers(node, values);
  const rule = graph.rules[node];
  const found = [{ name: "weights_updated", value: graph.forward(state.updated()).values[node] }];
  if (isActivation(graph, node)) {
    found.push({ name: "activation_forgotten", value: numbers[0] });
  }
  found.push({ name: "derivative_for_value", value: attempt(() => onlySlope(graph, node, values)) });
  found.push({ name: "inputs_for_outputs", value: attempt(() => rule.value(beforeActivations(graph, node, values))) });
  for (const { user } of state.parts[node]) {
    if (isActivation(graph, user)) found.push({ name: "activation_applied", value: values[user] });
  }
  if (numbers.length === 2 && ["sub", "div", "pow", "atan2"].includes(name)) {
    found.push({ name: "order_swapped", value: attempt(() => rule.value([numbers[1], numbers[0]])) });
  }
  if (name === "dot") {
    const half = numbers.length / 2;
    const crossed = [...numbers.slice(0, half), ...numbers.slice(half).reverse()];
    found.push({ name: "swapped", value: rule.value(crossed) });
  }
  for (const without of termsOf(name, numbers)) {
    found.push({ name: "term_missing", value: values[node] - without });
  }
  return found;
}

/** As parcelas de uma soma, das que alguém pode esquecer. */
function termsOf(name, numbers) {
  if (name === "dot") return numbers.slice(numbers.length / 2).map((entry, place) => entry * numbers[place]);
  if (name === "sub") return [numbers[0], -numbers[1]];
  return ["sum", "add"].includes(name) && numbers.length > 1 ? numbers : [];
}

function localMistakes(state, { part }) {
  const { graph, values } = state;
  const { user, position } = part;
  const found = [
    { name: "with_upstream", value: part.product },
    { name: "upstream_only", value: part.upstream },
    { name: "swapped", value: swappedLocal(state, part) },
    { name: "value_for_derivative", value: values[user] },
  ];
  for (const value of misplacedLocals(state, user)) found.push({ name: "slope_misplaced", value });
  if (isActivation(graph, user)) found.push({ name: "slope_forgotten", value: 1 });
  for (const seen of updatedViews(state)) {
    found.push({ name: "weights_updated", value: attempt(() => graph.slope(user, position, seen)) });
  }
  return found;
}

function gradientMistakes(state, { node }) {
  const { graph } = state;
  const parts = openParts(state, node);
  const found = [];
  const add = (name, value) => found.push({ name, value });
  const summed = (name, term) => add(name, sum(parts.map(term)));
  if (parts.length > 1) {
    for (const part of parts) add("one_path", part.product);
    if (parts.length > 2) for (const part of parts) add("path_missing", state.gradients[node] - part.product);
    for (const part of parts) {
      add("local_only", part.local);
      add("upstream_only", part.upstream);
    }
  }
  if (parts.length > 0) {
    summed("local_only", (part) => part.local);
    summed("upstream_only", (part) => part.upstream);
    summed("swapped", (part) => part.upstream * (swappedLocal(state, part) ?? part.local));
    summed("slope_forgotten", (part) => (isActivation(graph, part.user) ? part.upstream : part.product));
    summed("slope_forgotten", (part) => forgottenAbove(state, part.user) * part.local);
    for (const which of [0, 1]) {
      const wrong = (user, local) => misplacedLocals(state, user)[which] ?? local;
      summed("slope_misplaced", (part) => part.upstream * wrong(part.user, part.local));
      summed("slope_misplaced", (part) => misplacedAbove(state, part.user, which) * part.local);
    }
  }
  const [mixed, after] = updatedViews(state);
  add("weights_updated", graph.backward(state.values, mixed).gradients[node]);
  add("weights_updated", graph.backward(after).gradients[node]);
  return found;
}

/** Uma função de um argumento cuja derivada se esquece: todas, menos as que só trocam o sinal ou nada fazem. */
function isActivation(graph, index) {
  const rule = graph.nodes[index].rule;
  return rule.endsWith("/1") && !["neg/1", "identity/1"].includes(rule);
}

/** A derivada de um nó em relação ao seu único argumento, que pode ter vários usos; undefined se há mais de um. */
function onlySlope(graph, index, values) {
  const places = graph.places[index];
  const nodes = new Set(places.filter((place) => place >= 0));
  if (nodes.size !== 1) return undefined;
  return sum(places.map((place, position) => (place < 0 ? 0 : (graph.slope(index, position, values) ?? 0))));
}

/** Os argumentos de um nó, com a entrada de cada ativação no lugar da saída dela. */
function beforeActivations(graph, index, values) {
  const places = graph.places[index];
  return graph
    .numbers(index, values)
    .map((number, position) => (isActivated(graph, places[position]) ? graph.numbers(places[position], values)[0] : number));
}

function isActivated(graph, place) {
  return place >= 0 && graph.nodes[place].rule !== null && isActivation(graph, place);
}

/** O gradiente de um nó sem a derivada da ativação que vem depois dele. */
function forgottenAbove(state, node) {
  return sumOr(state, node, (part) => (isActivation(state.graph, part.user) ? part.upstream : part.product));
}

/** O gradiente de um nó com a derivada da ativação que vem depois dele tomada no lugar errado. */
function misplacedAbove(state, node, which) {
  return sumOr(state, node, (part) => part.upstream * (misplacedLocals(state, part.user)[which] ?? part.local));
}

function sumOr(state, node, term) {
  const parts = openParts(state, node);
  return parts.length > 0 ? sum(parts.map(term)) : state.gradients[node];
}

/** A derivada de uma ativação com z no lugar do resultado, ou com o resultado no lugar de z. */
function misplacedLocals(state, user) {
  const { graph, values } = state;
  if (!isActivation(graph, user)) return [];
  const rule = graph.rules[user];
  const [x] = graph.numbers(user, values);
  const y = values[user];
  return [attempt(() => rule.slopes[0](x, [x])), attempt(() => rule.slopes[0](rule.value([y]), [y]))];
}

/** Num produto, a derivada em relação ao outro fator: trocar o peso pela entrada. */
function swappedLocal(state, { user, position }) {
  const { graph, values } = state;
  const [name, arity] = graph.nodes[user].rule.split("/");
  const half = Number(arity) / 2;
  if (name !== "mul" && name !== "dot") return undefined;
  return graph.slope(user, position < half ? position + half : position - half, values) ?? undefined;
}

/** Os números com os pesos já atualizados: só nas derivadas locais, e em tudo. */
function updatedViews(state) {
  const leaves = state.updated();
  const mixed = state.values.map((value, index) => (state.trainable.has(index) ? leaves[index] : value));
  return [mixed, state.graph.forward(leaves).values];
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function attempt(compute) {
  try {
    return compute() ?? undefined;
  } catch {
    return undefined;
  }
}
