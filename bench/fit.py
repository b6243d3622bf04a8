#!/usr/bin/python3
"""Grows the forest of src/search/forest.c from files that bench/relevance wrote with FEATURES=FILE (needs Debian's
python3-sklearn). Prints how it does by cross-validation, each half of the queries ranked by trees grown on the other half,
and then writes src/search/forest_trees.inc from all of them.

  bench/fit.py FILE QUERIES [FILE QUERIES …]     QUERIES: how many were asked
"""
import sys
import numpy as np
from sklearn.tree import DecisionTreeRegressor

# The weights of the sum in src/search/rank.c, in the order of its features.
WEIGHTS = [1.0, 0.6, 0.2, 1.2, 0.09, 0.49, 0.3, 0.47, 0.2, 0.23, 0.47, 0.1, 0.17]
SHARPNESS = 6.0  # what the sum is multiplied with, so that its differences read as log odds
TREES, LEAVES, RATE = 120, 8, 0.15
LOOKED_AT = 60  # candidates of each query, by the sum alone


def load(path):
    table = np.loadtxt(path)
    query, relevant, features = table[:, 0].astype(int), table[:, 1], table[:, 2:]
    score = features[:, :len(WEIGHTS)] @ np.array(WEIGHTS)
    kept = np.concatenate([s + np.argsort(-score[s:e], kind="stable")[:LOOKED_AT] for s, e in spans(query)])
    kept.sort()
    return query[kept], relevant[kept], features[kept], score[kept]


def spans(query):
    cuts = np.flatnonzero(np.diff(query)) + 1
    return list(zip(np.r_[0, cuts], np.r_[cuts, len(query)]))


def gradients(score, groups, relevant):
    """For each pair of a relevant and another candidate: how much the order of the two is worth, and how wrong it is."""
    first, second = np.zeros(len(score)), np.zeros(len(score))
    for s, e in groups:
        good, other = np.flatnonzero(relevant[s:e]), np.flatnonzero(relevant[s:e] == 0)
        place = np.empty(e - s, int)
        place[np.argsort(-score[s:e], kind="stable")] = np.arange(e - s)
        gain = 1 / np.log2(place + 2)
        for g in good:
            worth = np.abs(gain[g] - gain[other])
            wrong = 1 / (1 + np.exp(np.clip(score[s + g] - score[s + other], -30, 30)))
            first[s + g] += (worth * wrong).sum()
            first[s + other] -= worth * wrong
            second[s + g] += (worth * wrong * (1 - wrong)).sum()
            second[s + other] += worth * wrong * (1 - wrong)
    return first, second


def grow(query, relevant, features, score):
    """A list of (tree, value of each of its nodes)."""
    forest, score, rng = [], SHARPNESS * score, np.random.RandomState(0)
    features = features.astype(np.float32)
    groups = [(s, e) for s, e in spans(query) if 0 < relevant[s:e].sum() < e - s]
    for n in range(TREES):
        first, second = gradients(score, groups, relevant)
        used = np.flatnonzero((second > 0) & (rng.rand(len(score)) < 0.7))
        tree = DecisionTreeRegressor(max_leaf_nodes=LEAVES, min_samples_leaf=100, max_features=0.6, random_state=n)
        tree.fit(features[used], first[used] / (second[used] + 1e-3), sample_weight=second[used] + 1e-3)
        leaf = tree.apply(features)
        up, down = (np.bincount(leaf, weights=w, minlength=tree.tree_.node_count) for w in (first, second))
        value = RATE * up / (down + 5)
        score = score + value[leaf]
        forest.append((tree, value))
    return forest


def ranked(forest, features, score):
    score = SHARPNESS * score
    for tree, value in forest:
        score = score + value[tree.apply(features.astype(np.float32))]
    return score


def quality(query, relevant, score, asked):
    places = []
    for s, e in spans(query):
        order = relevant[s:e][np.argsort(-score[s:e], kind="stable")][:10]
        if order.any():
            places.append(np.argmax(order) + 1)
    return "MRR@10 %.4f  hit@10 %.4f" % (sum(1 / p for p in places) / asked, len(places) / asked)


def joined(sets):
    step = 10 ** 7
    return tuple(np.concatenate([part[k] + (step * i if k == 0 else 0) for i, part in enumerate(sets)]) for k in range(4))


def cross_validate(names, sets, asked):
    halves = [np.random.RandomState(1).randint(0, 2, n)[s[0]] for s, n in zip(sets, asked)]
    scores = [np.zeros(len(s[0])) for s in sets]
    for half in (0, 1):
        forest = grow(*joined([tuple(v[h != half] for v in s) for s, h in zip(sets, halves)]))
        for score, s, h in zip(scores, sets, halves):
            score[h == half] = ranked(forest, s[2][h == half], s[3][h == half])
    for name, score, s, n in zip(names, scores, sets, asked):
        print(name, "the sum alone: ", quality(s[0], s[1], s[3], n))
        print(name, "cross-validated:", quality(s[0], s[1], score, n), flush=True)


def nodes_of(tree, value, start):
    """In the order in which they are walked, left before right."""
    t, out = tree.tree_, []

    def walk(node):
        if t.children_left[node] < 0:
            out.append("{ LEAF, 0, %.4ff }" % (value[node] / SHARPNESS))
            return
        at = len(out)
        out.append(None)
        walk(t.children_left[node])
        out[at] = "{ %d, %d, %.5gf }" % (t.feature[node], start + len(out), t.threshold[node])
        walk(t.children_right[node])
    walk(0)
    return out


def write(forest, path):
    nodes, roots = [], []
    for tree, value in forest:
        roots.append(len(nodes))
        nodes += nodes_of(tree, value, len(nodes))
    # A float in C needs its point.
    nodes = [n.replace("f }", ".0f }") if "." not in n.split(",")[2] and "e" not in n.split(",")[2] else n for n in nodes]
    with open(path, "w") as out:
        out.write("/* Written by bench/fit.py; do not edit. */\n/* clang-format off */\nstatic const struct split NODES[] = {\n")
        for i in range(0, len(nodes), 5):
            out.write("\t" + ", ".join(nodes[i:i + 5]) + ",\n")
        out.write("};\nstatic const unsigned short ROOTS[] = {\n")
        for i in range(0, len(roots), 20):
            out.write("\t" + ", ".join(map(str, roots[i:i + 20])) + ",\n")
        out.write("};\n")


def main():
    if len(sys.argv) < 3 or len(sys.argv) % 2 == 0:
        sys.exit(__doc__)
    names, asked = sys.argv[1::2], [int(n) for n in sys.argv[2::2]]
    sets = [load(name) for name in names]
    cross_validate(names, sets, asked)
    forest = grow(*joined(sets))
    for name, s, n in zip(names, sets, asked):
        print(name, "as written:     ", quality(s[0], s[1], ranked(forest, s[2], s[3]), n))
    write(forest, "src/search/forest_trees.inc")


main()
