// Values as integers: divided by a scale in float32, with a zero point or none, rounded
// to even; and codes of 4 and 2 bits, packed.

.macro	limits low, high
	dup	v30.4s, \low
	dup	v31.4s, \high
.endm

// limited keeps a NaN, of which FCVTNS makes 0. Limits are whole, so that they may apply first.
.macro	limited v
	fmin	\v\().4s, \v\().4s, v31.4s
	fmax	\v\().4s, \v\().4s, v30.4s
	fcvtns	\v\().4s, \v\().4s
.endm
.macro	integer v, scale, zero
	fdiv	\v\().4s, \v\().4s, \scale\().4s
	fadd	\v\().4s, \v\().4s, \zero\().4s
	limited	\v
.endm
.macro	integers_8
	load_8
	integer	v0, v28, v29
	integer	v1, v28, v29
	low_8
	str	d0, [x0], #8
.endm
.macro	integers_16
	load_16
	integer	v0, v28, v29
	integer	v1, v28, v29
	integer	v2, v28, v29
	integer	v3, v28, v29
	low_16
	str	q0, [x0], #16
.endm

toIntegersVector:
	dup	v28.4s, v0.s[0]
	dup	v29.4s, v1.s[0]
	limits	v2.s[0], v3.s[0]
	wholes	x1, 16, integers_16
	eights	x1, integers_8, back_1_4

// The scales of columns are at x10, the zeros at x11.
.macro	integer_columns_8
	load_8
	ldp	q16, q17, [x10], #32
	ldp	q20, q21, [x11], #32
	integer	v0, v16, v20
	integer	v1, v17, v21
	low_8
	str	d0, [x0], #8
.endm
.macro	integer_columns_16
	load_16
	ldp	q16, q17, [x10], #32
	ldp	q18, q19, [x10], #32
	ldp	q20, q21, [x11], #32
	ldp	q22, q23, [x11], #32
	integer	v0, v16, v20
	integer	v1, v17, v21
	integer	v2, v18, v22
	integer	v3, v19, v23
	low_16
	str	q0, [x0], #16
.endm
.macro	back_integer_columns
	back_1_4
	add	x10, x10, x9, lsl #2
	add	x11, x11, x9, lsl #2
.endm

toIntegersRowsVector:
	limits	v0.s[0], v1.s[0]
	cbz	x8, 5f
4:	mov	x10, x4
	mov	x11, x6
	mov	x12, x5
	wholes	x12, 16, integer_columns_16
	eights	x12, integer_columns_8, back_integer_columns
	subs	x8, x8, #1
	b.ne	4b
5:

// SLI shifts to the left and keeps the lower bits of the first vector.
pack4Vector:
1:	ld2	{v0.16b, v1.16b}, [x2], #32
	ld2	{v2.16b, v3.16b}, [x2], #32
	sli	v0.16b, v1.16b, #4
	sli	v2.16b, v3.16b, #4
	stp	q0, q2, [x0], #32
	subs	x3, x3, #64
	b.ne	1b

pack2Vector:
1:	ld4	{v0.16b, v1.16b, v2.16b, v3.16b}, [x2], #64
	sli	v0.16b, v1.16b, #2
	sli	v2.16b, v3.16b, #2
	sli	v0.16b, v2.16b, #4
	str	q0, [x0], #16
	subs	x3, x3, #64
	b.ne	1b
