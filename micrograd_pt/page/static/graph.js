// O grafo: o passo para frente e a regra da cadeia, com as regras escritas pela tabela de derivadas.

import { DomainError } from "./functions.js";

/**
 * Uma parcela do gradiente de um nó, entregue por um dos seus usos.
 * @typedef {{user: number, position: number, upstream: number, local: number | null, product: number}} Part
 * `local` é null num ramo fechado.
 */

/** As contas de um grafo congelado: os argumentos de um nó vêm sempre antes dele, e o último nó é a saída. */
export class Graph {
  /**
   * @param {{rule: string | null, args: (number | {constant: number})[]}[]} nodes os nós.
   * @param {Record<string, {value: Function, slopes: Function[] | Function}>} rules as regras.
   */
  constructor(nodes, rules) {
    this.nodes = nodes;
    this.root = nodes.length - 1;
    this.leaves = nodes.flatMap((node, index) => (node.rule === null ? [index] : []));
    this.rules = nodes.map((node) => (node.rule === null ? null : rules[node.rule]));
    this.places = nodes.map((node) => node.args.map((arg) => (typeof arg === "number" ? arg : -1)));
    this.constants = nodes.map((node) => node.args.map((arg) => (typeof arg === "number" ? 0 : arg.constant)));
  }

  /** Os argumentos de um nó como números. */
  numbers(index, values) {
    const constants = this.constants[index];
    return this.places[index].map((place, position) => (place < 0 ? constants[position] : values[place]));
  }

  /**
   * O passo para frente.
   * @param {number[]} leaves um número por nó; só os das folhas contam.
   * @returns {{values: (number | undefined)[], failures: Map<number, string>}} um nó sem valor vale undefined.
   */
  forward(leaves) {
    const values = new Array(this.nodes.length).fill(undefined);
    const failures = new Map();
    for (let index = 0; index < values.length; index++) {
      const rule = this.rules[index];
      if (rule === null) {
        values[index] = leaves[index];
        continue;
      }
      const args = this.numbers(index, values);
      if (args.includes(undefined)) continue;
      try {
        values[index] = rule.value(args);
      } catch (error) {
        failures.set(index, kindOf(error));
      }
    }
    return { values, failures };
  }

  /** A derivada de um nó em relação a um argumento; null num ramo fechado. */
  slope(index, position, values, numbers = this.numbers(index, values)) {
    const { slopes } = this.rules[index];
    return Array.isArray(slopes) ? slopes[position](values[index], numbers) : slopes(values[index], numbers)[position];
  }

  /**
   * O passo para trás: cada nó entrega a cada argumento o gradiente que recebeu vezes a derivada local, e o que chega
   * por vários caminhos se soma. Um ramo fechado não entrega nada, nem 0 vezes infinito.
   * @param {(number | undefined)[]} values o que o passo para frente deu.
   * @param {(number | undefined)[]} [seen] os números que as derivadas veem, se não são os mesmos.
   * @returns {{gradients: (number | undefined)[], parts: Part[][], failures: Map<number, string>}} um gradiente que
   *   não existe é undefined; `failures` diz em que nó uma derivada faltou.
   */
  backward(values, seen = values) {
    const gradients = new Array(values.length).fill(0);
    const reached = new Array(values.length).fill(false);
    const parts = values.map(() => []);
    const failures = new Map();
    gradients[this.root] = values[this.root] === undefined ? undefined : 1;
    reached[this.root] = true;
    for (let user = this.root; user >= 0; user--) {
      if (this.rules[user] === null) continue;
      const numbers = this.numbers(user, seen);
      this.places[user].forEach((place, position) => {
        if (place < 0) return;
        const upstream = gradients[user];
        let local = null;
        try {
          if (reached[user] && seen[user] !== undefined) local = this.slope(user, position, seen, numbers);
          else if (reached[user]) local = undefined;
        } catch (error) {
          failures.set(user, kindOf(error));
          local = undefined;
        }
        const product = local === null ? 0 : local === undefined || upstream === undefined ? undefined : upstream * local;
        parts[place].push({ user, position, upstream, local, product });
        if (local === null) return;
        gradients[place] = product === undefined || gradients[place] === undefined ? undefined : reached[place] ? gradients[place] + product : product;
        reached[place] = true;
      });
    }
    return { gradients, parts, failures };
  }

  /**
   * Os dois passos sem anotar nada, para treinar.
   * @returns {{value: number, gradients: number[]}}
   * @throws {DomainError} uma conta que não existe ali.
   */
  run(leaves) {
    const size = this.nodes.length;
    const values = new Array(size);
    const args = new Array(size);
    for (let index = 0; index < size; index++) {
      const rule = this.rules[index];
      if (rule === null) values[index] = leaves[index];
      else values[index] = rule.value((args[index] = this.numbers(index, values)));
    }
    const gradients = new Array(size).fill(0);
    const reached = new Array(size).fill(false);
    gradients[this.root] = 1;
    reached[this.root] = true;
    for (let user = this.root; user >= 0; user--) {
      const rule = this.rules[user];
      if (rule === null || !reached[user]) continue;
      const places = this.places[user];
      const listed = Array.isArray(rule.slopes) ? null : rule.slopes(values[user], args[user]);
      for (let position = 0; position < places.length; position++) {
        const place = places[position];
        if (place < 0) continue;
        const local = listed === null ? rule.slopes[position](values[user], args[user]) : listed[position];
        if (local === null) continue;
        gradients[place] += gradients[user] * local;
        reached[place] = true;
      }
    }
    return { value: values[this.root], gradients };
  }
}

function kindOf(error) {
  if (error instanceof DomainError) return error.kind;
  throw error;
}
