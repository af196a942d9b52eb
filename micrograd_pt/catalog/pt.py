"""Frases em português do Brasil."""

SENTENCES: dict[str, str] = {
    "check.node": "{name}, argumento {place}, no nó {node}",
    "check.point": "{name}, argumento {place}, em {where}",
    "check.second": "derivada de {name} por {place} e {other}, em {where}",
    "check.whole": "a derivada de f em relação ao número {place}",
    "check.ok": "certa: {what}: esperado {expected}, encontrado {found}",
    "check.wrong": "ERRADA: {what}: esperado {expected}, encontrado {found}, diferença relativa {distance}",
    "check.kink": "bico: {what}: à esquerda e à direita as derivadas diferem; {given}",
    "check.jump": "salto: {what}: a função não é contínua neste ponto; {given}",
    "check.undefined": "sem derivada: {what}: o valor existe neste ponto, mas a derivada não",
    "check.unreliable": "sem prova: {what}: as diferenças não se acertam neste ponto; {given}",
    "check.closed": "o ramo está fechado",
    "check.given": "a regra dá {found}",
    "check.summary": "Derivadas comparadas com diferenças centrais: {total}. Certas: {ok}; erradas: {wrong}; em bicos: "
    "{kink}; em saltos: {jump}; sem derivada: {undefined}; sem prova: {unreliable}.",
    "nonfinite.leaf": "é uma folha",
    "nonfinite.product": "por {user} chegam {upstream} × {local}",
    "nonfinite.sum": "a soma sobre os caminhos não é finita",
    "nonfinite.data": "o valor de {name} é {number}: {reason}",
    "nonfinite.grad": "o gradiente de {name} é {number}: {reason}",
    "forward.title": "Passo para frente (propagação)",
    "backward.title": "Passo para trás (retropropagação)",
    "backward.how": "gradiente que vem da saída × derivada local, somado sobre os caminhos",
    "backward.start": "é daqui que se parte",
    "backward.closed": "ramo fechado: por aqui não passa gradiente",
    "update.title": "Atualização de pesos (taxa de aprendizado α = {rate})",
    "lesson.large": "O grafo tem {nodes} nós; aqui estão os {shown} últimos do passo para frente "
    'e os {shown} primeiros do passo para trás. Peça uma parte com lesson.nodes("nome").',
    "cli.title": "Capítulo 15 - Backpropagation, parte 2: a rede que aprende o XOR",
    "cli.xor": "O problema",
    "cli.network.column": "A rede é chamada de 2-2-1. Com a coluna de uns nas entradas (x3 = 1) ela é implementada "
    "como 3-3-1,\ncom 12 parâmetros; a ativação é sempre a sigmoide, σ(z) = 1 / (1 + exp(-z)).",
    "cli.network.variable": "A rede 2-2-1 com um viés por neurônio tem 9 parâmetros; a ativação é sempre a sigmoide,\n"
    "σ(z) = 1 / (1 + exp(-z)). O capítulo não dá pesos para esta forma: os neurônios ocultos 1 e 2 tomam como\n"
    "viés o peso da coluna de uns, e a saída toma -0.329.",
    "cli.names": "Como ler os nomes: w_x1_h2 é o peso que leva de x1 a h2; z_h2 é a soma ponderada que entra em h2;\n"
    "o é a saída.",
    "cli.sample": "Amostra ({x1}, {x2}), saída desejada {target}",
    "cli.printed": "O capítulo trunca em três casas, sem arredondar:\n  imprime {values}.",
    "cli.class": "Classe pela função degrau",
    "cli.class.line": "degrau({output}; limiar 0.5) = {predicted}   (desejada: {target})",
    "cli.after": "Depois de uma atualização de todos os pesos",
    "cli.after.lines": "saída: {before} -> {after}\nE:     {loss_before} -> {loss_after}",
    "cli.before_training": "Antes do treinamento",
    "cli.training": "Treinamento: {epochs} épocas, taxa de aprendizado {rate}",
    "cli.online": "Modo online (atualiza depois de cada amostra, na ordem da tabela)",
    "cli.batch": "Lote inteiro (soma sobre as 4 amostras)",
    "cli.loss": "perda total sobre as 4 amostras: {loss}   ({epochs} épocas em {seconds} s)",
    "cli.solved": "O XOR foi aprendido: as classes são as desejadas.",
    "cli.unsolved": "O XOR NÃO foi aprendido: ao menos uma classe não é a desejada. A descida do gradiente pode parar\n"
    "num platô; tente mais épocas, outra taxa de aprendizado ou outros pesos.",
    "cli.interrupted": "Interrompido por Ctrl-C; vale o que foi treinado até aqui.",
    "cli.errata": "Erratas do capítulo",
    "cli.signs": "Com os sinais como o texto os imprime, a amostra (0, 1) daria\n"
    "h = {hidden} e saída {output}: a classe passaria a {predicted}.\n"
    "Com o terceiro neurônio oculto preso em 1, a saída seria {held}.",
    "cli.pictures": "Figuras",
    "cli.saved": "gravada: {path}",
    "cli.unsaved": "não foi possível gravar em {path}: {reason}. Escolha outra pasta com --saida PASTA.",
    "cli.undrawn": "não foi possível desenhar as figuras: {reason}",
    "table.x1": "x1",
    "table.x2": "x2",
    "table.target": "y",
    "table.output": "saída",
    "table.class": "classe",
}
