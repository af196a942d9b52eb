// O estado da página: os números de agora, o passo, a história, e quem quer saber quando algo muda.

import { Graph } from "./graph.js";

const MOST_MEMORIES = 500;

/** Tudo o que muda na página; quem mostra alguma coisa se inscreve com `watch`. */
export class State {
  /**
   * @param {object} data o que o Python escreveu.
   * @param {object} rules as regras da tabela.
   */
  constructor(data, rules) {
    this.data = data;
    this.nodes = data.nodes;
    this.digits = data.digits;
    this.graph = new Graph(data.nodes, rules);
    this.root = this.graph.root;
    this.byName = new Map(data.nodes.map((node, index) => [node.name, index]));
    this.initial = data.nodes.map((node) => (node.rule === null ? Number(node.value) : 0));
    this.leaves = [...this.initial];
    this.trainable = new Set(data.parameters);
    this.rate = data.learning_rate ?? 0.1;
    this.sample = data.samples?.sample ?? null;
    this.losses = [];
    this.memories = [];
    this.step = 0;
    this.mode = "explore";
    /** O que já se pode ver: tudo, menos o que as perguntas escondem. */
    this.seen = { value: () => true, gradient: () => true };
    this.watchers = [];
    this.compute();
  }

  /** Chama `show(what)` quando mudam os números, o passo, o modo ou a língua. */
  watch(show) {
    this.watchers.push(show);
  }

  tell(what) {
    for (const show of this.watchers) show(what);
  }

  /** Refaz os dois passos com as folhas de agora. */
  compute() {
    Object.assign(this, this.graph.forward(this.leaves));
    const { gradients, parts, failures } = this.graph.backward(this.values);
    Object.assign(this, { gradients, parts, slopeFailures: failures });
  }

  /** O número de um nó chamado pelo rótulo. */
  index(label) {
    const index = this.byName.get(label);
    if (index === undefined) throw new Error(`não há nó chamado ${JSON.stringify(label)}`);
    return index;
  }

  /** Guarda como tudo está, para que "voltar" o traga de novo. */
  remember() {
    this.memories.push({ leaves: [...this.leaves], sample: this.sample, losses: this.losses });
    if (this.memories.length > MOST_MEMORIES) this.memories.shift();
  }

  /** Volta à última memória. */
  undo() {
    const memory = this.memories.pop();
    if (memory !== undefined) this.change(memory);
  }

  /** Muda folhas, amostra ou perdas, refaz as contas e avisa. */
  change({ leaves = this.leaves, sample = this.sample, losses = this.losses }) {
    Object.assign(this, { leaves, sample, losses });
    this.compute();
    this.tell("numbers");
  }

  /** Muda uma folha. */
  setLeaf(index, value) {
    const leaves = [...this.leaves];
    leaves[index] = value;
    this.change({ leaves });
  }

  /** As folhas com os números de uma amostra nas entradas e na saída desejada. */
  withSample(leaves, place) {
    const { rows, inputs, targets } = this.data.samples;
    const filled = [...leaves];
    inputs.forEach((index, position) => index >= 0 && (filled[index] = Number(rows[place].x[position])));
    targets.forEach((index, position) => index >= 0 && (filled[index] = Number(rows[place].t[position])));
    return filled;
  }

  /** As folhas depois de uma atualização com a taxa de agora, sem mudar nada. */
  updated(leaves = this.leaves, gradients = this.gradients) {
    const changed = [...leaves];
    for (const index of this.trainable) {
      if (gradients[index] !== undefined) changed[index] -= this.rate * gradients[index];
    }
    return changed;
  }
}
