// O começo: lê os dados, põe cada parte no lugar, e oferece window.micrograd.

import { NumberField } from "./fields.js";
import { GraphFigure, Links, NetworkFigure } from "./figures.js";
import { formula } from "./formulas.js";
import { Handout } from "./handout.js";
import { language, loadSentences, say, speak, translate } from "./language.js";
import { LeafList } from "./leaves.js";
import { format, parse } from "./numbers.js";
import { $, StepPanel } from "./panel.js";
import { DecisionMap, LossCurve } from "./plots.js";
import { Quiz } from "./questions.js";
import { SampleTable } from "./samples.js";
import { State } from "./state.js";
import { listSteps } from "./steps.js";
import { Drawer } from "./storage.js";
import { Training } from "./training.js";

const THEMES = ["auto", "light", "dark"];
const MOST_EPOCHS = 1e6;

const data = JSON.parse($("data").textContent);
const wishes = new Drawer("micrograd_pt:page");
loadSentences(data.sentences, Object.hasOwn(data.sentences, wishes.get("lang")) ? wishes.get("lang") : data.lang);

const state = new State(data, RULES);
const steps = listSteps(state);
const quiz = new Quiz(state, steps);
const modes = new Drawer(`${quiz.drawer.name}:mode`);
const training = new Training(state);
const places = { forward: new Map(), backward: new Map() };
steps.forEach(({ kind, node }, place) => places[kind]?.set(node, place));

const { seen } = state;
seen.value = (index) => isSeen("forward", index);
seen.gradient = (index) => isSeen("backward", index);

/** No modo de perguntas só se vê o que já foi respondido, e o que ninguém pergunta. */
function isSeen(kind, index) {
  if (state.mode !== "quiz") return true;
  const place = places[kind].get(index);
  if (place !== undefined) return quiz.result(place) !== undefined;
  return kind === "forward" || [...places.backward.values()].every((step) => quiz.result(step) !== undefined);
}

function go(step) {
  if (!Number.isFinite(step)) return;
  const next = Math.max(0, Math.min(steps.length - 1, Math.round(step)));
  if (next === state.step) return;
  state.step = next;
  try {
    history.replaceState(null, "", `#passo=${next}`);
  } catch {
    // há lugares em que o endereço não se muda
  }
  state.tell("step");
}

function fromAddress() {
  const found = /(?:passo|step)=(\d+)/.exec(location.hash);
  return found === null ? 0 : Number(found[1]);
}

translate(document);
$("network-card").hidden = $("network").querySelector("svg") === null;
$("no-graph").hidden = document.getElementById("graph-node-0") !== null;
$("graph").hidden = $("graph").querySelector("svg") === null;
const graphFigure = new GraphFigure(state, $("graph"));
const networkFigure = new NetworkFigure(state, $("network"));
const links = new Links(graphFigure, networkFigure);
const leafList = new LeafList(state, $("leaves"), links);
const panel = new StepPanel(state, steps, quiz, PICKS, { go });
new Handout(state, steps, quiz, PICKS, panel);
const curve = new LossCurve($("curve"), $("curve-text"));
const hasSamples = data.samples !== undefined;
$("samples-card").hidden = $("how-label").hidden = !hasSamples;
const sampleTable = hasSamples ? new SampleTable(state, $("samples"), $("samples-verdict")) : null;
const decisionMap = hasSamples ? new DecisionMap(state, $("map")) : null;

// A tabela de todos os nós.

const cells = state.nodes.map((node, index) => {
  const row = $("table").insertRow();
  const name = row.insertCell();
  name.append(formula(node.math));
  const how = row.insertCell();
  if (node.rule !== null) how.append(formula(node.formula[0]));
  const value = row.insertCell();
  value.dataset.value = node.name;
  const gradient = row.insertCell();
  gradient.dataset.grad = node.name;
  links.join(index, row);
  return { row, value, gradient };
});

graphFigure.boxes.forEach((box, index) => {
  box?.addEventListener("click", () => {
    const target = state.step >= (places.backward.get(state.root) ?? Infinity) ? "backward" : "forward";
    const place = places[target].get(index) ?? places.backward.get(index);
    if (place !== undefined) panel.walk(place);
  });
});

function showNumbers() {
  graphFigure.showNumbers(seen);
  networkFigure.showNumbers(seen);
  leafList.show(seen);
  cells.forEach(({ value, gradient }, index) => {
    writeCell(value, seen.value(index) ? format(state.values[index], state.digits) : "?");
    writeCell(gradient, seen.gradient(index) ? format(state.gradients[index], state.digits) : "?");
  });
  curve.show(seen.value(state.root) ? state.losses : [], state.digits);
  const outputsSeen = (data.samples?.outputs ?? []).every((index) => seen.value(index));
  sampleTable?.show(outputsSeen, seen.value(state.root));
  if (decisionMap !== null) $("map").hidden = !decisionMap.isDrawn || !outputsSeen;
  decisionMap?.show();
  $("undo").disabled = state.memories.length === 0 || training.running;
}

function writeCell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showStep() {
  document.body.dataset.step = String(state.step);
  const done = { values: new Set(), gradients: new Set() };
  for (const { kind, node } of steps.slice(0, state.step + 1)) {
    if (kind === "forward") done.values.add(node);
    if (kind === "backward") done.gradients.add(node);
  }
  const step = steps[state.step];
  graphFigure.showStep(step, done, !panel.asking);
  networkFigure.showStep(step);
  for (const { row } of cells) row.classList.remove("is-now");
  if (step.node !== null) cells[step.node].row.classList.add("is-now");
}

function showWords() {
  document.title = $("title").textContent = data.titles[language()];
  leafList.describe();
  networkFigure.describeTexts();
  $("lang-pt").setAttribute("aria-pressed", String(language() === "pt"));
  $("lang-en").setAttribute("aria-pressed", String(language() === "en"));
  $("theme").textContent = say(`page.theme.${theme()}`);
  rateField.describe();
  epochsField.describe();
  showTraining();
}

state.watch((what) => {
  if (what === "step") {
    panel.open();
    if (state.mode === "quiz") showNumbers();
  }
  if (what === "mode") panel.open();
  if (what === "language") showWords();
  if (what !== "step") showNumbers();
  if (what !== "numbers") showStep();
  else if (!training.running) graphFigure.showStep(steps[state.step], doneNow(), !panel.asking);
  panel.show();
  if (!training.running) panel.speak();
});

function doneNow() {
  const walked = steps.slice(0, state.step + 1);
  const nodes = (wanted) => new Set(walked.filter(({ kind }) => kind === wanted).map(({ node }) => node));
  return { values: nodes("forward"), gradients: nodes("backward") };
}

// Treinar.

$("rate").value = format(state.rate, state.digits);
$("epochs").value = String(data.epochs);
const rateField = new NumberField($("rate"), $("rate-problem"), "page.train.rate.refused", readRate, (rate) => {
  state.rate = rate;
  state.tell("numbers");
});
const epochsField = new NumberField($("epochs"), $("epochs-problem"), "page.train.epochs.refused", readEpochs);

function readRate(text) {
  const rate = parse(text)?.value;
  return rate > 0 ? rate : null;
}

function readEpochs(text) {
  const epochs = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  return epochs > 0 && epochs <= MOST_EPOCHS ? epochs : null;
}

$("once").addEventListener("click", () => {
  $("train-status").textContent = rateField.read() === null ? "" : say(`page.train.${training.once()}`);
});
$("train").addEventListener("click", () => {
  if (training.running) return training.stop();
  $("train-status").textContent = "";
  const epochs = epochsField.read();
  if (rateField.read() === null || epochs === null) return undefined;
  panel.pause();
  training.start(epochs, $("how").value, (how) => {
    $("train-status").textContent = say(`page.train.${how}`, { epochs: state.losses.length });
    document.body.dataset.training = how;
    showTraining();
    state.tell("numbers");
  });
  document.body.dataset.training = "running";
  return showTraining();
});
$("undo").addEventListener("click", () => state.undo());
$("restart").addEventListener("click", () => {
  training.stop();
  state.remember();
  state.change({ leaves: [...state.initial], sample: data.samples?.sample ?? null, losses: [] });
});

function showTraining() {
  $("train").textContent = say(training.running ? "page.train.stop" : "page.train.start");
  $("once").disabled = $("restart").disabled = training.running;
  $("undo").disabled = state.memories.length === 0 || training.running;
}

// Modo, língua, tema, progresso, tamanho do grafo.

function setMode(mode) {
  modes.set("mode", mode);
  state.mode = mode;
  document.body.dataset.mode = mode;
  $("mode-explore").setAttribute("aria-pressed", String(mode === "explore"));
  $("mode-quiz").setAttribute("aria-pressed", String(mode === "quiz"));
  if (mode === "quiz" && state.step === 0) {
    const asked = quiz.asked;
    state.step = asked.find((place) => quiz.result(place) === undefined) ?? 0;
  }
  state.tell("mode");
}

$("mode-explore").addEventListener("click", () => setMode("explore"));
$("mode-quiz").addEventListener("click", () => {
  setMode("quiz");
  if (panel.asking) $("answer").focus();
});
for (const lang of ["pt", "en"]) {
  $(`lang-${lang}`).addEventListener("click", () => {
    speak(lang);
    wishes.set("lang", lang);
    state.tell("language");
  });
}

function theme() {
  return THEMES.includes(wishes.get("theme")) ? wishes.get("theme") : "auto";
}

function showTheme() {
  document.documentElement.dataset.theme = theme();
  $("theme").textContent = say(`page.theme.${theme()}`);
  decisionMap?.show();
}

$("theme").addEventListener("click", () => {
  wishes.set("theme", THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
  showTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => decisionMap?.show());
$("export").addEventListener("click", () => quiz.export());
$("reset").addEventListener("click", () => {
  quiz.reset();
  panel.message = null;
  state.tell("mode");
});
for (const how of ["read", "fit"]) {
  $(`zoom-${how}`).addEventListener("click", () => {
    graphFigure.zoom(how);
    $("zoom-read").setAttribute("aria-pressed", String(how === "read"));
    $("zoom-fit").setAttribute("aria-pressed", String(how === "fit"));
    showStep();
  });
}
window.addEventListener("resize", () => graphFigure.zoom(graphFigure.how));
window.addEventListener("hashchange", () => go(fromAddress()));

window.micrograd = Object.freeze({
  /** Muda a folha com esse rótulo. */
  set(label, number) {
    const index = state.index(label);
    if (state.nodes[index].rule !== null) throw new Error(`${label} é calculado: mude uma folha`);
    const value = typeof number === "string" ? (parse(number)?.value ?? NaN) : typeof number === "number" ? number : NaN;
    if (!Number.isFinite(value)) throw new Error(`set espera um número finito, e recebeu ${number}`);
    state.setLeaf(index, value);
  },
  /** O valor do nó com esse rótulo; undefined se a conta não existe. */
  value: (label) => state.values[state.index(label)],
  /** A derivada da saída em relação ao nó com esse rótulo. */
  gradient: (label) => state.gradients[state.index(label)],
  /** Vai a um passo, se dado; devolve o passo em que a página está. */
  step(number) {
    if (number !== undefined) go(Number(number));
    return state.step;
  },
});

speak(language());
state.step = Math.max(0, Math.min(steps.length - 1, fromAddress()));
showTheme();
panel.open();
state.tell("language");
if (modes.get("mode") === "quiz") setMode("quiz");
document.body.dataset.ready = "yes";
