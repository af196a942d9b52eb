// As folhas: um campo e um controle deslizante para cada uma, com o gradiente ao lado.

import { formula } from "./formulas.js";
import { say } from "./language.js";
import { format, parse } from "./numbers.js";

const LONG_NAME = { column: 8, math: 14 }; // letras: pedem uma coluna larga, ou não cabem como fórmula

/** A lista das folhas. */
export class LeafList {
  constructor(state, list, links) {
    this.state = state;
    this.rows = state.graph.leaves.map((index) => this.row(index, list, links));
    list.classList.toggle("has-long-names", state.graph.leaves.some((index) => state.nodes[index].name.length > LONG_NAME.column));
    this.describe();
  }

  row(index, list, links) {
    const { state } = this;
    const { name, math } = state.nodes[index];
    const item = document.createElement("li");
    item.className = "leaf-row";
    const symbol = document.createElement("span");
    symbol.className = "leaf-name";
    symbol.title = name;
    // Um nome comprido é texto, que se corta com reticências; um curto é uma fórmula.
    symbol.append(name.length > LONG_NAME.math ? name : formula(math));
    const field = document.createElement("input");
    Object.assign(field, { type: "text", inputMode: "decimal", autocomplete: "off", spellcheck: false });
    field.dataset.leaf = name;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", step: "any" });
    const gradient = document.createElement("output");
    gradient.className = "leaf-grad";
    gradient.dataset.grad = name;
    const trained = document.createElement("input");
    Object.assign(trained, { type: "checkbox", checked: state.trainable.has(index) });
    trained.className = "leaf-trained";
    const size = Math.max(2, Math.ceil(2 * Math.abs(Number.isFinite(state.leaves[index]) ? state.leaves[index] : 1)));
    Object.assign(slider, { min: -size, max: size });
    item.append(symbol, field, slider, gradient, trained);
    list.append(item);
    links.join(index, item);
    const row = { index, field, slider, gradient, trained, item };
    field.addEventListener("focus", () => links.light(index));
    field.addEventListener("blur", () => {
      links.light(null);
      this.write(row);
    });
    field.addEventListener("change", () => this.typed(row));
    field.addEventListener("keydown", (event) => event.key === "Enter" && this.typed(row));
    slider.addEventListener("pointerdown", () => (row.dragging = false));
    slider.addEventListener("input", () => this.slid(row));
    slider.addEventListener("change", () => (row.dragging = false));
    trained.addEventListener("change", () => {
      if (trained.checked) state.trainable.add(index);
      else state.trainable.delete(index);
      state.tell("numbers");
    });
    return row;
  }

  /** Um número escrito no campo; o que não é número não muda nada, e o campo o diz. */
  typed(row) {
    const written = parse(row.field.value);
    row.field.setAttribute("aria-invalid", String(written === null));
    if (written === null || row.field.value === format(this.state.leaves[row.index], this.state.digits)) return;
    this.state.remember();
    this.state.setLeaf(row.index, written.value);
  }

  slid(row) {
    if (!row.dragging) this.state.remember();
    row.dragging = true;
    this.state.setLeaf(row.index, Math.round(Number(row.slider.value) * 1000) / 1000);
  }

  /** Os nomes dos controles na língua da página. */
  describe() {
    for (const { index, field, slider, trained } of this.rows) {
      const { name } = this.state.nodes[index];
      field.setAttribute("aria-label", say("page.leaf.field", { name }));
      slider.setAttribute("aria-label", say("page.leaf.slider", { name }));
      trained.setAttribute("aria-label", say("page.leaf.trained", { name }));
      trained.title = say("page.leaf.trained", { name });
    }
  }

  show(seen) {
    for (const row of this.rows) {
      if (document.activeElement !== row.field) this.write(row);
      const value = this.state.leaves[row.index];
      if (Number.isFinite(value)) {
        if (value < Number(row.slider.min)) row.slider.min = Math.floor(value);
        if (value > Number(row.slider.max)) row.slider.max = Math.ceil(value);
        if (document.activeElement !== row.slider) row.slider.value = value;
      }
      const text = seen.gradient(row.index) ? format(this.state.gradients[row.index], this.state.digits) : "?";
      row.gradient.textContent = text;
    }
  }

  write({ index, field }) {
    const shown = format(this.state.leaves[index], this.state.digits);
    if (field.value !== shown) field.value = shown;
    field.setAttribute("aria-invalid", "false");
  }
}
