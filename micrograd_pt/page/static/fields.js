// Os campos do treinamento: o que não serve é recusado por escrito.

import { say } from "./language.js";

/** Um campo do treinamento: o que não serve é recusado por escrito ao lado dele, e nada muda. */
export class NumberField {
  /**
   * @param {HTMLInputElement} field
   * @param {HTMLElement} problem onde se diz por que o número não serve.
   * @param {string} sentence o nome da frase que o diz.
   * @param {(text: string) => number | null} reader o número escrito; null se não serve.
   * @param {(number: number) => void} [use] o que fazer com um número novo que serve.
   */
  constructor(field, problem, sentence, reader, use = () => {}) {
    Object.assign(this, { field, problem, sentence, reader });
    field.addEventListener("change", () => {
      const number = reader(field.value);
      this.describe();
      if (number !== null) use(number);
    });
  }

  /** O número do campo; null, dito por escrito e com o foco no campo, se ele não serve. */
  read() {
    const number = this.reader(this.field.value);
    this.describe();
    if (number === null) this.field.focus();
    return number;
  }

  /** Diz, na língua da página, se o que está escrito não serve. */
  describe() {
    const bad = this.reader(this.field.value) === null;
    this.field.setAttribute("aria-invalid", String(bad));
    this.problem.textContent = bad ? say(this.sentence, { written: this.field.value }) : "";
  }
}
