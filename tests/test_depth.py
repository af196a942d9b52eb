"""A profundidade não é limite: uma cadeia de um milhão de nós, sem recursão em lugar nenhum.

A cadeia é zₙ = zₙ₋₁ + sinal·w, com os sinais alternados e um produto por w no fim; a derivada se sabe de antemão.
"""

import copy
import gc
import io
import pickle
import sys

import pytest

from micrograd_pt import Graph, Value, dot

LENGTH = 1_000_000


class Chain:
    """A folha, um nó do meio e o fim de uma cadeia de `LENGTH` nós, e uma perda que usa os três."""

    def __init__(self):
        self.leaf = node = Value(0.5, "w")
        for place in range(LENGTH // 2):
            node = (node + self.leaf) - 0.25
            if place == LENGTH // 4:
                self.middle = node
        self.end = node
        self.loss = self.end * self.leaf + self.middle * 3

    def __iter__(self):
        return iter((self.leaf, self.middle, self.end, self.loss))


# Com n = LENGTH / 2 e k = n / 2 + 1: fim = w + n·(w − ¼), meio = w + k·(w − ¼), perda = fim · w + 3 · meio.
N, K = LENGTH // 2, LENGTH // 4 + 1
END, MIDDLE = 0.5 + N * 0.25, 0.5 + K * 0.25
BY_LEAF = END + 0.5 * (N + 1) + 3 * (K + 1)


@pytest.fixture(scope="module")
def chain():
    chain = Chain()
    chain.loss.backward()
    return chain


def backward_again(leaf, loss):
    leaf.grad = 0
    loss.backward()
    return leaf.grad


def test_forward_and_backward(chain):
    assert (chain.end.data, chain.middle.data, chain.loss.data) == (END, MIDDLE, END * 0.5 + 3 * MIDDLE)
    assert (chain.leaf.grad, chain.middle.grad, chain.end.grad) == (BY_LEAF, 3.5, 0.5)


def test_repr_shows_one_node(chain):
    assert repr(chain.end) == f"Value(data={END!r}, grad=0.5)"


def test_the_graph_has_every_node_and_a_node_is_only_equal_to_itself(chain):
    graph = Graph(chain.end)
    assert len(graph) == LENGTH + 1
    assert graph.root.value is chain.end
    assert graph.root in {graph.root}
    assert graph.root != graph.nodes[-2]


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda together: pickle.loads(pickle.dumps(together))], ids=["deepcopy", "pickle"]
)
def test_what_is_copied_together_stays_connected(chain, duplicate):
    together = [chain.middle, chain.loss, {"folha": chain.leaf}, chain.end]
    middle, loss, leaves, end = duplicate(together)
    leaf = leaves["folha"]
    assert (leaf.data, leaf.grad, leaf.label, loss.data) == (0.5, BY_LEAF, "w", chain.loss.data)
    assert not {leaf, middle, end, loss} & set(chain)
    assert backward_again(leaf, loss) == BY_LEAF
    assert (middle.grad, end.grad) == (3.5, 0.5)
    assert chain.leaf.grad == BY_LEAF


def test_the_python_pickler_does_not_recurse_either():
    leaf = Value(1.0)
    node = leaf
    for _ in range(20 * sys.getrecursionlimit()):
        node = node + 1
    stream = io.BytesIO()
    pickle._Pickler(stream).dump((node, leaf))
    arrived, leaf = pickle._loads(stream.getvalue())
    assert backward_again(leaf, arrived) == 1
    assert arrived.data == 1 + 20 * sys.getrecursionlimit()


def test_a_chain_of_operations_with_many_arguments_is_as_deep():
    length = 50_000
    leaf = Value(0.5)
    node = leaf
    for _ in range(length):
        node = dot([node, leaf], [1, 1])
    copied_leaf, copied = copy.deepcopy((leaf, node))
    pickled_leaf, pickled = pickle.loads(pickle.dumps((leaf, node)))
    for root, end in ((leaf, node), (copied_leaf, copied), (pickled_leaf, pickled)):
        assert backward_again(root, end) == length + 1


def test_deletion_needs_neither_recursion_nor_the_collector():
    """Solta a cadeia com o coletor desligado: contar referências basta, pois um grafo não tem ciclos."""
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        chain = Chain()
        chain.loss.backward()
        built = sys.getallocatedblocks() - before
        del chain
        left = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    assert built > LENGTH
    assert left < 1000


@pytest.mark.parametrize("order", [1, -1], ids=["do raso ao fundo", "do fundo ao raso"])
def test_copying_every_node_of_a_chain_together_is_linear_in_its_length(order):
    def chain(length):
        nodes = [Value(1.0)]
        for _ in range(length):
            nodes.append(nodes[-1] * 0.5 + nodes[0])
        return nodes[::order]

    short, long = chain(500), chain(4000)
    assert len(pickle.dumps(long)) < 10 * len(pickle.dumps(short))
    for duplicate in (copy.deepcopy, lambda together: pickle.loads(pickle.dumps(together))):
        calls = []
        sys.setprofile(lambda *event, calls=calls: calls.append(None))
        try:
            duplicate(short)
            few = len(calls)
            arrived = duplicate(long)
        finally:
            sys.setprofile(None)
        assert len(calls) - few < 10 * few
        leaf, end = (arrived[0], arrived[-1])[::order]
        end.backward()
        assert leaf.grad == pytest.approx(2.0)
