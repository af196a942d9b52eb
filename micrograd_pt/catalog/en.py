"""Frases em inglês."""

SENTENCES: dict[str, str] = {
    "check.node": "{name}, argument {place}, at node {node}",
    "check.point": "{name}, argument {place}, at {where}",
    "check.second": "derivative of {name} by {place} and {other}, at {where}",
    "check.whole": "the derivative of f with respect to number {place}",
    "check.ok": "right: {what}: expected {expected}, found {found}",
    "check.wrong": "WRONG: {what}: expected {expected}, found {found}, relative difference {distance}",
    "check.kink": "kink: {what}: the derivatives on the left and on the right differ; {given}",
    "check.jump": "jump: {what}: the function is not continuous at this point; {given}",
    "check.undefined": "no derivative: {what}: the value exists at this point, the derivative does not",
    "check.unreliable": "no proof: {what}: the differences do not settle at this point; {given}",
    "check.closed": "the branch is closed",
    "check.given": "the rule gives {found}",
    "check.summary": "Derivatives compared with central differences: {total}. Right: {ok}; wrong: {wrong}; at kinks: "
    "{kink}; at jumps: {jump}; no derivative: {undefined}; no proof: {unreliable}.",
    "nonfinite.leaf": "it is a leaf",
    "nonfinite.product": "{user} hands down {upstream} × {local}",
    "nonfinite.sum": "the sum over the paths is not finite",
    "nonfinite.data": "the value of {name} is {number}: {reason}",
    "nonfinite.grad": "the gradient of {name} is {number}: {reason}",
    "forward.title": "Forward pass",
    "backward.title": "Backward pass",
    "backward.how": "upstream gradient × local derivative, summed over the paths",
    "backward.start": "this is where it starts",
    "backward.closed": "closed branch: no gradient passes here",
    "update.title": "Weight update (learning rate α = {rate})",
    "lesson.large": "The graph has {nodes} nodes; these are the last {shown} of the forward pass and the first "
    '{shown} of the backward pass. Ask for a part with lesson.nodes("name").',
    "cli.title": "Chapter 15 - Backpropagation, part 2: the network that learns XOR",
    "cli.xor": "The problem",
    "cli.network.column": "The network is called 2-2-1. With the column of ones in the inputs (x3 = 1) it is "
    "implemented as 3-3-1,\nwith 12 parameters; the activation is the sigmoid everywhere, σ(z) = 1 / (1 + exp(-z)).",
    "cli.network.variable": "The 2-2-1 network with one bias per neuron has 9 parameters; the activation is the\n"
    "sigmoid everywhere, σ(z) = 1 / (1 + exp(-z)). The chapter gives no weights for this form: hidden neurons\n"
    "1 and 2 take their weight from the column of ones as bias, and the output takes -0.329.",
    "cli.names": "How to read the names: w_x1_h2 is the weight from x1 to h2; z_h2 is the weighted sum that\n"
    "enters h2; o is the output.",
    "cli.sample": "Sample ({x1}, {x2}), desired output {target}",
    "cli.printed": "The chapter truncates to three decimals, without rounding:\n  it prints {values}.",
    "cli.class": "Class by the step function",
    "cli.class.line": "step({output}; threshold 0.5) = {predicted}   (desired: {target})",
    "cli.after": "After one update of all weights",
    "cli.after.lines": "output: {before} -> {after}\nE:      {loss_before} -> {loss_after}",
    "cli.before_training": "Before the training",
    "cli.training": "Training: {epochs} epochs, learning rate {rate}",
    "cli.online": "Online (an update after each sample, in table order)",
    "cli.batch": "Full batch (sum over the 4 samples)",
    "cli.loss": "total loss over the 4 samples: {loss}   ({epochs} epochs in {seconds} s)",
    "cli.solved": "XOR was learnt: the classes are the desired ones.",
    "cli.unsolved": "XOR was NOT learnt: at least one class is not the desired one. Gradient descent can stop on a\n"
    "plateau; try more epochs, another learning rate or other weights.",
    "cli.interrupted": "Interrupted by Ctrl-C; what was trained so far counts.",
    "cli.errata": "Errata of the chapter",
    "cli.signs": "With the signs as the text prints them, sample (0, 1) would give\n"
    "h = {hidden} and output {output}: the class would become {predicted}.\n"
    "With the third hidden neuron held at 1, the output would be {held}.",
    "cli.pictures": "Pictures",
    "cli.saved": "saved: {path}",
    "cli.unsaved": "could not write to {path}: {reason}. Choose another folder with --saida FOLDER.",
    "cli.undrawn": "could not draw the pictures: {reason}",
    "table.x1": "x1",
    "table.x2": "x2",
    "table.target": "y",
    "table.output": "output",
    "table.class": "class",
}
