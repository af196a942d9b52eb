// O cartão do passo: título, fórmulas, perguntas e os botões que andam.

import { say } from "./language.js";
import { formula, pieces } from "./formulas.js";
import { fewestDigits, format } from "./numbers.js";
import { backwardLines, forwardLines, gradientName, openParts, spoken, titled, writtenSlopes } from "./steps.js";

/** O elemento com esse id. */
export const $ = (id) => document.getElementById(id);
const PAUSE = 1600; // milissegundos entre dois passos, quando anda sozinho

/** O cartão do passo. */
export class StepPanel {
  /** @param {{go: (step: number) => void}} actions o que os botões fazem. */
  constructor(state, steps, quiz, picks, actions) {
    Object.assign(this, { state, steps, quiz, picks, actions });
    this.timer = null;
    $("walk").max = steps.length - 1;
    $("walk").addEventListener("input", () => this.walk(Number($("walk").value)));
    $("first").addEventListener("click", () => this.walk(0));
    $("last").addEventListener("click", () => this.walk(steps.length - 1));
    $("previous").addEventListener("click", () => this.walk(state.step - 1));
    $("next").addEventListener("click", () => this.walk(state.step + 1));
    $("play").addEventListener("click", () => (this.timer === null ? this.play() : this.pause()));
    $("question").addEventListener("submit", (event) => {
      event.preventDefault();
      this.answered();
    });
    $("hint").addEventListener("click", () => {
      quiz.hint();
      this.show();
      $("answer").focus();
    });
    $("reveal").addEventListener("click", () => {
      quiz.close("shown");
      state.tell("numbers");
      state.tell("step");
      $("next").focus();
    });
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** As setas andam, fora de um campo que as usa para si. */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    const own = event.target.closest?.("input, select, textarea, #graph, .scroll");
    if (own !== null && own !== undefined) return;
    const moves = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      this.walk(this.state.step + moves[event.key]);
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      this.walk(event.key === "Home" ? 0 : this.steps.length - 1);
    }
  }

  walk(step) {
    this.pause();
    this.actions.go(step);
  }

  play() {
    if (this.state.step === this.steps.length - 1) this.actions.go(0);
    this.timer = setInterval(() => {
      this.actions.go(this.state.step + 1);
      if (this.state.step === this.steps.length - 1) this.pause();
    }, PAUSE);
    this.showPlay();
  }

  pause() {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.showPlay();
  }

  showPlay() {
    const playing = this.timer !== null;
    $("play").textContent = playing ? "■" : "▶▶";
    $("play").setAttribute("aria-label", say(playing ? "page.walk.pause" : "page.walk.play"));
  }

  answered() {
    const { verdict, text } = this.quiz.answer($("answer").value);
    this.message = { verdict, text };
    if (verdict === "finished") {
      this.keep = true;
      this.state.tell("numbers");
      if (this.state.step < this.steps.length - 1) this.actions.go(this.state.step + 1);
      else this.show();
      if (!$("question").hidden) $("answer").focus();
      else $("next").focus();
      return;
    }
    if (verdict === "right") this.quiz.tries = 0;
    this.show();
    if (verdict === "right") $("answer").value = "";
    $("answer").focus();
    $("answer").select();
  }

  /** Um passo novo: as perguntas dele começam, e o que se disse sobre o anterior fica só se ele acabou de ser acertado. */
  open() {
    this.quiz.open(this.state.step);
    if (!this.keep) this.message = null;
    this.keep = false;
    $("answer").value = "";
  }

  get asking() {
    const { state, quiz } = this;
    return state.mode === "quiz" && quiz.result(state.step) === undefined && quiz.current !== undefined;
  }

  show() {
    const { state, steps } = this;
    const step = steps[state.step];
    const { kind, node } = step;
    document.body.dataset.phase = kind;
    $("phase").textContent = say(`page.phase.${kind}`);
    $("counter").textContent = say("page.counter", { step: state.step, total: steps.length - 1 });
    $("step-title").textContent = titled(state, step);
    $("walk").value = state.step;
    $("walk").setAttribute("aria-valuetext", titled(state, step));
    $("previous").disabled = $("first").disabled = state.step === 0;
    $("next").disabled = $("last").disabled = state.step === steps.length - 1;
    $("note").textContent = this.asking ? "" : this.note(step);
    $("lines").replaceChildren(...this.lines(step));
    this.showProblem(node);
    this.showQuestion();
    this.showPlay();
  }

  note({ kind, node }) {
    const { state } = this;
    if (kind === "start") return say("page.note.start", { output: state.nodes[state.root].name });
    if (kind === "update") return say("page.note.update");
    if (kind === "forward") return "";
    if (node === state.root) return say("page.note.seed");
    const open = openParts(state, node).length;
    if (open === 0) return say(state.parts[node].length > 0 ? "page.note.closed" : "page.note.unused");
    return open === 1 ? say("page.note.path") : say("page.note.paths", { paths: open });
  }

  lines({ kind, node }) {
    const { state } = this;
    if (kind === "start") return [];
    if (kind === "update") return [this.updates()];
    if (state.values[node] === undefined && kind === "forward") return forwardLines(state, node).slice(0, 1).map(lineElement);
    let lines = kind === "forward" ? forwardLines(state, node) : backwardLines(state, node, this.picks);
    if (this.asking) {
      const shown = (kind === "forward" ? 1 : 0) + this.quiz.hints;
      if (this.quiz.current.kind === "local") return this.localLines(shown);
      lines = lines.filter((line) => !line.isResult).slice(0, shown);
      if (lines.length === 0) return [];
    } else {
      const result = lines.at(-1).right[0];
      result.dataset[kind === "forward" ? "value" : "grad"] = state.nodes[node].name;
    }
    return lines.map(lineElement);
  }

  /** As dicas de uma pergunta sobre a derivada local. */
  localLines(shown) {
    const { state } = this;
    const { part } = this.quiz.current;
    const written = writtenSlopes(state, part.user, this.picks)[part.position];
    if (written === null || shown === 0) return [];
    const rows = [{ left: this.localName(part), sign: "=", right: pieces(formula(written[2])) }];
    // Uma derivada que não se escreve por extenso só se poderia mostrar como a resposta.
    if (!written[3].includes("data-l")) rows.push({ left: null, sign: "=", right: pieces(formula(written[3], state)) });
    return rows.slice(0, shown).map(lineElement);
  }

  localName({ user, position }) {
    const { nodes, graph } = this.state;
    const by = nodes[graph.places[user][position]].math;
    return formula(
      `<mfrac><mrow><mo>∂</mo>${nodes[user].math}</mrow><mrow><mo>∂</mo>${by}</mrow></mfrac>`,
    );
  }

  /** A atualização de cada folha treinada, e o que a perda passaria a valer. */
  updates() {
    const { state } = this;
    const { digits } = state;
    const leaves = state.updated();
    const after = state.graph.forward(leaves).values[state.root];
    const table = document.createElement("table");
    table.className = "updates";
    const head = table.createTHead().insertRow();
    for (const key of ["node", "old", "change", "new"]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = say(`page.update.${key}`);
      head.append(cell);
    }
    const body = table.createTBody();
    for (const index of state.trainable) {
      const row = body.insertRow();
      const gradient = state.gradients[index];
      row.insertCell().append(formula(state.nodes[index].math));
      row.insertCell().textContent = format(state.leaves[index], digits);
      const shown = state.seen.gradient(index);
      const written = shown ? format(gradient, digits) : "?";
      row.insertCell().textContent = `− ${format(state.rate, digits)} · ${shown && gradient < 0 ? `(${written})` : written}`;
      const cell = row.insertCell();
      cell.textContent = shown ? format(leaves[index], digits) : "?";
      cell.dataset.updated = state.nodes[index].name;
    }
    const holder = document.createElement("div");
    holder.className = "updates-holder";
    const effect = document.createElement("p");
    effect.className = "effect";
    const known = [...state.trainable].every((index) => state.seen.gradient(index));
    const outputs = [...(state.data.samples?.outputs ?? []).filter((index) => index >= 0), state.root].filter(
      (index) => known && state.seen.value(index),
    );
    const later = state.graph.forward(leaves).values;
    effect.textContent = outputs
      .map((index) =>
        say("page.update.effect", {
          name: state.nodes[index].name,
          before: format(state.values[index], digits),
          after: format(later[index], digits),
        }),
      )
      .join("   ");
    holder.append(table);
    holder.tabIndex = 0;
    holder.setAttribute("role", "group");
    holder.setAttribute("aria-label", say("page.step.update"));
    const all = document.createElement("div");
    if (known) all.dataset.after = String(after);
    all.append(effect, holder);
    return all;
  }

  /** Uma conta que não existe: onde, e por quê; o resto da página continua. */
  showProblem(node) {
    const { state } = this;
    const failures = [...state.failures, ...state.slopeFailures].map(([index, kind]) => ({ index, kind }));
    const first = failures.find(({ index }) => index === node) ?? failures[0];
    $("problem").hidden = first === undefined;
    if (first === undefined) return;
    const { name, symbol } = state.nodes[first.index];
    const places = state.graph.places[first.index];
    const numbers = state.graph
      .numbers(first.index, state.values)
      .map((number, place) => (places[place] < 0 || state.seen.value(places[place]) ? format(number, state.digits) : "?"));
    const where = state.failures.has(first.index) ? "value" : "slope";
    $("problem").textContent = say(`page.problem.${where}.${first.kind}`, { name, symbol, numbers: numbers.join(", ") });
  }

  showQuestion() {
    const { state, quiz } = this;
    const isQuiz = state.mode === "quiz";
    $("question").hidden = !this.asking;
    $("progress").hidden = !isQuiz;
    $("feedback").hidden = !isQuiz || !this.message;
    if (this.message) {
      $("feedback").textContent = this.message.text;
      $("feedback").dataset.verdict = this.message.verdict;
    }
    if (isQuiz) {
      const { total, done, right } = quiz.score;
      $("score").textContent = say("page.score", { total, done, right });
      $("score-bar").max = Math.max(total, 1);
      $("score-bar").value = done;
    }
    if (!this.asking) return;
    const { kind, node, part } = quiz.current;
    const name = state.nodes[node].name;
    const symbol = kind === "value" ? formula(state.nodes[node].math) : kind === "gradient" ? gradientName(state, node) : this.localName(part);
    const key = kind === "local" ? "page.question.local" : `page.question.${kind}`;
    const user = part === undefined ? "" : state.nodes[part.user].name;
    const text = say(key, { name, user, output: state.nodes[state.root].name });
    $("question-text").replaceChildren(text, " ", symbol);
    $("question-digits").textContent = say("page.question.digits", { digits: fewestDigits(state.digits) });
    $("hint").disabled = quiz.hints >= 2;
  }

  speak() {
    const { state } = this;
    $("live").textContent = this.asking ? $("question-text").textContent : spoken(state, this.steps, state.step);
  }
}

/** Uma linha: o nome à esquerda, o sinal, a fórmula em pedaços que quebram entre si. */
export function lineElement({ left, sign, right, isResult }) {
  const line = document.createElement("div");
  line.className = isResult ? "line is-result" : "line";
  const side = document.createElement("span");
  side.className = "line-left";
  if (left !== null) side.append(left);
  const equals = document.createElement("span");
  equals.className = "line-sign";
  equals.textContent = sign;
  const rest = document.createElement("span");
  rest.className = "line-right";
  for (const piece of right) rest.append(piece, " ");
  line.append(side, equals, rest);
  return line;
}
