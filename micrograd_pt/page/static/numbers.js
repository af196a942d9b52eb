// Números como a lição os mostra, e como um aluno os escreve.

/**
 * Um número com tantos algarismos significativos: curto se cabe exatamente neles, senão com todos; nunca −0.
 * @param {number | undefined} value
 * @param {number} digits de 1 a 17.
 */
export function format(value, digits) {
  if (value === undefined) return "—";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  const exact = Number(`${mantissa}e${power}`) === value;
  if (exponent < -4 || exponent >= digits) {
    const shown = exact && mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    return `${shown}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const fixed = Number(`${mantissa}e${power}`).toFixed(Math.max(0, digits - 1 - exponent));
  return exact && fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

/** O mesmo, com o sinal de menos dos livros. */
export function typeset(value, digits) {
  return format(value, digits).replaceAll("-", "−");
}

/**
 * Um número escrito por uma pessoa: vírgula ou ponto, fração, potência de 10.
 * @param {string} text
 * @returns {{value: number, digits: number} | null} o número e com quantos algarismos significativos foi escrito
 *   (Infinity numa fração); null se não é um número.
 */
export function parse(text) {
  const pieces = text.replace(/[−–]/g, "-").split("/");
  if (pieces.length > 2) return null;
  const numbers = pieces.map(parseDecimal);
  if (numbers.includes(null)) return null;
  if (numbers.length === 1) return numbers[0];
  const value = numbers[0].value / numbers[1].value;
  return Number.isFinite(value) ? { value, digits: Infinity } : null;
}

// Um só sinal separa as casas; milhares são grupos de três, todos com o mesmo separador, que não é o das casas.
const PLAIN = /^(?<whole>\d*)(?:[.,](?<places>\d*))?$/;
const GROUPED = /^(?<whole>\d{1,3}(?:(?<sign>[.,\s])\d{3})(?:\k<sign>\d{3})*)(?:(?!\k<sign>)[.,](?<places>\d*))?$/;

function parseDecimal(text) {
  const decimal = /^([+-]?)\s*(\d[\d.,\s]*|[.,]\d+)(?:e([+-]?\d+))?$/i.exec(text.trim());
  if (decimal === null) return null;
  const [, sign, written, exponent = "0"] = decimal;
  const found = PLAIN.exec(written) ?? GROUPED.exec(written);
  if (found === null) return null;
  const { whole: figures, places = "" } = found.groups;
  const whole = figures.replace(/[.,\s]/g, "");
  const value = Number(`${sign}${whole || "0"}.${places || "0"}e${exponent}`);
  if (!Number.isFinite(value)) return null;
  const digits = (whole + places).replace(/^0+/, "").length || 1;
  return { value, digits };
}

/** A distância de uma unidade no algarismo significativo de número `digits`. */
export function unitInLastPlace(value, digits) {
  return value === 0 ? 0 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
}

/** Com quantos algarismos significativos, ao menos, se responde. */
export function fewestDigits(digits) {
  return Math.min(3, digits);
}

/**
 * Verdadeiro se a resposta é o número, com os algarismos com que ele se mostra ou, arredondada, com menos (três ao
 * menos, se o número não é mais curto).
 * @param {{value: number, digits: number}} answer
 */
export function agrees(answer, value, digits) {
  if (value === undefined) return false;
  if (Math.abs(answer.value - value) <= 1.001 * unitInLastPlace(value, digits)) return true;
  const places = Math.min(answer.digits, digits);
  return places >= fewestDigits(digits) && Math.abs(answer.value - value) <= 0.5001 * unitInLastPlace(value, places);
}
