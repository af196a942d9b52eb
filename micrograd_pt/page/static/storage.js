// O que fica guardado no navegador, e só nele; onde não se pode guardar, a página funciona igual e esquece.

/** Um lugar para um objeto JSON. */
export class Drawer {
  /** @param {string} name o nome dele no navegador. */
  constructor(name) {
    this.name = name;
    let found = {};
    try {
      found = JSON.parse(window.localStorage.getItem(name)) ?? {};
    } catch {
      // não é JSON, ou não se pode ler
    }
    this.kept = Object.fromEntries(Object.entries(found).filter(([, kept]) => typeof kept === "string"));
  }

  get(key) {
    return Object.hasOwn(this.kept, key) ? this.kept[key] : undefined;
  }

  set(key, value) {
    this.kept[key] = value;
    try {
      window.localStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch {
      // sem lugar ou sem permissão: vale até a página fechar
    }
  }

  clear() {
    this.kept = {};
    try {
      window.localStorage.removeItem(this.name);
    } catch {
      // nada estava guardado
    }
  }
}

/** Um número que muda se o grafo muda, para que o progresso de uma página não apareça noutra. */
export function fingerprint(text) {
  let hash = 2166136261; // FNV-1a (Fowler, Noll e Vo, 1991)
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 16777619);
  return (hash >>> 0).toString(36);
}

/** Oferece um texto como arquivo. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
