"""Rows of a picture or a table in, eight or sixteen of their numbers worked on at once: for `njit` kernels.

LLVM gives up on loops of eight over two arrays, which might overlap; here the vectors are written out. Knows no
triangle, no colour and no player.
"""

# mypy: disable-error-code="no-untyped-def,misc,no-untyped-call,no-any-return"
# Numba types the arguments itself.

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

EIGHT = 8
"""Samples that `cover_eight` looks at."""
SIXTEEN = 16
"""Numbers in a row of `blend_rows` and `add_row`."""

_FLOAT, _INT = ir.FloatType(), ir.IntType(32)


def _place(context, builder, array_type, value, *index):
    # the address of an element of a C-contiguous array
    array = context.make_array(array_type)(context, builder, value)
    return cgutils.get_item_pointer(context, builder, array_type, array, list(index), wraparound=False)


def _spread(builder, value, kind, count):
    # one number in every lane
    one = builder.insert_element(ir.Constant(ir.VectorType(kind, count), ir.Undefined), value, _INT(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(_INT, count), [0] * count))


def _loaded(builder, place, kind, count):
    return builder.load(builder.bitcast(place, ir.VectorType(kind, count).as_pointer()), align=4)


def _store(builder, value, place):
    builder.store(value, builder.bitcast(place, value.type.as_pointer()), align=4)


def _whole(context, builder, value, kind):
    return context.cast(builder, value, kind, types.intp)


@intrinsic
def cover_eight(typing, depth, owner, y, x, z, slope, most, left, mine):
    """Where it is nearer than `depth`[y, x …], set `depth` and `owner` of the first `left` of eight samples.

    The depth there is `z` and goes on by `slope`, up to `most`; `mine` is who owns them then. The rows have eight
    samples from x on.
    """
    signature = types.void(depth, owner, y, x, *[types.float32] * 3, types.int32, types.int32)

    def generate(context, builder, signature, values):
        kinds = signature.args
        at = [_whole(context, builder, values[k], kinds[k]) for k in (2, 3)]
        deep, who = (_place(context, builder, kinds[k], values[k], *at) for k in (0, 1))
        steps = ir.Constant(ir.VectorType(_FLOAT, EIGHT), [float(k) for k in range(EIGHT)])
        lanes = ir.Constant(ir.VectorType(_INT, EIGHT), list(range(EIGHT)))
        start, slope, most, left, mine = (
            _spread(builder, value, kind, EIGHT)
            for value, kind in zip(values[4:], (_FLOAT, _FLOAT, _FLOAT, _INT, _INT), strict=True)
        )
        here = builder.fadd(start, builder.fmul(slope, steps, flags=("fast",)), flags=("fast",))
        here = builder.select(builder.fcmp_ordered("<", here, most), here, most)
        old, before = _loaded(builder, deep, _FLOAT, EIGHT), _loaded(builder, who, _INT, EIGHT)
        nearer = builder.and_(builder.fcmp_ordered(">", here, old), builder.icmp_signed("<", lanes, left))
        _store(builder, builder.select(nearer, here, old), deep)
        _store(builder, builder.select(nearer, mine, before), who)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def blend_rows(typing, out, g, table, d, e, h, u, v, w, turn):
    """`out`[g] is `u`, `v`, `w` parts of the rows d, e, h of `table`; its first three numbers times `turn`."""
    signature = types.void(out, g, table, d, e, h, *[types.float32] * 4)

    def generate(context, builder, signature, values):
        kinds = signature.args
        zero = context.get_constant(types.intp, 0)
        total = None
        for row, part in zip((3, 4, 5), values[6:9], strict=True):
            place = _place(
                context, builder, kinds[2], values[2], _whole(context, builder, values[row], kinds[row]), zero
            )
            product = builder.fmul(
                _loaded(builder, place, _FLOAT, SIXTEEN), _spread(builder, part, _FLOAT, SIXTEEN), flags=("fast",)
            )
            total = product if total is None else builder.fadd(total, product, flags=("fast",))
        turn = _spread(builder, values[9], _FLOAT, SIXTEEN)
        ones = ir.Constant(turn.type, [1.0] * SIXTEEN)
        three = ir.Constant(ir.VectorType(_INT, SIXTEEN), [0, 1, 2, *range(SIXTEEN + 3, 2 * SIXTEEN)])
        total = builder.fmul(total, builder.shuffle_vector(turn, ones, three), flags=("fast",))
        at = _whole(context, builder, values[1], kinds[1])
        _store(builder, total, _place(context, builder, kinds[0], values[0], at, zero))
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def add_row(typing, out, g, k):
    """`out`[g] += `out`[k]."""
    signature = types.void(out, g, k)

    def generate(context, builder, signature, values):
        kinds, zero = signature.args, context.get_constant(types.intp, 0)
        to, of = (
            _place(context, builder, signature.args[0], values[0], _whole(context, builder, values[n], kinds[n]), zero)
            for n in (1, 2)
        )
        both = (_loaded(builder, place, _FLOAT, SIXTEEN) for place in (to, of))
        _store(builder, builder.fadd(*both, flags=("fast",)), to)
        return context.get_dummy_value()

    return signature, generate
