// Treinar: uma atualização, ou muitas, sem travar a página.

import { DomainError } from "./functions.js";

const BUDGET = 12; // milissegundos de conta por quadro
const MOST_KEPT = 4; // épocas a que se pode voltar quando a perda deixa de ser um número

/** Um treinamento; `onEnd` recebe como acabou: "done", "stopped", "diverged" ou "missing". */
export class Training {
  constructor(state) {
    this.state = state;
    this.running = false;
  }

  /**
   * Uma atualização com a taxa de agora.
   * @returns {"stepped" | "missing" | "diverged"} como foi: nada muda se falta um gradiente, ou se depois a perda não
   *   seria um número.
   */
  once() {
    const { state } = this;
    const complete = [...state.trainable].every((index) => Number.isFinite(state.gradients[index]));
    if (!complete || !Number.isFinite(state.values[state.root])) return "missing";
    const leaves = state.updated();
    const loss = state.graph.forward(leaves).values[state.root];
    if (!Number.isFinite(loss) || !leaves.every(Number.isFinite)) return "diverged";
    state.remember();
    state.change({ leaves, losses: [...(state.losses.length > 0 ? state.losses : [state.values[state.root]]), loss] });
    return "stepped";
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
    const kept = [leaves]; // as folhas das últimas épocas, a mais nova no começo
    const giveUp = () => {
      const good = kept.find((candidate) => isSound(state, candidate));
      if (good === undefined) state.undo();
      else state.change({ leaves: this.atSample(good), losses });
      this.stop(good === undefined ? "missing" : "diverged");
    };
    const frame = () => {
      if (!this.running) return;
      const until = performance.now() + BUDGET;
      try {
        while (left > 0 && performance.now() < until) {
          const { loss, changed } = epoch(state, leaves, how);
          if (!Number.isFinite(loss) || !changed.every(Number.isFinite)) throw new DomainError("overflow");
          leaves = changed;
          kept.unshift(leaves);
          if (kept.length > MOST_KEPT) kept.splice(MOST_KEPT - 1, 1);
          losses.push(loss);
          left -= 1;
        }
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        giveUp();
        return;
      }
      if (left === 0 && !isSound(state, leaves)) {
        giveUp();
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

/** Verdadeiro se com essas folhas a perda de cada amostra é um número, e cada gradiente também. */
function isSound(state, leaves) {
  const rows = state.data.samples?.rows ?? [null];
  try {
    return rows.every((row, place) => {
      const { value, gradients } = state.graph.run(row === null ? leaves : state.withSample(leaves, place));
      return Number.isFinite(value) && gradients.every(Number.isFinite);
    });
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
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
