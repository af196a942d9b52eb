// As funções de que as regras precisam, com os nomes e os erros do módulo math do Python.

/** Uma conta que não existe ali, ou que não cabe num número de 64 bits. */
export class DomainError extends Error {
  /** @param {"domain" | "overflow"} kind o que aconteceu. */
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

function required(condition) {
  if (!condition) throw new DomainError("domain");
}

/** O resultado, que só pode ser infinito se um argumento já era. */
function bounded(result, ...args) {
  if (!Number.isFinite(result) && !Number.isNaN(result) && args.every(Number.isFinite)) {
    throw new DomainError("overflow");
  }
  return result;
}

export function divide(a, b) {
  required(b !== 0);
  return a / b;
}

export function pow(a, b) {
  if (a === 1 || b === 0) return 1;
  required(!(a === 0 && b < 0 && b > -Infinity));
  required(!(a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b)));
  if (a === -1 && Math.abs(b) === Infinity) return 1;
  return bounded(a ** b, a, b);
}

export const fabs = Math.abs;
export const cbrt = Math.cbrt;
export const atan = Math.atan;
export const atan2 = Math.atan2;
export const tanh = Math.tanh;
export const asinh = Math.asinh;
export const hypot = Math.hypot;

export const exp = (x) => bounded(Math.exp(x), x);
export const exp2 = (x) => bounded(2 ** x, x);
export const expm1 = (x) => bounded(Math.expm1(x), x);
export const sinh = (x) => bounded(Math.sinh(x), x);
export const cosh = (x) => bounded(Math.cosh(x), x);

/** Uma função que só existe onde `inside` vale; NaN passa adiante. */
const within = (inside, f) => (x) => {
  required(inside(x) || Number.isNaN(x));
  return f(x);
};
const finite = (x) => Math.abs(x) < Infinity;
const positive = (x) => x > 0;
const unit = (x) => Math.abs(x) <= 1;

export const log = within(positive, Math.log);
export const log2 = within(positive, Math.log2);
export const log10 = within(positive, Math.log10);
export const log1p = within((x) => x > -1, Math.log1p);
export const sqrt = within((x) => x >= 0, Math.sqrt);
export const sin = within(finite, Math.sin);
export const cos = within(finite, Math.cos);
export const tan = within(finite, Math.tan);
export const asin = within(unit, Math.asin);
export const acos = within(unit, Math.acos);
export const acosh = within((x) => x >= 1, Math.acosh);
export const atanh = within((x) => Math.abs(x) < 1, Math.atanh);

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** A função de erro: perto de 0 a sua série, longe o complemento. */
export function erf(x) {
  if (Math.abs(x) > 1) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
  // 2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5 … (2n+1)): Abramowitz e Stegun, 1964, 7.1.6; todas as parcelas têm o sinal de x.
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_ROOT_PI * Math.exp(-x * x) * sum;
}

/** A função de erro complementar, exata também na cauda: Abramowitz e Stegun, 1964, 7.1.14 (fração de Laplace). */
export function erfc(x) {
  if (x <= 1 || Number.isNaN(x)) return x < -1 ? 2 - erfc(-x) : 1 - erf(x);
  if (x > 30) return 0;
  let tail = x;
  for (let k = Math.ceil(16 + 150 / (x * x)); k > 0; k--) tail = x + k / 2 / tail;
  // e^(−x²) sem que o arredondamento de x² passe para o expoente: uma metade de x tem o quadrado exato.
  const high = Math.fround(x);
  const low = x - high;
  return (Math.exp(-high * high) * Math.exp(-low * (x + high))) / (tail * Math.sqrt(Math.PI));
}
