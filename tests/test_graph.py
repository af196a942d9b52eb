"""O grafo congelado: ordem, nomes, uma aresta por uso, e a regra da cadeia sem tocar em nada."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_pt import (
    ChangedLeafError,
    DomainError,
    Graph,
    Value,
    chapter15,
    compile_graph,
    dot,
    draw,
    explain,
    find_nonfinite,
    half_squared_error,
    ops,
)


def loss_of_the_chapter():
    model = chapter15.network()
    return model, half_squared_error(model((0.0, 1.0)), 1.0)


def test_arguments_come_before_those_who_use_them_and_the_root_is_last():
    _, loss = loss_of_the_chapter()
    graph = Graph(loss)
    assert graph.root.value is loss
    assert [node.index for node in graph.nodes] == list(range(len(graph)))
    for arg, user, position in graph.edges:
        assert arg.index < user.index
        assert user.inputs[position] is arg
        assert user.value.args[position] is arg.value


def test_the_order_is_that_of_the_expression_from_left_to_right():
    a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(3.0, "c")
    graph = Graph((a * b) + dot([c, a], [b, 1]))
    assert [node.name for node in graph.nodes] == ["a", "b", "v1", "c", "v2", "v3"]
    assert [node.name for node in graph.leaves] == ["a", "b", "c"]


def test_there_is_one_edge_for_each_use():
    x = Value(3.0, "x")
    edges = [(arg.name, user.name, position) for arg, user, position in Graph(x + x).edges]
    assert edges == [("x", "v1", 0), ("x", "v1", 1)]
    graph = Graph(dot([x, x, 2], [x, 1, x]))
    assert [position for _, _, position in graph.edges] == [0, 1, 3, 5]


def test_constants_stay_numbers():
    x = Value(3.0, "x")
    node = Graph(2 - x).root
    assert node.inputs[0] == 2
    assert node.numbers == (2, 3.0)
    assert not node.is_leaf
    assert node.op is ops.sub


def test_a_leaf_alone_is_a_graph():
    graph = Graph(Value(3.0, "x"))
    assert len(graph) == 1
    assert graph.root.is_leaf
    assert list(graph.edges) == []


def test_the_chapters_network_has_two_nodes_per_neuron():
    model, loss = loss_of_the_chapter()
    graph = Graph(loss)
    names = [node.name for node in graph.nodes if not node.is_leaf]
    assert names[:8] == ["z_h1", "h1", "z_h2", "h2", "z_h3", "h3", "z_o", "o"]
    assert {node.value for node in graph.leaves} == set(model.parameters())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["", "v", "v1", "v2", "v_2", "x", "x_2", "x_2_2"]), min_size=1, max_size=12))
def test_names_are_unique_and_a_unique_label_is_kept(labels):
    graph = Graph(dot([Value(1.0, label) for label in labels], [1] * len(labels)))
    names = [node.name for node in graph.nodes]
    assert len(set(names)) == len(names)
    assert all(names)
    for label in set(labels) - {""}:
        assert sum(name == label for name in names) == 1
        assert graph[label].value.label == label


def test_names_are_the_same_every_time():
    assert [n.name for n in Graph(loss_of_the_chapter()[1]).nodes] == [
        n.name for n in Graph(loss_of_the_chapter()[1]).nodes
    ]


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(KeyError, match=r"não há nó chamado 'peso'; há x, v1"):
        Graph(Value(1.0, "x") * 2)["peso"]


@pytest.mark.parametrize("bad", [1.0, None, [Value(1.0)], "x"])
def test_only_a_value_has_a_graph(bad):
    with pytest.raises(TypeError, match="esperava um Value"):
        Graph(bad)


def test_a_leaf_that_changed_is_named_instead_of_mixing_old_and_new():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    out = x * w
    w.data = 4.0
    with pytest.raises(ChangedLeafError, match=r"w valia 3\.0 no passo para frente e agora vale 4\.0"):
        Graph(out)
    w.data = 3.0
    assert Graph(out).root.data == 6.0


def test_a_leaf_that_was_nan_has_not_changed():
    x = Value(float("nan"), "x")
    out = x * 2
    x.data = float("nan")
    assert len(Graph(out)) == 2


def test_contributions_add_up_to_the_gradients_of_backward():
    _, loss = loss_of_the_chapter()
    graph = Graph(loss)
    parts, totals = graph.contributions()
    loss.backward()
    assert totals == [node.value.grad for node in graph.nodes]
    for node, arriving in zip(graph.nodes[:-1], parts, strict=False):
        assert sum(part.product for part in arriving) == pytest.approx(totals[node.index], rel=1e-15)
        assert all(part.upstream == totals[part.user.index] for part in arriving)
        assert all(part.product == part.upstream * part.local for part in arriving)
    assert {len(parts[graph[name].index]) for name in ("w_x1_h1", "h1", "z_o")} == {1}


def test_both_uses_contribute():
    x = Value(3.0, "x")
    parts, totals = Graph(x * x).contributions(gradient=10)
    assert [(part.position, part.local, part.product) for part in parts[0]] == [(0, 3.0, 30.0), (1, 3.0, 30.0)]
    assert totals == [60.0, 10]


def test_a_closed_branch_contributes_nothing_and_has_no_local_derivative():
    x = Value(0.0, "x")
    graph = Graph((x.sqrt() - 1).relu() + x)
    parts, totals = graph.contributions()
    assert [(part.user.name, part.local, part.product) for part in parts[0]] == [("v4", 1, 1), ("v1", None, 0)]
    assert totals[0] == 1


def test_a_missing_derivative_names_the_node():
    x = Value(0.0, "x")
    with pytest.raises(DomainError, match=r"a derivada de sqrt não existe em \(x = 0\.0\)"):
        Graph(x.sqrt()).contributions()


def test_looking_changes_nothing():
    model, loss = loss_of_the_chapter()
    loss.backward()
    before = pickle.dumps((model.parameters(), loss))
    graph = Graph(loss)
    graph.contributions(-3)
    list(graph.edges)
    assert pickle.dumps((model.parameters(), loss)) == before


def test_a_node_is_equal_only_to_itself():
    """Comparar nós campo por campo percorreria todos os caminhos antes deles, e aqui há 2¹⁶."""
    x = Value(1.0)
    for _ in range(16):
        x = x + x
    first, second = Graph(x), Graph(x)
    assert first.root == first.root
    assert first.root != second.root
    assert len({*first.nodes, *second.nodes}) == 2 * 17


def test_a_computed_node_whose_data_was_edited_is_named():
    x = Value(2.0, "x")
    y = x * 3
    y.label = "y"
    loss = y * 2 + 1
    readers = [Graph, explain, draw, find_nonfinite, lambda root: compile_graph(root, [x], [])]
    readers.append(lambda root: root.backward(create_graph=True))
    for edited, root in ((y, lambda: y * 2), (loss, lambda: loss), (y, lambda: y), (y, lambda: loss)):
        before = edited.data
        edited.data = before + 1
        out = root()
        for read in readers:
            with pytest.raises(ChangedLeafError, match=r"vale|valia"):
                read(out)
        edited.data = before
    assert Graph(loss).root.data == 13
    y.data = 7.0
    with pytest.raises(ChangedLeafError, match=r"y vale 7\.0, mas mul dá 6\.0"):
        Graph(y * 2)


def test_a_graph_computed_elsewhere_may_differ_in_the_last_digit():
    x = Value(2.0)
    y = x.exp()
    y.data = y.data * (1 + 2**-52)
    assert len(Graph(y)) == 2
