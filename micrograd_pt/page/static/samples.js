// A tabela das amostras: a saída e a classe de cada uma com os pesos de agora; tocar numa a põe no grafo.

import { say } from "./language.js";
import { format } from "./numbers.js";

/** A tabela das amostras. */
export class SampleTable {
  constructor(state, table, verdict) {
    this.state = state;
    this.table = table;
    this.verdict = verdict;
    this.rows = state.data.samples.rows.map((sample, place) => this.row(sample, place));
  }

  row(sample, place) {
    const { state } = this;
    const line = document.createElement("tr");
    const cell = (text) => {
      const made = document.createElement("td");
      made.textContent = text;
      line.append(made);
      return made;
    };
    const choice = document.createElement("button");
    choice.type = "button";
    choice.className = "sample-choice";
    choice.textContent = `(${sample.x.map((number) => format(Number(number), state.digits)).join(", ")})`;
    choice.addEventListener("click", () => this.choose(place));
    cell("").append(choice);
    cell(sample.t.map((number) => format(Number(number), state.digits)).join(", "));
    const output = cell("");
    const predicted = cell("");
    output.dataset.output = place;
    predicted.dataset.class = place;
    this.table.append(line);
    return { line, choice, output, predicted };
  }

  choose(place) {
    const { state } = this;
    state.remember();
    state.change({ leaves: state.withSample(state.leaves, place), sample: place });
  }

  /** A classe de saídas: pelo limiar, se a saída é uma; senão a maior. */
  classOf(outputs) {
    const { threshold, rows } = this.state.data.samples;
    if (outputs.includes(undefined) || outputs.some(Number.isNaN)) return null;
    if (outputs.length > 1) return outputs.indexOf(Math.max(...outputs));
    if (threshold === null) return null;
    const wanted = rows.map((row) => Number(row.t[0]));
    return outputs[0] >= threshold ? Math.max(...wanted) : Math.min(...wanted);
  }

  /**
   * @param {boolean} outputsSeen falso enquanto as perguntas escondem a saída.
   * @param {boolean} lossSeen falso enquanto escondem a perda.
   */
  show(outputsSeen, lossSeen) {
    const { state } = this;
    const { rows, outputs } = state.data.samples;
    let total = 0;
    let wrong = 0;
    let classed = true;
    rows.forEach((sample, place) => {
      const { values } = state.graph.forward(state.withSample(state.leaves, place));
      const numbers = outputs.map((index) => values[index]);
      const row = this.rows[place];
      const predicted = this.classOf(numbers);
      const wanted = this.classOf(sample.t.map(Number));
      total += values[state.root];
      classed &&= predicted !== null;
      if (predicted !== wanted) wrong += 1;
      const verdict = predicted === null ? "—" : `${format(predicted, state.digits)} ${predicted === wanted ? "✓" : "✗"}`;
      row.output.textContent = outputsSeen ? numbers.map((number) => format(number, state.digits)).join(", ") : "?";
      row.predicted.textContent = outputsSeen ? verdict : "?";
      row.predicted.classList.toggle("is-wrong", outputsSeen && predicted !== wanted);
      row.line.classList.toggle("is-chosen", place === state.sample);
      row.choice.setAttribute("aria-pressed", String(place === state.sample));
    });
    const sum = say("page.samples.total", { value: format(total, state.digits) });
    const right = say("page.samples.right", { right: rows.length - wrong, total: rows.length });
    const told = [...(lossSeen ? [sum] : []), ...(outputsSeen && classed ? [right] : [])];
    this.verdict.textContent = told.length > 0 ? told.join(" ") : say("page.samples.asked");
    this.verdict.dataset.total = lossSeen ? String(total) : "?";
  }
}
