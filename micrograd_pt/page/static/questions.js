// O modo de perguntas: que pergunta cabe em cada passo, a resposta, o porquê de um engano, a dica, o progresso.

import { language, say } from "./language.js";
import { recognized, truth } from "./mistakes.js";
import { agrees, format, parse } from "./numbers.js";
import { openParts } from "./steps.js";
import { download, Drawer, fingerprint } from "./storage.js";

const MOST_LOCALS = 3;

/** As perguntas de um passo, na ordem. */
export function questionsOf(state, step) {
  if (step.kind === "forward") return [{ kind: "value", node: step.node }];
  if (step.kind !== "backward") return [];
  const locals = openParts(state, step.node).slice(0, MOST_LOCALS);
  return [
    ...locals.map((part) => ({ kind: "local", node: step.node, part })),
    { kind: "gradient", node: step.node },
  ];
}

/** O andamento das perguntas, guardado no navegador. */
export class Quiz {
  constructor(state, steps) {
    this.state = state;
    this.steps = steps;
    const shape = JSON.stringify(state.nodes.map(({ name, rule, args }) => [name, rule, args]));
    this.drawer = new Drawer(`micrograd_pt:${fingerprint(shape)}`);
    this.place = 0;
    this.tries = 0;
  }

  /** Os passos que têm perguntas. */
  get asked() {
    return this.steps.flatMap((step, index) => (questionsOf(this.state, step).length > 0 ? [index] : []));
  }

  /** Como um passo acabou: "right", "helped" (com dica ou mais de uma tentativa), "shown", ou undefined. */
  result(step) {
    const kept = this.drawer.get(String(step));
    return ["right", "helped", "shown"].includes(kept) ? kept : undefined;
  }

  get score() {
    const results = this.asked.map((step) => this.result(step));
    return {
      total: results.length,
      done: results.filter(Boolean).length,
      right: results.filter((result) => result === "right").length,
    };
  }

  /** Começa as perguntas de um passo. */
  open(step) {
    this.step = step;
    this.place = 0;
    this.tries = 0;
    this.hints = 0;
    this.helped = false;
  }

  get questions() {
    return questionsOf(this.state, this.steps[this.step]);
  }

  get current() {
    return this.questions[this.place];
  }

  /**
   * Confere uma resposta.
   * @returns {{verdict: "unreadable" | "right" | "finished" | "wrong", text: string}}
   */
  answer(text) {
    const written = parse(text);
    if (written === null) return { verdict: "unreadable", text: say("page.answer.unreadable") };
    const expected = truth(this.state, this.current);
    if (agrees(written, expected, this.state.digits)) {
      const shown = format(expected, this.state.digits);
      this.place += 1;
      if (this.place < this.questions.length) return { verdict: "right", text: say("page.answer.right", { value: shown }) };
      this.close(this.helped || this.tries > 0 ? "helped" : "right");
      return { verdict: "finished", text: say("page.answer.right", { value: shown }) };
    }
    this.tries += 1;
    const names = recognized(this.state, this.current, written);
    const reasons = names.map((name) => say(this.state.data.mistakes?.[name] ?? `page.mistake.${name}`));
    if (reasons.length === 0) return { verdict: "wrong", text: say("page.answer.unknown") };
    if (reasons.length === 1) return { verdict: "wrong", text: say("page.answer.mistake", { reason: reasons[0] }) };
    return { verdict: "wrong", text: say("page.answer.mistakes", { reasons: reasons.join(" ") }) };
  }

  hint() {
    this.hints = Math.min(this.hints + 1, 2);
    this.helped = true;
  }

  close(result) {
    const before = this.result(this.step);
    if (before !== "right") this.drawer.set(String(this.step), result);
    this.place = this.questions.length;
  }

  reset() {
    this.drawer.clear();
  }

  /** O progresso como arquivo. */
  export() {
    const steps = this.asked.map((index) => ({
      step: index,
      kind: this.steps[index].kind,
      node: this.state.nodes[this.steps[index].node].name,
      result: this.result(index) ?? "open",
    }));
    const report = { title: document.title, lang: language(), date: new Date().toISOString(), ...this.score, steps };
    download("micrograd-pt.json", JSON.stringify(report, null, 2));
  }
}
