// Treinar: uma atualização, ou muitas, sem travar a página.

import { DomainError } from "./functions.js";

const BUDGET = 12; // milissegundos de conta por quadro

/** Um treinamento; `onEnd` recebe como acabou: "done", "stopped" ou "diverged". */
export class Training {
  constructor(state) {
    this.state = state;
    this.running = false;
  }

  /** Uma atualização com a taxa de agora; falsa se falta um gradiente. */
  once() {
    const { state } = this;
    const complete = [...state.trainable].every((index) => Number.isFinite(state.gradients[index]));
    if (!complete || !Number.isFinite(state.values[state.root])) return false;
    state.remember();
    const leaves = state.updated();
    const losses = [...(state.losses.length > 0 ? state.losses : [state.values[state.root]])];
    losses.push(state.graph.forward(leaves).values[state.root]);
    state.change({ leaves, losses });
    return true;
  }

  /**
   * Muitas épocas, um pouco por quadro.
   * @param {number} epochs
   * @param {"online" | "batch"} how atualizar depois de cada amostra, ou uma vez por época; sem amostras tanto faz.
   */
  start(epochs, how, onEnd) {
    const { state } = this;
    state.remember();
    this.running = true;
    this.onEnd = onEnd;
    let left = epochs;
    let leaves = [...state.leaves];
    const losses = [];
    const frame = () => {
      if (!this.running) return;
      const until = performance.now() + BUDGET;
      try {
        while (left > 0 && performance.now() < until) {
          const { loss, changed } = epoch(state, leaves, how);
          if (!Number.isFinite(loss) || changed.some((number) => Number.isNaN(number))) throw new DomainError("overflow");
          leaves = changed;
          losses.push(loss);
          left -= 1;
        }
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        state.change({ leaves: this.atSample(leaves), losses });
        this.stop("diverged");
        return;
      }
      state.change({ leaves: this.atSample(leaves), losses });
      if (left > 0) requestAnimationFrame(frame);
      else this.stop("done");
    };
    requestAnimationFrame(frame);
  }

  stop(how = "stopped") {
    if (!this.running) return;
    this.running = false;
    this.onEnd(how);
  }

  atSample(leaves) {
    return this.state.sample === null ? leaves : this.state.withSample(leaves, this.state.sample);
  }
}

/** Uma época: a perda medida antes de cada atualização, e as folhas depois. */
function epoch(state, leaves, how) {
  if (state.data.samples === undefined) {
    const { value, gradients } = state.graph.run(leaves);
    return { loss: value, changed: state.updated(leaves, gradients) };
  }
  let loss = 0;
  let changed = leaves;
  const totals = new Array(leaves.length).fill(0);
  for (let place = 0; place < state.data.samples.rows.length; place++) {
    const filled = state.withSample(changed, place);
    const { value, gradients } = state.graph.run(filled);
    loss += value;
    if (how === "online") changed = state.updated(filled, gradients);
    else for (const index of state.trainable) totals[index] += gradients[index];
  }
  return { loss, changed: how === "online" ? changed : state.updated(leaves, totals) };
}
