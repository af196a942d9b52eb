// A curva da perda e o mapa de decisão.

import { say } from "./language.js";
import { format } from "./numbers.js";

const WIDTH = 320;
const HEIGHT = 120;
const MOST_POINTS = 400;

/** A curva da perda, em SVG: da primeira época à última, com escala logarítmica se ela cai muito. */
export class LossCurve {
  constructor(svg, caption) {
    this.svg = svg;
    this.caption = caption;
    this.line = svg.querySelector(".curve");
    this.area = svg.querySelector(".curve-area");
  }

  show(losses, digits) {
    const drawn = losses.length > 1;
    this.svg.classList.toggle("is-empty", !drawn);
    const text = drawn
      ? say("page.curve.text", {
          epochs: losses.length,
          first: format(losses[0], digits),
          last: format(losses.at(-1), digits),
        })
      : say("page.curve.empty");
    this.caption.textContent = text;
    this.svg.setAttribute("aria-label", text);
    if (!drawn) {
      this.line.setAttribute("d", "");
      this.area.setAttribute("d", "");
      return;
    }
    const stride = Math.max(1, Math.ceil(losses.length / MOST_POINTS));
    const chosen = losses.filter((_, place) => place % stride === 0 || place === losses.length - 1);
    const largest = Math.max(...chosen);
    const smallest = Math.min(...chosen);
    const isLong = smallest > 0 && largest / smallest > 50;
    const scale = isLong ? Math.log : (loss) => loss;
    const [low, high] = [isLong ? scale(smallest) : Math.min(0, smallest), scale(largest)];
    const height = (loss) => HEIGHT - 6 - ((scale(loss) - low) / (high - low || 1)) * (HEIGHT - 16);
    const points = chosen.map((loss, place) => [
      ((place / (chosen.length - 1)) * WIDTH).toFixed(1),
      height(loss).toFixed(1),
    ]);
    const path = `M${points.map((point) => point.join(",")).join("L")}`;
    this.line.setAttribute("d", path);
    this.area.setAttribute("d", `${path}L${WIDTH},${HEIGHT}L0,${HEIGHT}Z`);
  }
}

const CELLS = 40;

/** O mapa de decisão de uma rede de duas entradas e uma saída: a saída em cada ponto do plano, e as amostras. */
export class DecisionMap {
  constructor(state, canvas) {
    this.state = state;
    this.canvas = canvas;
    const { rows, inputs, outputs } = state.data.samples;
    const known = [...inputs, ...outputs].every((index) => index >= 0);
    this.isDrawn = inputs.length === 2 && outputs.length === 1 && known;
    if (!this.isDrawn) return;
    this.bounds = [0, 1].map((axis) => {
      const numbers = rows.map((row) => Number(row.x[axis]));
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
      const margin = 0.25 * (high - low || 1);
      return [low - margin, high + margin];
    });
    const wanted = rows.map((row) => Number(row.t[0]));
    this.range = [Math.min(...wanted), Math.max(...wanted)];
    this.picture = document.createElement("canvas");
    this.picture.width = this.picture.height = CELLS;
    this.pending = false;
  }

  /** Desenha no próximo quadro, uma vez só por mais vezes que se peça. */
  show() {
    if (!this.isDrawn || this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.draw();
    });
  }

  draw() {
    const { graph, leaves, data } = this.state;
    const { inputs, outputs, rows, threshold } = data.samples;
    const colors = this.colors();
    const [low, high] = this.range;
    const middle = threshold ?? (low + high) / 2;
    const pixels = this.picture.getContext("2d").createImageData(CELLS, CELLS);
    const trial = [...leaves];
    for (let cell = 0; cell < CELLS * CELLS; cell++) {
      trial[inputs[0]] = this.at(0, ((cell % CELLS) + 0.5) / CELLS);
      trial[inputs[1]] = this.at(1, 1 - (Math.floor(cell / CELLS) + 0.5) / CELLS);
      const output = graph.forward(trial).values[outputs[0]];
      const share = output === undefined ? 0 : (output - middle) / ((high - low) / 2 || 1);
      const color = share < 0 ? colors.low : colors.high;
      const strength = output === undefined ? 0 : 0.12 + 0.75 * Math.min(1, Math.abs(share));
      for (let channel = 0; channel < 3; channel++) {
        pixels.data[4 * cell + channel] = colors.paper[channel] + strength * (color[channel] - colors.paper[channel]);
      }
      pixels.data[4 * cell + 3] = 255;
    }
    this.picture.getContext("2d").putImageData(pixels, 0, 0);
    const size = this.canvas.width;
    const pen = this.canvas.getContext("2d");
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.picture, 0, 0, size, size);
    rows.forEach((row, place) => {
      const [x, y] = [0, 1].map((axis) => {
        const [from, to] = this.bounds[axis];
        return ((Number(row.x[axis]) - from) / (to - from)) * size;
      });
      pen.beginPath();
      pen.arc(x, size - y, place === this.state.sample ? 13 : 10, 0, 2 * Math.PI);
      pen.fillStyle = `rgb(${(Number(row.t[0]) < middle ? colors.low : colors.high).join(",")})`;
      pen.fill();
      pen.lineWidth = place === this.state.sample ? 5 : 3;
      pen.strokeStyle = place === this.state.sample ? colors.ink : "white";
      pen.stroke();
    });
  }

  at(axis, share) {
    const [from, to] = this.bounds[axis];
    return from + share * (to - from);
  }

  colors() {
    const style = getComputedStyle(this.canvas);
    const read = (name) => style.getPropertyValue(name).trim();
    const channels = (name) => [1, 3, 5].map((start) => parseInt(read(name).slice(start, start + 2), 16));
    return { low: channels("--low"), high: channels("--high"), paper: channels("--paper-hex"), ink: read("--ink") };
  }
}
