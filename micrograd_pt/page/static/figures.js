// As figuras: os números de agora nos nós, o passo aceso, o gradiente correndo pelas setas, e o que está ligado a quê.

import { say } from "./language.js";
import { typeset } from "./numbers.js";
import { openParts } from "./steps.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_LABELS = 12;
const LABEL = { letter: 6, line: 12, gap: 2 }; // tamanhos do que se escreve numa seta, nas unidades da figura
const TWO_LINES = 15; // quanto pior é um rótulo em duas linhas
// Onde se pode escrever, do melhor lugar ao pior: em que ponto da seta, e quão ao lado e quão acima ou abaixo dele.
const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82]
  .flatMap((share) => Array.from({ length: 17 }, (_, row) => ({ share, up: 7 * (row - 8) })))
  .flatMap((place) => [0, -0.3, 0.3, -0.55, 0.55, -0.8, 0.8].map((side) => ({ ...place, side })))
  .map((place) => ({ ...place, far: Math.abs(place.up) + 30 * Math.abs(place.side) + 20 * Math.abs(place.share - 0.5) }))
  .sort((one, other) => one.far - other.far);

/** O grafo computacional. */
export class GraphFigure {
  /** @param {HTMLElement} frame onde o SVG está; vazio se o grafo é grande demais. */
  constructor(state, frame) {
    this.state = state;
    this.frame = frame;
    this.svg = frame.querySelector("svg");
    this.boxes = state.nodes.map((_, index) => document.getElementById(`graph-node-${index}`));
    this.texts = this.boxes.map((box) => {
      if (box === null) return null;
      const texts = [...box.querySelectorAll("text")];
      return { value: texts.at(-3), gradient: texts.at(-1) };
    });
    this.lit = [];
    this.labels = [];
    if (this.svg === null) return;
    state.nodes.forEach((node, index) => {
      const { value, gradient } = this.texts[index] ?? {};
      value?.setAttribute("data-value", node.name);
      gradient?.setAttribute("data-grad", node.name);
    });
    this.room = this.boxes.map((box) => (box === null ? 0 : box.getBBox()));
    this.curves = new Map();
    for (const path of this.svg.querySelectorAll(".edge > path")) this.curves.set(path, points(path));
    this.natural = { width: Number(this.svg.dataset.width) * (4 / 3), height: Number(this.svg.dataset.height) * (4 / 3) };
    this.zoom("read");
  }

  /** Para ler (os números em tamanho legível) ou inteiro (o grafo todo à vista). */
  zoom(how) {
    if (this.svg === null) return;
    this.how = how;
    const available = this.frame.clientWidth - 2;
    const fitting = Math.min(available, this.natural.width);
    const width = how === "fit" ? fitting : Math.max(fitting, this.natural.width * 0.78);
    this.svg.style.width = `${width}px`;
    this.svg.style.height = `${(width * this.natural.height) / this.natural.width}px`;
  }

  /** Escreve os números; um que ainda não se pode ver aparece como "?". */
  showNumbers(seen) {
    const { state } = this;
    this.texts.forEach((texts, index) => {
      if (texts === null) return;
      write(texts.value, seen.value(index) ? typeset(state.values[index], state.digits) : "?", this.room[index]);
      write(texts.gradient, seen.gradient(index) ? typeset(state.gradients[index], state.digits) : "?", this.room[index]);
      const failed = state.failures.has(index) || state.slopeFailures.has(index);
      this.boxes[index].classList.toggle("is-failed", failed);
    });
  }

  /** Acende o passo: o nó, as setas que chegam a ele (para frente) ou que saem dele (para trás). */
  showStep(step, done, seen) {
    for (const element of this.lit) element.classList.remove("is-now", "is-forward-flow", "is-backward-flow");
    for (const label of this.labels) label.remove();
    this.lit = [];
    this.labels = [];
    this.taken = [];
    if (this.svg === null) return;
    this.boxes.forEach((box, index) => {
      box?.classList.toggle("is-valued", done.values.has(index));
      box?.classList.toggle("is-graded", done.gradients.has(index));
    });
    if (step.node === null) return;
    this.light(this.boxes[step.node], "is-now");
    if (step.kind === "forward") {
      this.state.graph.places[step.node].forEach((place, position) => {
        if (place >= 0) this.light(edge(place, step.node, position), "is-forward-flow");
      });
    } else {
      openParts(this.state, step.node).forEach((part, place) => {
        const arrow = edge(step.node, part.user, part.position);
        this.light(arrow, "is-backward-flow");
        if (arrow !== null && place < MOST_LABELS && seen && this.state.seen.gradient(part.user)) this.label(arrow, part);
      });
    }
    this.reveal(this.boxes[step.node]);
  }

  light(element, name) {
    if (element === null) return;
    element.classList.add(name);
    this.lit.push(element);
  }

  /** Ao lado de uma seta, o que passa por ela: gradiente × derivada local. */
  label(arrow, part) {
    const path = arrow.querySelector("path");
    if (!this.curves.has(path) || part.product === undefined) return;
    const [upstream, local] = [part.upstream, part.local].map((number) => typeset(number, 4));
    const factor = `× ${local.startsWith("−") ? `(${local})` : local}`;
    const shapes = [[`${upstream} ${factor}`], [upstream, factor]]; // numa linha, ou em duas onde só assim cabe
    const [lines, place] = shapes
      .map((shape) => [shape, this.free(path, sizeOf(shape))])
      .reduce((one, other) => (one[1].cost <= other[1].cost + TWO_LINES ? one : other));
    const { x: left, y: top, width, height } = place;
    const room = { x: left, y: top, width, height };
    this.taken.push(room);
    const label = drawn("g", { class: "flow-label" });
    label.append(drawn("rect", { ...room, rx: 3 }));
    lines.forEach((line, row) => {
      const y = room.y + (row + 1) * LABEL.line - 1;
      const text = drawn("text", { x: room.x + room.width / 2, y, "text-anchor": "middle" });
      text.textContent = line;
      label.append(text);
    });
    arrow.parentNode.append(label);
    this.labels.push(label);
  }

  /** Um lugar para escrever na seta, ou ao lado dela, longe de caixas, de outras setas e do que já se escreveu. */
  free(path, size) {
    const own = this.curves.get(path);
    const [xs, ys] = [own.map(({ x }) => x), own.map(({ y }) => y)];
    const around = { x: Math.min(...xs) - 1.1 * size.width, y: Math.min(...ys) - 65 };
    around.width = Math.max(...xs) + 1.1 * size.width - around.x;
    around.height = Math.max(...ys) + 65 - around.y;
    const boxes = [...this.room.filter((box) => box !== 0), ...this.taken].filter((box) => overlap(box, around));
    const others = [...this.curves].flatMap(([other, curve]) =>
      other === path ? [] : curve.filter((point) => isInside(point, around)),
    );
    let best = { cost: Infinity };
    for (const { share, up, side, far } of PLACES) {
      if (far >= best.cost) break;
      const { x, y } = own[Math.round(share * (own.length - 1))];
      const room = { x: x + (side - 0.5) * size.width, y: y + up - size.height / 2, ...size };
      const covered = 1000 * boxes.filter((box) => overlap(room, box)).length;
      if (covered + far >= best.cost) continue;
      const cost = covered + far + 40 * others.filter((point) => isInside(point, room)).length;
      if (cost < best.cost) best = { cost, ...room };
    }
    return best;
  }

  /** Traz um nó para dentro da moldura. */
  reveal(box) {
    if (box === null || this.how === "fit") return;
    const inside = this.frame.getBoundingClientRect();
    const { left, top, width, height } = box.getBoundingClientRect();
    this.frame.scrollTo({
      left: this.frame.scrollLeft + left + width / 2 - inside.left - inside.width / 2,
      top: this.frame.scrollTop + top + height / 2 - inside.top - inside.height / 2,
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth",
    });
  }
}

function sizeOf(lines) {
  const longest = Math.max(...lines.map((line) => line.length));
  return { width: longest * LABEL.letter + 6, height: lines.length * LABEL.line + 3 };
}

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Pontos ao longo de uma seta, que o Graphviz escreve como curvas de Bézier cúbicas. */
function points(path) {
  const numbers = (path.getAttribute("d").match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  const corners = numbers.flatMap((x, place) => (place % 2 === 0 ? [{ x, y: numbers[place + 1] }] : []));
  const found = [];
  for (let start = 0; start + 3 < corners.length; start += 3) {
    const [from, , , to] = corners.slice(start, start + 4);
    const count = Math.max(4, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 5));
    for (let t = 0; t < 1; t += 1 / count) {
      const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
      const along = (axis) => weights.reduce((total, weight, place) => total + weight * corners[start + place][axis], 0);
      found.push({ x: along("x"), y: along("y") });
    }
  }
  return [...found, corners.at(-1)];
}

function overlap(one, other) {
  const { gap } = LABEL;
  return (
    one.x < other.x + other.width + gap &&
    other.x < one.x + one.width + gap &&
    one.y < other.y + other.height + gap &&
    other.y < one.y + one.height + gap
  );
}

function isInside({ x, y }, room) {
  return x > room.x - 1 && x < room.x + room.width + 1 && y > room.y - 1 && y < room.y + room.height + 1;
}

function edge(from, to, position) {
  return document.getElementById(`graph-edge-${from}-${to}-${position}`);
}

/** Escreve um texto numa caixa, apertado se não cabe. */
function write(text, written, room) {
  const shown = `${/^\s*/.exec(text.textContent)[0]}${written}`;
  if (text.textContent === shown && text.dataset.fitted) return;
  text.textContent = shown;
  text.dataset.fitted = "yes";
  text.removeAttribute("textLength");
  if (written.length < 10) return;
  const available = room.x + room.width - Number(text.getAttribute("x")) - 4;
  if (text.getComputedTextLength() > available) {
    text.setAttribute("textLength", Math.max(available, 10));
    text.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }
}

const SMALLEST = 0.85; // pontos da figura em pixels: menor do que isto os números não se leem, e ela se rola

/** A rede: pesos nas setas, com cor, traço e espessura; valores nos neurônios. */
export class NetworkFigure {
  constructor(state, frame) {
    this.state = state;
    this.parts = Object.entries(state.data.links ?? {}).map(([name, node]) => ({
      name,
      node,
      element: document.getElementById(`network-${name}`),
      text: document.querySelector(`#network-${name.replace("weight-", "weight-label-").replace("unit-", "value-")} text`),
    }));
    this.svg = frame.querySelector("svg");
    if (this.svg !== null) this.svg.style.minWidth = `${Number(this.svg.dataset.width) * SMALLEST}px`;
    for (const { name, node, text } of this.parts) {
      if (text !== null && !name.startsWith("bias")) text.setAttribute("data-value", state.nodes[node].name);
    }
    this.describeTexts();
  }

  /** As legendas, que a figura traz em português, na língua da página. */
  describeTexts() {
    if (this.svg === null) return;
    for (const text of this.svg.querySelectorAll(":scope text")) {
      text.dataset.drawn ??= text.textContent;
      const key = CAPTIONS.find(([pattern]) => pattern.test(text.dataset.drawn));
      if (key !== undefined) text.textContent = text.dataset.drawn.replace(key[0], say(key[1]));
    }
  }

  showNumbers(seen) {
    const { state } = this;
    const sizes = this.parts.filter(({ name }) => name.startsWith("weight")).map(({ node }) => Math.abs(state.values[node]));
    const largest = Math.max(...sizes.filter(Number.isFinite), 1e-300);
    for (const { name, node, element, text } of this.parts) {
      const value = state.values[node];
      const shown = seen.value(node) ? typeset(value, name.startsWith("unit") ? state.digits : 4) : "?";
      const plus = !name.startsWith("unit") && value > 0 ? "+" : "";
      if (name.startsWith("bias")) {
        if (element !== null) element.querySelector("text").textContent = `b = ${plus}${shown}`;
      } else if (text !== null) text.textContent = `${plus}${shown}`;
      if (!name.startsWith("weight") || element === null) continue;
      const label = text?.closest("g");
      for (const part of [element, label]) {
        part?.classList.toggle("is-positive", value > 0);
        part?.classList.toggle("is-negative", value < 0);
      }
      element.querySelector("path")?.setAttribute("stroke-width", (0.8 + 3 * Math.min(Math.abs(value) / largest, 1)).toFixed(2));
    }
  }

  showStep(step) {
    for (const { node, element } of this.parts) element?.classList.toggle("is-now", node === step.node);
  }
}

const CAPTIONS = [
  [/^peso positivo$|peso positivo/, "page.network.positive"],
  [/peso negativo/, "page.network.negative"],
  [/espessura da seta: tamanho do peso/, "page.network.thickness"],
  [/onde há setas demais para ler, os pesos não estão escritos/, "page.network.unwritten"],
  [/camada oculta/, "page.network.hidden"],
  [/^entrada$/, "page.network.input"],
  [/^saída/, "page.network.output"],
  [/^viés$/, "page.network.bias"],
];

/** Acende em todas as figuras, e na lista, o que é o mesmo nó. */
export class Links {
  constructor(graphFigure, networkFigure) {
    this.groups = new Map();
    const join = (node, element) => {
      if (element === null) return;
      if (!this.groups.has(node)) this.groups.set(node, []);
      this.groups.get(node).push(element);
      element.addEventListener("pointerenter", () => this.light(node));
      element.addEventListener("pointerleave", () => this.light(null));
    };
    this.join = join;
    graphFigure.boxes.forEach((box, node) => join(node, box));
    for (const { name, node, element, text } of networkFigure.parts) {
      join(node, element);
      if (!name.startsWith("bias")) join(node, text?.closest("g") ?? null);
    }
    this.lit = [];
  }

  light(node) {
    for (const element of this.lit) element.classList.remove("is-linked");
    this.lit = node === null ? [] : (this.groups.get(node) ?? []);
    for (const element of this.lit) element.classList.add("is-linked");
  }
}
