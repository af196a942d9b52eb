// A folha para imprimir: todos os passos por extenso; no modo de perguntas, com lacunas onde ainda não se respondeu.

import { say } from "./language.js";
import { lineElement } from "./panel.js";
import { backwardLines, forwardLines, titled } from "./steps.js";

const MOST_STEPS = 240; // um grafo maior se imprime só com as figuras e a tabela

/** A folha, feita quando se manda imprimir e desfeita depois. */
export class Handout {
  constructor(state, steps, quiz, picks, panel) {
    Object.assign(this, { state, steps, quiz, picks, panel });
    this.holder = document.getElementById("handout");
    window.addEventListener("beforeprint", () => this.fill());
    window.addEventListener("afterprint", () => this.clear());
  }

  fill() {
    this.clear();
    const { steps } = this;
    const whole = steps.length <= MOST_STEPS;
    document.body.classList.toggle("has-handout", whole);
    if (!whole) return;
    for (const kind of ["forward", "backward", "update"]) {
      const places = steps.flatMap((step, place) => (step.kind === kind && this.isPrinted(step) ? [place] : []));
      if (places.length > 0) this.holder.append(this.part(kind, places));
    }
  }

  clear() {
    document.body.classList.remove("has-handout");
    this.holder.replaceChildren();
  }

  /** A atualização mostra todos os gradientes: com perguntas em aberto, não se imprime. */
  isPrinted(step) {
    const { state, quiz } = this;
    return step.kind !== "update" || state.mode !== "quiz" || quiz.score.done === quiz.score.total;
  }

  part(kind, places) {
    const section = document.createElement("section");
    const title = document.createElement("h2");
    title.textContent = say(`page.phase.${kind}`);
    section.append(title, ...places.map((place) => this.article(place)));
    return section;
  }

  article(place) {
    const step = this.steps[place];
    const article = document.createElement("article");
    if (step.kind === "update") {
      article.append(this.panel.updates());
      return article;
    }
    const title = document.createElement("h3");
    title.textContent = titled(this.state, step);
    const lines = this.lines(step);
    const open = this.state.mode === "quiz" && this.quiz.result(place) === undefined;
    article.append(title, ...(open ? [lines[0], blank(lines[0])] : lines).map(lineElement));
    return article;
  }

  lines({ kind, node }) {
    const { state } = this;
    if (kind === "backward") return backwardLines(state, node, this.picks);
    return state.values[node] === undefined ? forwardLines(state, node).slice(0, 1) : forwardLines(state, node);
  }
}

/** Uma linha em branco, para responder; a do gradiente da saída, que não tem conta, é a própria pergunta. */
function blank(first) {
  if (first.isResult) first.right = [];
  return { left: null, sign: first.isResult ? "" : "=", right: ["____________________"] };
}
